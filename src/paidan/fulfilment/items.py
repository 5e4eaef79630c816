"""Items are made known to a warehouse before the first order that names them, and again when they have changed (货品同步)."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from paidan.counterparts.qimen.answers import parse_failed_items
from paidan.counterparts.qimen.messages import Action, ItemsSync, SingleItem
from paidan.fulfilment.calls import Reply, WmsCaller
from paidan.fulfilment.links import WmsLink
from paidan.kernel.errors import BadInput
from paidan.runtime.database import Tx
from paidan.runtime.messages import Exchange
from paidan.runtime.queries import load_queries
from paidan.runtime.rows import columns

queries = load_queries("paidan.fulfilment")

ITEMS_PER_CALL = 100

SyncedItem = tuple[int, int, int]  # warehouse_id, sku_id, version


class Article(Struct, frozen=True, kw_only=True):
    """A SKU as a warehouse shall know it, and the version it knows (0: none)."""

    sku_id: int
    version: int
    synced_version: int
    item: SingleItem

    @property
    def is_stale(self) -> bool:
        """Whether the warehouse must be told."""
        return self.synced_version < self.version


class Synced(Struct, frozen=True, kw_only=True):
    """What the warehouse knows now, and what it still does not."""

    items: tuple[SyncedItem, ...] = ()
    missing: frozenset[int] = frozenset()
    exchanges: tuple[Exchange, ...] = ()


def load_articles(tx: Tx, warehouse_id: int, sku_ids: Iterable[int]) -> dict[int, Article]:
    """The SKUs by id. One statement."""
    rows = tx.execute(queries.items_for, {"warehouse_id": warehouse_id, "sku_ids": sorted(set(sku_ids))})
    return {row[0]: _article(*row) for row in rows}


def _article(
    sku_id: int,
    code: str,
    name: str,
    version: int,
    goods_class: str,
    weight_g: int,
    volume_cm3: int,
    goods_code: str,
    brand: str,
    category: str,
    barcode: str,
    synced_version: int,
    item_ref: str,
) -> Article:
    """The bar code is required by the protocol: goods without one are known by their code."""
    item = SingleItem(
        item_code=code,
        item_id=item_ref,
        goods_code=goods_code,
        item_name=name or code,
        bar_code=barcode or code,
        gross_weight_g=weight_g or None,
        volume_cm3=volume_cm3 or None,
        brand_name=brand,
        category_name=category,
        is_fragile=goods_class == "fragile",
        is_hazardous=goods_class == "dangerous",
    )
    return Article(sku_id=sku_id, version=version, synced_version=synced_version, item=item)


def sync_items(caller: WmsCaller, link: WmsLink, warehouse_id: int, warehouse_code: str, articles: Iterable[Article]) -> Synced:
    """Tell the warehouse of stale articles: new ones by `add`, changed ones by `update`. Safe to repeat."""
    stale = [article for article in articles if article.is_stale]
    known: list[SyncedItem] = []
    missing: set[int] = set()
    exchanges: list[Exchange] = []
    for action, some in _calls(stale):
        sync = ItemsSync(
            action=action, warehouse_code=warehouse_code, owner_code=link.qimen.owner_code, items=tuple(article.item for article in some)
        )
        reply = caller.call(link, sync, some[0].item.item_code)
        failed = _failed(reply, some)
        known += [(warehouse_id, article.sku_id, article.version) for article in some if article.item.item_code not in failed]
        missing |= {article.sku_id for article in some if article.item.item_code in failed}
        exchanges.append(reply.exchange)
    return Synced(items=tuple(known), missing=frozenset(missing), exchanges=tuple(exchanges))


def _calls(stale: Sequence[Article]) -> list[tuple[Action, Sequence[Article]]]:
    calls: list[tuple[Action, Sequence[Article]]] = []
    kinds: tuple[tuple[Action, list[Article]], ...] = (
        ("add", [article for article in stale if not article.synced_version]),
        ("update", [article for article in stale if article.synced_version]),
    )
    for action, articles in kinds:
        calls += [(action, articles[start : start + ITEMS_PER_CALL]) for start in range(0, len(articles), ITEMS_PER_CALL)]
    return calls


def _failed(reply: Reply, articles: Sequence[Article]) -> set[str]:
    """Codes the warehouse does not know: those it lists; all of them when it lists none and did not succeed."""
    try:
        listed = {failed.code for failed in parse_failed_items(reply.body)} if reply.body else set()
    except BadInput:
        listed = set()
    return listed if listed or reply.answer is not None else {article.item.item_code for article in articles}


def note_synced(tx: Tx, items: Iterable[SyncedItem]) -> None:
    """Remember what warehouses know."""
    rows = sorted(set(items))
    latest = {(warehouse_id, sku_id): (warehouse_id, sku_id, version) for warehouse_id, sku_id, version in rows}
    if latest:
        tx.execute(queries.note_synced, columns(("warehouse_id", "sku_id", "version"), list(latest.values())))


def forget_items(tx: Tx, fulfilment_ids: Sequence[int]) -> None:
    """A warehouse says that it does not know an item of these fulfilments: they are told anew with the next sending."""
    if fulfilment_ids:
        tx.execute(queries.forget_items, {"ids": sorted(set(fulfilment_ids))})


def forget_document_items(tx: Tx, document_ids: Sequence[int]) -> None:
    """The same for entry orders."""
    if document_ids:
        tx.execute(queries.forget_document_items, {"ids": sorted(set(document_ids))})


def codes_missing(articles: Mapping[int, Article], sku_ids: Iterable[int], missing: frozenset[int]) -> bool:
    """Whether something of these SKUs is not known to the warehouse, or not to us."""
    return any(sku_id in missing or sku_id not in articles for sku_id in sku_ids)
