"""What each kind of file becomes: its columns, the rows made of them, and who writes those."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Protocol

from msgspec import Struct

from paidan.catalog.masters import write_bundles, write_listings, write_skus
from paidan.catalog.rows import BundleRow, ListingRow, SkuRow
from paidan.entrypoints.imports import columns
from paidan.entrypoints.imports.columns import Field
from paidan.kernel.clock import Clock
from paidan.kernel.outcomes import Outcome
from paidan.network.masters import write_carriers, write_freight, write_shops, write_warehouses
from paidan.network.rows import CarrierRow, ShopRow, TierRow, WarehouseRow
from paidan.runtime.database import Database, Tx
from paidan.runtime.ids import IdSource
from paidan.runtime.sealing import Sealer
from paidan.stock.opening import OpeningRow, write_opening


class Means(Protocol):
    """What an import works with; the services of any entrypoint have it."""

    @property
    def database(self) -> Database: ...  # noqa: D102 - as named

    @property
    def ids(self) -> IdSource: ...  # noqa: D102 - as named

    @property
    def sealer(self) -> Sealer: ...  # noqa: D102 - as named

    @property
    def clock(self) -> Clock: ...  # noqa: D102 - as named


Values = Mapping[str, Any]
Write = Callable[[Tx, Means, Sequence[Any], datetime, str], list[Outcome]]


def _alone(row: Any) -> list[Values]:
    """A record that is one row of the file."""
    return [{name: getattr(row, name) for name in row.__struct_fields__}]


class Kind(Struct, frozen=True, kw_only=True):
    """One kind of file. `group`: the fields by which several rows are one record (none: each row is one); `join` makes it of them.

    `spread` is the way back: the rows of a record as it is shown, for a file that is exported, edited and imported again.
    `key`: the fields by which a record is known that keeps what the file does not tell; `subject`: whose version row its writers lock (not passes).
    """

    name: str
    fields: tuple[Field, ...]
    row: Any
    write: Write
    group: str = ""
    join: Callable[[Sequence[Values]], Values] = lambda rows: rows[0]
    spread: Callable[[Any], Sequence[Values]] = _alone
    key: tuple[str, ...] = ()
    subject: str = "network"


def _bundle(rows: Sequence[Values]) -> Values:
    """Rows of one bundle → its parts."""
    parts = [{"code": row["part"], **{name: row[name] for name in ("quantity", "price_share") if name in row}} for row in rows]
    return {"code": rows[0]["code"], "parts": parts}


def _parts_of(bundle: Any) -> list[Values]:
    """The way back: a row for each part."""
    return [{"code": bundle.code, "part": part.code, "quantity": part.quantity, "price_share": part.price_share} for part in bundle.parts]


SYSTEMS: Final = ("taobao", "shopify", "kuaidi100")


def _carrier(rows: Sequence[Values]) -> Values:
    """The systems' own codes stand in columns of their own, those of others in one column."""
    systems = dict(rows[0].get("code_by_system", {})) | {name: rows[0][name] for name in SYSTEMS if name in rows[0]}
    return {name: value for name, value in rows[0].items() if name not in SYSTEMS} | ({"code_by_system": systems} if systems else {})


def _codes_of(carrier: Any) -> list[Values]:
    """The way back."""
    known = {name: code for name, code in carrier.code_by_system.items() if name in SYSTEMS}
    others = {name: code for name, code in carrier.code_by_system.items() if name not in SYSTEMS}
    return [{**_alone(carrier)[0], "code_by_system": others, **known}]


def _opening(tx: Tx, means: Means, rows: Sequence[Any], now: datetime, actor: str) -> list[Outcome]:
    return write_opening(tx, means.ids, rows, now, reference="import", by=actor)


KINDS: Final = {
    kind.name: kind
    for kind in (
        Kind(
            name="products",
            fields=columns.PRODUCTS,
            row=SkuRow,
            write=lambda tx, m, rows, now, _: write_skus(tx, m.ids, rows, now),
            key=("code",),
            subject="catalog",
        ),
        Kind(
            name="bundles",
            fields=columns.BUNDLES,
            row=BundleRow,
            write=lambda tx, m, rows, now, _: write_bundles(tx, m.ids, rows, now),
            group="code",
            join=_bundle,
            spread=_parts_of,
            key=("code",),
            subject="catalog",
        ),
        Kind(
            name="warehouses",
            fields=columns.WAREHOUSES,
            row=WarehouseRow,
            write=lambda tx, m, rows, now, _: write_warehouses(tx, m.ids, rows, now),
            key=("code",),
        ),
        Kind(
            name="carriers",
            fields=columns.CARRIERS,
            row=CarrierRow,
            write=lambda tx, m, rows, now, _: write_carriers(tx, m.ids, rows, now),
            join=_carrier,
            spread=_codes_of,
            key=("code",),
        ),
        Kind(
            name="freight",
            fields=columns.FREIGHT,
            row=TierRow,
            write=lambda tx, m, rows, now, _: write_freight(tx, m.ids, rows, now),
            key=("carrier_code", "warehouse_code", "region"),
        ),
        Kind(
            name="shops",
            fields=columns.SHOPS,
            row=ShopRow,
            write=lambda tx, m, rows, now, _: write_shops(tx, m.ids, rows, now, sealer=m.sealer),
            key=("code",),
        ),
        Kind(
            name="listings",
            fields=columns.LISTINGS,
            row=ListingRow,
            write=lambda tx, m, rows, now, _: write_listings(tx, m.ids, rows, now),
            key=("shop_code", "item_ref", "sku_ref"),
            subject="catalog",
        ),
        Kind(name="stock", fields=columns.STOCK, row=OpeningRow, write=_opening),
    )
}
"""Master data by the name of their files. Orders are read by their own format: see orders.py."""
