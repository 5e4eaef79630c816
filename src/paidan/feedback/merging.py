"""Merge keys for orders whose receivers a platform masks: only the platform can say which go to one person (Taobao OAID).

Asked outside any transaction, and only about orders whose masks another waiting order of the shop shares. Without an answer nothing merges: each
order is released alone when it is due. An order is asked about once for each receiver it has, and again when a look-alike joins it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from paidan.catalog.load import cache_versions
from paidan.channels.taobao.merge import MERGE, MERGE_MAX, Candidate
from paidan.feedback.exchanges import exchanges_of, reason_of
from paidan.feedback.links import ShopLink, ShopLinks
from paidan.kernel.clock import Clock
from paidan.kernel.errors import CallRefused
from paidan.network.load import NetworkCache
from paidan.orders.merge_keys import MergeKey, set_merge_keys
from paidan.orders.timeline import Note, note
from paidan.parties.store import unseal_receivers
from paidan.runtime.calling import RecordedFailure
from paidan.runtime.database import Database
from paidan.runtime.ids import IdSource
from paidan.runtime.messages import Exchange, keep_exchanges
from paidan.runtime.queries import load_queries
from paidan.runtime.sealing import Sealer

queries = load_queries("paidan.feedback")

MERGED = "merge_group"
ORDERS_MAX = 1000  # looked at in one round

Digest = Callable[[str, str], bytes]


class Masked(Struct, frozen=True, kw_only=True):
    """An order whose receiver is masked, waiting for release. `alike`: the same for orders whose masks are equal."""

    order_id: int
    shop_id: int
    order_no: str
    receiver_id: int
    merge_key: bytes | None
    version: int
    is_asked: bool
    alike: int


class MergeReport(Struct, kw_only=True):
    """Counts of one round: calls made, orders asked about, orders that got a company."""

    calls: int = 0
    asked: int = 0
    merged: int = 0


def in_calls(orders: Sequence[Masked]) -> list[list[Masked]]:
    """Orders of one shop in calls of at most 100, look-alikes together; of more look-alikes than that the oldest stay together. Pure."""
    by_mask: dict[tuple[int, int], list[Masked]] = {}
    for order in orders:
        by_mask.setdefault((order.shop_id, order.alike), []).append(order)
    calls: list[list[Masked]] = []
    for company in by_mask.values():
        for at in range(0, len(company), MERGE_MAX):
            part = company[at : at + MERGE_MAX]
            if not calls or calls[-1][0].shop_id != part[0].shop_id or len(calls[-1]) + len(part) > MERGE_MAX:
                calls.append([])
            calls[-1] += part
    return calls


def keys_of(asked: Sequence[Masked], groups: Iterable[Sequence[str]], group_of_shop: str, digest: Digest) -> list[MergeKey]:
    """The key of each order asked about: that of the oldest in its group which has one, else a new one; none for who is alone. Pure."""
    by_no = {order.order_no: order for order in asked}
    keys = []
    for numbers in groups:
        company = sorted((by_no[number] for number in numbers), key=lambda order: order.order_id)
        known = next((order.merge_key for order in company if order.merge_key is not None), None)
        key = (known or digest("merge", f"{group_of_shop}:{company[0].order_no}")) if len(company) > 1 else None
        keys += [MergeKey(order_id=order.order_id, version=order.version, merge_key=key) for order in company]
    return keys


class MergeAsker:
    """Asks the platforms of one merchant."""

    def __init__(self, database: Database, links: ShopLinks, network: NetworkCache, *, clock: Clock, ids: IdSource, sealer: Sealer) -> None:
        self._database = database
        self._links = links
        self._network = network
        self._clock = clock
        self._ids = ids
        self._sealer = sealer

    def once(self) -> MergeReport:
        """Ask about everything that waits to be asked about."""
        report = MergeReport()
        links, orders, tokens = self._load()
        for call in in_calls(orders):
            self._ask(links[call[0].shop_id], call, tokens, report)
        return report

    def _load(self) -> tuple[dict[int, ShopLink], list[Masked], dict[int, str]]:
        """Shops that can be asked, orders to ask about, and the token of each receiver. Three statements."""
        with self._database.transaction() as tx:
            links = self._links.load(tx, self._network.load(tx, cache_versions(tx)["network"]))
            mergers = {shop_id: link for shop_id, link in links.items() if link.merger is not None}
            found = tx.execute(queries.orders_to_merge, {"shop_ids": sorted(mergers), "limit": ORDERS_MAX}).fetchall() if mergers else []
            orders = [Masked(**dict(zip(Masked.__struct_fields__, row, strict=True))) for row in found]
            receivers = unseal_receivers(tx, [order.receiver_id for order in orders], self._sealer) if orders else {}
        tokens = {receiver_id: receiver.oaid for receiver_id, receiver in receivers.items() if receiver.oaid}
        return mergers, [order for order in orders if order.receiver_id in tokens], tokens

    def _ask(self, link: ShopLink, call: Sequence[Masked], tokens: Mapping[int, str], report: MergeReport) -> None:
        if link.merger is None or len(call) < 2:  # noqa: PLR2004 - one alone has nobody to be merged with
            return
        candidates = [Candidate(order_no=order.order_no, oaid=tokens[order.receiver_id]) for order in call]
        at = self._clock.now()
        try:
            answer = link.merger.groups(candidates)
        except RecordedFailure as failure:
            kept = exchanges_of(failure.records, counterpart=link.counterpart, at=at, business_key=call[0].order_no, reason=reason_of(failure))
            # A refusal would come again; for every other failure the next round asks again, until the orders are released alone.
            self._write(self._alone(call) if isinstance(failure, CallRefused) else [], kept, at)
            return
        finally:
            report.calls += 1
        report.asked += len(call)
        group_of_shop = link.shop.shop_group or link.shop.code
        keys = keys_of(call, answer.order_nos, group_of_shop, self._sealer.digest)
        report.merged += sum(key.merge_key is not None for key in keys)
        self._write(keys, exchanges_of([answer.record], counterpart=link.counterpart, at=at, business_key=call[0].order_no), at)

    def _write(self, keys: Sequence[MergeKey], exchanges: Sequence[Exchange], now: datetime) -> None:
        with self._database.transaction() as tx:
            keep_exchanges(tx, self._ids, self._sealer, exchanges)
            written = set_merge_keys(tx, keys, now)
            met = [key for key in keys if key.order_id in written and key.merge_key is not None]
            note(tx, self._ids, [Note(order_id=key.order_id, step=MERGED, detail={"by": MERGE}, actor="platform") for key in met], now)

    @staticmethod
    def _alone(call: Sequence[Masked]) -> list[MergeKey]:
        return [MergeKey(order_id=order.order_id, version=order.version, merge_key=order.merge_key) for order in call]
