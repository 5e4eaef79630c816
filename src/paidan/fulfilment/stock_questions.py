"""Asks warehouses what they have (inventory.query), page by page, by outbox rows `wms.stock`: one page a row, the next one written with its answer.

A comparison looks twice: what differs is asked about again a while later, so that goods which were under way between the two books when they were
asked do not alarm anybody. Stock is never changed here.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct

from paidan.catalog.load import cache_versions
from paidan.counterparts.qimen.answers import parse_inventory_answer
from paidan.counterparts.qimen.messages import InventoryCriterion, InventoryQuery
from paidan.counterparts.qimen.reports import StockRow
from paidan.counterparts.qimen.translate import GRADE_BY_INVENTORY_TYPE
from paidan.fulfilment.calls import WmsCaller
from paidan.fulfilment.items import Article, SyncedItem, load_articles, note_synced, sync_items
from paidan.fulfilment.links import LinkCache, Links, WmsLink
from paidan.fulfilment.recall import lane_of
from paidan.fulfilment.wms_create import NOBODY_DELAY_S, warehouse_of
from paidan.kernel.clock import Clock
from paidan.kernel.errors import BadInput
from paidan.kernel.reasons import Reason
from paidan.network.load import Network, NetworkCache, Warehouse
from paidan.runtime.database import Tx
from paidan.runtime.ids import IdSource
from paidan.runtime.outbox import OutboxRow, Outcome, Verdict, done, later, put, refused, unknown
from paidan.stock.differences import finish_comparison, lock_comparison, note_answers, scheduled_comparisons, skus_to_compare, start_comparison

STOCK: Final = "wms.stock"
PAGE: Final = 100  # articles in a call
AGAIN_AFTER: Final = timedelta(minutes=15)
BY_SCHEDULE: Final = "schedule"
LATE: Final = timedelta(hours=3)  # a quiet hour longer past is not quiet any more: the next one counts


class Said(Struct, frozen=True, kw_only=True):
    """What a warehouse answered about a page of SKUs: units by (sku_id, grade); `unknown`: SKUs it would not take."""

    sku_ids: tuple[int, ...] = ()
    theirs: Mapping[tuple[int, int], int] = {}
    unknown: frozenset[int] = frozenset()
    synced: tuple[SyncedItem, ...] = ()


class Asked(Struct, frozen=True, kw_only=True):
    """What asking a page needs."""

    link: WmsLink | None
    warehouse: Warehouse | None
    sku_ids: Sequence[int]
    articles: Mapping[int, Article]


def ask_for_stock(tx: Tx, ids: IdSource, warehouse_id: int, now: datetime, *, by: str, scheduled_for: datetime | None = None) -> int | None:
    """Begin a comparison with a warehouse; gives its id, None when one is under way already."""
    comparison_id = start_comparison(tx, ids, warehouse_id, now, by=by, scheduled_for=scheduled_for)
    if comparison_id is not None:
        put(tx, ids, [_row(warehouse_id, comparison_id, now, after=0, is_again=False)])
    return comparison_id


def ask_by_schedule(tx: Tx, ids: IdSource, network: Network, links: Links, now: datetime) -> int:
    """Begin a comparison with each warehouse whose quiet hour has come since its last one; gives how many. Safe to repeat."""
    done_for = scheduled_comparisons(tx)
    count = 0
    for warehouse in network.warehouses.values():
        link = links.of_warehouse(network, warehouse.id)
        if link is None or not warehouse.is_active:
            continue
        due = quiet_hour(warehouse, link, now)
        if due is not None and done_for.get(warehouse.id, due - LATE) < due:
            count += ask_for_stock(tx, ids, warehouse.id, now, by=BY_SCHEDULE, scheduled_for=due) is not None
    return count


def quiet_hour(warehouse: Warehouse, link: WmsLink, now: datetime) -> datetime | None:
    """The quiet hour that has just come, on the warehouse's own clock; None: none within the last hours, or none at all. Pure."""
    if link.stock_query_at is None:
        return None
    local = now.astimezone(ZoneInfo(warehouse.time_zone))
    today = local.replace(hour=link.stock_query_at.hour, minute=link.stock_query_at.minute, second=0, microsecond=0)
    latest = today if today <= local else today - timedelta(days=1)
    latest = latest.astimezone(now.tzinfo)
    return latest if now - latest < LATE else None


class WmsStock:
    """The outbox delivery of `wms.stock`; `ref_id` is the comparison, args say from which SKU on and whether it is the second look."""

    kind = STOCK
    batch = 1

    def __init__(self, *, caller: WmsCaller, clock: Clock, ids: IdSource, network: NetworkCache, links: LinkCache) -> None:
        self._caller = caller
        self._clock = clock
        self._ids = ids
        self._network = network
        self._links = links

    def load(self, tx: Tx, rows: Sequence[OutboxRow]) -> dict[int, Asked]:
        """The next SKUs with what the warehouse knows of them."""
        version = cache_versions(tx)["network"]
        network, links = self._network.load(tx, version), self._links.load(tx, version)
        return {row.id: self._asked(tx, row, network, links) for row in rows}

    def _asked(self, tx: Tx, row: OutboxRow, network: Network, links: Links) -> Asked:
        warehouse_id = warehouse_of(row.lane)
        sku_ids = skus_to_compare(tx, row.ref_id, warehouse_id, int(row.args["after"]), PAGE, is_again=bool(row.args["again"]))
        articles = load_articles(tx, warehouse_id, sku_ids) if sku_ids else {}
        link = links.of_warehouse(network, warehouse_id)
        return Asked(link=link, warehouse=network.warehouses.get(warehouse_id), sku_ids=sku_ids, articles=articles)

    def send(self, rows: Sequence[OutboxRow], loaded: Mapping[int, Asked]) -> list[Outcome]:
        """Items the warehouse has not heard of first, then the question."""
        return [self._ask(row, loaded[row.id]) for row in rows]

    def _ask(self, row: OutboxRow, asked: Asked) -> Outcome:
        link, warehouse = asked.link, asked.warehouse
        if link is None or warehouse is None:
            return later(NOBODY_DELAY_S, Reason.UNKNOWN_WAREHOUSE)
        if not asked.sku_ids:
            return done(Said())
        synced = sync_items(self._caller, link, warehouse.id, warehouse.code, asked.articles.values())
        known = {article.item.item_code: sku_id for sku_id, article in asked.articles.items() if sku_id not in synced.missing}
        reply = self._caller.call(link, _question(known, link, warehouse.code), str(row.ref_id))
        exchanges = (*synced.exchanges, reply.exchange)
        if reply.answer is None:
            return reply.try_again(*synced.exchanges) if reply.refusal is None else refused(exchanges=exchanges)
        try:
            theirs = units_of(parse_inventory_answer(reply.body), known, warehouse.code)
        except BadInput:
            return unknown(Reason.BODY_UNREADABLE, exchanges, unreachable=False)
        said = Said(sku_ids=tuple(asked.sku_ids), theirs=theirs, unknown=frozenset(asked.sku_ids) - set(known.values()), synced=synced.items)
        return done(said, exchanges)

    def apply(self, tx: Tx, rows: Sequence[OutboxRow], outcomes: Sequence[Outcome]) -> None:
        """Compare, keep what differs, and write down what is asked next."""
        for row, outcome in zip(rows, outcomes, strict=True):
            if outcome.verdict in {Verdict.REFUSED, Verdict.GAVE_UP}:
                finish_comparison(tx, row.ref_id, self._clock.now(), str(outcome.reason))
            elif outcome.verdict is Verdict.DONE and isinstance(outcome.answer, Said):
                self._note(tx, row, outcome.answer)

    def _note(self, tx: Tx, row: OutboxRow, said: Said) -> None:
        now, is_again = self._clock.now(), bool(row.args["again"])
        warehouse_id = lock_comparison(tx, row.ref_id)
        if warehouse_id is None:
            return
        asked = [sku_id for sku_id in said.sku_ids if sku_id not in said.unknown]
        if asked:
            counted = 0 if is_again else len(said.unknown)
            note_answers(tx, self._ids, row.ref_id, warehouse_id, asked, said.theirs, now, unknown=counted, is_again=is_again)
        note_synced(tx, said.synced)
        if len(said.sku_ids) >= PAGE:
            following = _row(warehouse_id, row.ref_id, now, after=said.sku_ids[-1], is_again=is_again)
        elif is_again or not skus_to_compare(tx, row.ref_id, warehouse_id, 0, 1, is_again=True):
            finish_comparison(tx, row.ref_id, now)
            return
        else:
            following = _row(warehouse_id, row.ref_id, now + AGAIN_AFTER, after=0, is_again=True)
        put(tx, self._ids, [following])


def units_of(rows: Sequence[StockRow], sku_ids: Mapping[str, int], warehouse_code: str) -> dict[tuple[int, int], int]:
    """Units by (sku_id, grade), lots and kinds of damage added up; goods on the way, and rows of other warehouses, are not there. Pure."""
    units: dict[tuple[int, int], int] = {}
    for row in rows:
        grade = GRADE_BY_INVENTORY_TYPE.get(row.inventory_type)
        if grade is None or row.item_code not in sku_ids or row.warehouse_code not in {"", warehouse_code}:
            continue
        place = (sku_ids[row.item_code], grade)
        units[place] = units.get(place, 0) + row.quantity
    return units


def _question(codes: Mapping[str, int], link: WmsLink, warehouse_code: str) -> InventoryQuery:
    owner = link.qimen.owner_code
    return InventoryQuery(criteria=tuple(InventoryCriterion(warehouse_code=warehouse_code, owner_code=owner, item_code=code) for code in codes))


def _row(warehouse_id: int, comparison_id: int, due_at: datetime, *, after: int, is_again: bool) -> OutboxRow:
    args = {"after": str(after), "again": is_again}
    return OutboxRow(lane=lane_of(warehouse_id), kind=STOCK, ref_id=comparison_id, business_key=str(comparison_id), args=args, due_at=due_at)
