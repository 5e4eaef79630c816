"""Master data as files: the columns that its import reads, each told the way back. What was exported can be edited and imported again."""

from collections.abc import Callable, Mapping
from typing import Any, Final, get_args

from paidan.catalog.rows import SkuKind
from paidan.entrypoints.api.catalog_routes import LISTINGS, SKUS
from paidan.entrypoints.api.exports.lists import Asked, Column, Exported, Key, Reading, by_id, choice, flag
from paidan.entrypoints.api.lists import sorts
from paidan.entrypoints.api.lists.sorting import Listed
from paidan.entrypoints.api.master_views import TierView
from paidan.entrypoints.api.network_routes import CARRIERS, SHOPS, WAREHOUSES
from paidan.entrypoints.api.pages import as_views
from paidan.entrypoints.imports.columns import Field
from paidan.entrypoints.imports.kinds import KINDS
from paidan.runtime.database import Tx


def _column(field: Field) -> Column:
    """The import's column, told the way back: rows are what `Kind.spread` gives, values by field name."""
    en = field.en[0]
    return Column(name=field.name, zh=field.zh[0], en=en[0].upper() + en[1:], show=lambda row, language: field.tell(row.get(field.name), language))


def _master(
    kind: str,
    words: tuple[str, str],
    listed: Listed,
    view: Any,
    more: Callable[[Asked], Mapping[str, Any]] = lambda _: {},
    *,
    code: str = "code",
    asks: tuple[str, ...] = (),
) -> Exported:
    """`code`: the filter that the statement calls so."""
    fields = KINDS[kind]

    def named(_: Tx, reading: Reading, key: Key | None, limit: int) -> Mapping[str, Any]:
        after = key[0] if key else 0
        return {"id": None, "after": after, "code": reading.asked.get(code) or None, "limit": limit, **more(reading.asked), **reading.caller.sees}

    return Exported(
        name=kind,
        zh=words[0],
        en=words[1],
        columns=tuple(_column(field) for field in fields.fields),
        asks=(code, *asks),
        select=listed.select,
        named=named,
        views=lambda cursor, _: as_views(view, cursor),
        key=by_id,
        spread=fields.spread,
        is_whole=True,
        listed=listed,
    )


MASTERS: Final = (
    _master(
        "products", ("货品", "Products"), sorts.PRODUCTS, SKUS.view, lambda asked: {"kind": choice(asked, "kind", get_args(SkuKind))}, asks=("kind",)
    ),
    _master("bundles", ("组合装", "Bundles"), sorts.PRODUCTS, SKUS.view, lambda _: {"kind": "bundle"}),
    _master(
        "listings",
        ("铺货匹配", "Listings"),
        sorts.LISTINGS,
        LISTINGS.view,
        lambda asked: {"is_unmapped": flag(asked, "unmapped")},
        code="shop",
        asks=("unmapped",),
    ),
    _master("shops", ("店铺", "Shops"), sorts.SHOPS, SHOPS.view),
    _master("warehouses", ("仓库", "Warehouses"), sorts.WAREHOUSES, WAREHOUSES.view),
    _master("carriers", ("快递", "Carriers"), sorts.CARRIERS, CARRIERS.view),
    _master("freight", ("运费", "Freight"), sorts.FREIGHT, TierView, code="carrier"),
)
