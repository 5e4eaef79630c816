"""Pulling changed orders, oldest change first: what changes while we read moves to the end of the list, so forward paging loses nothing."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec
from msgspec import Raw, Struct

from paidan.channels.decoding import decode, instant
from paidan.channels.platform import Known, PullPage, RawOrder, Version, nothing_known
from paidan.channels.shopify.graphql import Answer, ShopifyClient, gid, number_of
from paidan.channels.shopify.graphql_wire import Gid, Nodes, Page
from paidan.channels.shopify.rest_wire import Amount
from paidan.kernel.errors import BadInput
from paidan.kernel.reasons import Reason
from paidan.runtime.calling import CallRecord, RecordedSilence, after


class PullRules(Struct, frozen=True, kw_only=True):
    """How far to reach back over the cursor, and how many numbers to list in a call."""

    overlap_s: int = 120
    page_size: int = 50


class OrderRow(Struct, rename="camel"):
    """Enough to name an order's version."""

    id: Gid
    updated_at: Amount

    def version(self) -> Version:
        """Number and version. Raises BadInput."""
        return number_of(self.id), instant(self.updated_at, "updatedAt")


class Connection(Struct, rename="camel"):
    """A connection whose nodes stay raw."""

    nodes: list[Raw]
    page_info: Page


class Nested(Struct, frozen=True):
    """A list inside a node, and the query that reads on in it."""

    query: str
    root: str
    field: str


LINES: Final = Nested("order_lines", "order", "lineItems")
FULFILLMENT_LINES: Final = Nested("fulfillment_lines", "fulfillment", "fulfillmentLineItems")
FULFILLMENTS_SHOWN: Final = 10  # as queries/order.graphql asks
_UNREAD: Final = Raw(b'{"nodes":[],"pageInfo":{"hasNextPage":true,"endCursor":null}}')
_ROWS: Final = msgspec.json.Decoder(Nodes[OrderRow])
_MAYBE: Final[msgspec.json.Decoder[dict[str, Raw] | None]] = msgspec.json.Decoder(dict[str, Raw] | None)
_FIELDS: Final = msgspec.json.Decoder(dict[str, Raw])
_ROW: Final = msgspec.json.Decoder(OrderRow)
_CONNECTION: Final = msgspec.json.Decoder(Connection)


class ShopifyPuller:
    """Reads orders of one shop."""

    def __init__(self, client: ShopifyClient, rules: PullRules | None = None) -> None:
        self._client = client
        self._rules = rules or PullRules()

    def start_cursor(self, at: datetime) -> str:
        """The cursor is the version up to which everything was read."""
        return at.isoformat()

    def pull(self, cursor: str, *, now: datetime, known: Known = nothing_known) -> Iterator[PullPage]:
        """Page after page up to now. The list is sorted, so the cursor moves with every page."""
        del now  # the list ends by itself
        reached = instant(cursor, "cursor")
        since = wire_instant(reached - timedelta(seconds=self._rules.overlap_s))
        for answer, versions in self.listed("orders_changed", f"updated_at:>='{since}' status:any"):
            reached = max([reached, *[at for _, at in versions]])
            yield self.whole(answer, versions, known, reached.isoformat())

    def listed(self, query: str, search: str) -> Iterator[tuple[Answer, list[Version]]]:
        """The versions that a search finds, page by page; `query` lists the orders in an order that does not move. Raises CounterpartError."""
        place: str | None = None
        while True:
            answer = self._client.call(query, {"first": self._rules.page_size, "after": place, "query": search})
            page = answer.read("orders", _ROWS)
            yield answer, _versions(answer, page.nodes)
            try:
                place = next_place(page.page_info, place)
            except BadInput as error:
                raise RecordedSilence(f"{query}: {error}", record=answer.record) from error
            if place is None:
                return

    def whole(self, answer: Answer, versions: Sequence[Version], known: Known, cursor: str) -> PullPage:
        """Those of a page's orders that are not known, read whole."""
        kept = known(versions)
        wanted = [order_no for order_no, at in dict(versions).items() if (order_no, at) not in kept]
        return self._whole(wanted, (answer.record,), cursor)

    def read_orders(self, order_nos: Sequence[str]) -> PullPage:
        """These orders now."""
        return self._whole(order_nos, (), "")

    def _whole(self, order_nos: Sequence[str], before: Sequence[CallRecord], cursor: str) -> PullPage:
        records, orders, refused = list(before), [], []
        for order_no in order_nos:
            with after(records[:]):
                found = self._order(order_no, records)
            if found is None:
                refused.append((order_no, "not_found"))
            else:
                orders.append(found)
        return PullPage(orders=tuple(orders), cursor=cursor, records=tuple(records), refused=tuple(refused))

    def _order(self, order_no: str, records: list[CallRecord]) -> RawOrder | None:
        """One order, further pages of its lines put in. Its body is verbatim unless such pages came: then `meta` says so."""
        answer = self._client.call("order", {"id": gid("Order", order_no)})
        records.append(answer.record)
        node = answer.read("order", _MAYBE)
        if node is None:
            return None
        body = bytes(answer.data["order"])
        try:
            _, version_at = decode(_ROW, body).version()
            is_composed = self._complete(node, records)
        except (BadInput, KeyError, msgspec.MsgspecError):
            raise RecordedSilence("order: the order has no readable number, version or lines", record=answer.record) from None
        meta = {"door": "pull", "shape": "graphql"} | ({"composed": "lines"} if is_composed else {})
        return RawOrder(business_key=order_no, body=msgspec.json.encode(node) if is_composed else body, version_at=version_at, meta=meta)

    def _complete(self, node: dict[str, Raw], records: list[CallRecord]) -> bool:
        """Read the rest of long lists into the node; whether there was any."""
        lines = self._rest(node["lineItems"], LINES, _text(node["id"]), records)
        if lines is not None:
            node["lineItems"] = lines
        fulfillments = _objects(node.get("fulfillments", Raw(b"null")))
        has_more = len(fulfillments) >= FULFILLMENTS_SHOWN and self._add_fulfillments(node, fulfillments, records)
        was_long = False
        for fulfillment in fulfillments:
            rest = self._rest(fulfillment["fulfillmentLineItems"], FULFILLMENT_LINES, _text(fulfillment["id"]), records)
            if rest is not None:
                fulfillment["fulfillmentLineItems"], was_long = rest, True
        if has_more or was_long:
            node["fulfillments"] = Raw(msgspec.json.encode(fulfillments))
        return has_more or was_long or lines is not None

    def _add_fulfillments(self, node: dict[str, Raw], fulfillments: list[dict[str, Raw]], records: list[CallRecord]) -> bool:
        """Add those beyond the ones shown, their lines still to be read."""
        answer = self._client.call("order_fulfillments", {"id": _text(node["id"])})
        records.append(answer.record)
        shown = {_text(fulfillment["id"]) for fulfillment in fulfillments}
        found = [more for more in _objects(answer.read("order", _FIELDS)["fulfillments"]) if _text(more["id"]) not in shown]
        fulfillments += [more | {"fulfillmentLineItems": _UNREAD} for more in found]
        return bool(found)

    def _rest(self, first: Raw, place_of: Nested, node_gid: str, records: list[CallRecord]) -> Raw | None:
        """The whole connection when it goes on after its first page; None when it does not."""
        page = decode(_CONNECTION, bytes(first))
        place = "" if first is _UNREAD else next_place(page.page_info, None)
        if place is None:
            return None
        nodes = list(page.nodes)
        while place is not None:
            answer = self._client.call(place_of.query, {"id": node_gid, "after": place or None})
            records.append(answer.record)
            page = decode(_CONNECTION, bytes(answer.read(place_of.root, _FIELDS)[place_of.field]))
            nodes += page.nodes
            place = next_place(page.page_info, place)
        return Raw(msgspec.json.encode({"nodes": nodes, "pageInfo": {"hasNextPage": False, "endCursor": None}}))


def wire_instant(at: datetime) -> str:
    """An instant as searches take it, in whole seconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def next_place(page: Page | None, place: str | None) -> str | None:
    """Where the list goes on; None at its end. Raises BadInput when it would go on for ever."""
    if page is None or not page.has_next_page:
        return None
    if not page.end_cursor or page.end_cursor == place:
        raise BadInput(Reason.FIELD_INVALID, "pageInfo.endCursor")
    return page.end_cursor


def _versions(answer: Answer, rows: Sequence[OrderRow]) -> list[Version]:
    try:
        return [row.version() for row in rows]
    except BadInput as error:
        raise RecordedSilence(f"{answer.record.method}: a row is unreadable ({error})", record=answer.record) from error


def _text(raw: Raw) -> str:
    return msgspec.json.decode(raw, type=str)


def _objects(raw: Raw) -> list[dict[str, Raw]]:
    return msgspec.json.decode(raw, type=list[dict[str, Raw]] | None) or []
