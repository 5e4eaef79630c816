"""Reads listings and SKUs for a pass. A bounded cache, compared by version inside the transaction, keeps the hot part of 500,000 SKUs at hand."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from threading import Lock

from msgspec import Struct

from paidan.runtime.database import Tx
from paidan.runtime.queries import load_queries
from paidan.runtime.rows import array, columns

queries = load_queries("paidan.catalog")

CACHED_SKUS = 50_000


class Part(Struct, frozen=True):
    """Units of one SKU in one bundle; `price_share` is its weight in the bundle's price."""

    sku_id: int
    quantity: int
    price_share: int


class Sku(Struct, frozen=True, kw_only=True):
    """A SKU as decisions need it. Weight in grams, volume in cm³; `parts` for bundles."""

    id: int
    code: str
    name: str
    kind: str = "goods"
    goods_class: str = "normal"
    weight_g: int = 0
    volume_cm3: int = 0
    is_on_sale: bool = True
    version: int = 1
    parts: tuple[Part, ...] = ()


class ListingRef(Struct, frozen=True):
    """How a platform names what it sells."""

    shop_id: int
    item_ref: str
    sku_ref: str
    merchant_code: str
    title: str = ""


def cache_versions(tx: Tx) -> dict[str, int]:
    """The version of each cached subject, as this transaction sees it."""
    return dict(tx.execute(queries.cache_versions))


def resolve_listings(tx: Tx, refs: Sequence[ListingRef]) -> list[tuple[int | None, int | None]]:
    """(listing_id, sku_id) for each ref, in order; listing None: never met; sku None: not mapped."""
    if not refs:
        return []
    names = ("shop_ids", "item_refs", "sku_refs", "merchant_codes")
    rows = tx.execute(queries.resolve_listings, columns(names, [(ref.shop_id, ref.item_ref, ref.sku_ref, ref.merchant_code) for ref in refs]))
    found = {n: (listing_id, sku_id) for n, listing_id, sku_id in rows.fetchall()}
    return [found[n] for n in range(1, len(refs) + 1)]


def listing_skus(tx: Tx, listing_ids: Sequence[int]) -> dict[int, int | None]:
    """The SKU each listing is mapped to now."""
    return dict(tx.execute(queries.listing_skus, {"listing_ids": list(listing_ids)}))


class SkuCache:
    """SKUs by id, parts of bundles included; the least recently used go when it is full, all go when the catalogue's version changes.

    Threads may share it: they take turns.
    """

    def __init__(self, capacity: int = CACHED_SKUS) -> None:
        self._capacity = capacity
        self._turn = Lock()
        self._version = -1
        self._skus: OrderedDict[int, Sku] = OrderedDict()
        self.bans: frozenset[tuple[str, str]] = frozenset()

    def load(self, tx: Tx, sku_ids: Iterable[int], version: int) -> dict[int, Sku]:
        """The SKUs asked for and the parts of bundles among them, as of this transaction. At most four statements."""
        with self._turn:
            return self._load(tx, sku_ids, version)

    def _load(self, tx: Tx, sku_ids: Iterable[int], version: int) -> dict[int, Sku]:
        if version != self._version:
            self._skus.clear()
            self.bans = frozenset((goods_class, region) for goods_class, region in tx.execute(queries.goods_bans))
            self._version = version
        wanted = set(sku_ids)
        found = self._get(tx, wanted)
        parts = {part.sku_id for sku in found.values() for part in sku.parts} - wanted
        return found | self._get(tx, parts) if parts else found

    def _get(self, tx: Tx, sku_ids: set[int]) -> dict[int, Sku]:
        missing = [sku_id for sku_id in sku_ids if sku_id not in self._skus]
        read = self._read(tx, sorted(missing)) if missing else {}
        found = {sku_id: self._skus[sku_id] for sku_id in sku_ids if sku_id in self._skus}
        for sku_id in found:
            self._skus.move_to_end(sku_id)
        self._skus.update(read)
        while len(self._skus) > self._capacity:
            self._skus.popitem(last=False)
        return found | read

    def _read(self, tx: Tx, sku_ids: list[int]) -> dict[int, Sku]:
        rows = tx.execute(queries.skus, {"sku_ids": array(sku_ids)}).fetchall()
        bundles = [row[0] for row in rows if row[3] == "bundle"]
        parts: dict[int, list[Part]] = {}
        if bundles:
            for bundle_id, part_id, quantity, share in tx.execute(queries.bundle_parts, {"bundle_ids": bundles}):
                parts.setdefault(bundle_id, []).append(Part(part_id, quantity, share))
        return {
            row[0]: Sku(
                id=row[0],
                code=row[1],
                name=row[2],
                kind=row[3],
                goods_class=row[4],
                weight_g=row[5],
                volume_cm3=row[6],
                is_on_sale=row[7],
                version=row[8],
                parts=tuple(parts.get(row[0], ())),
            )
            for row in rows
        }
