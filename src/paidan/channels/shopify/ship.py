"""Telling Shopify about parcels: ask what may be shipped and what was told already, allot the parcel to fulfilment orders, create fulfilments.

A fulfilment takes lines of fulfilment orders of one location only: a parcel over several locations needs several. A repeat is found by its
tracking number. Source: shopify.dev, FulfillmentInput.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any, Final

import msgspec
from msgspec import Struct

from paidan.channels.platform import ParcelLine, PlatformParcel, Told
from paidan.channels.shopify.graphql import ShopifyClient, gid, number_of
from paidan.channels.shopify.graphql_wire import Gid, Named, Nodes
from paidan.channels.shopify.pull import next_place
from paidan.channels.shopify.rest_wire import GONE, Quantity, Short
from paidan.kernel.errors import BadInput
from paidan.runtime.calling import CallRecord, RecordedRefusal, RecordedSilence, after

MAY_SHIP: Final = "CREATE_FULFILLMENT"
OPEN: Final = frozenset({"OPEN", "IN_PROGRESS"})
ON_HOLD: Final = "ON_HOLD"
NOTHING_LEFT: Final = "nothing_left_to_fulfil"
UNKNOWN_ORDER: Final = "order_not_found"


class Tracking(Struct):
    """A tracking number of a fulfilment."""

    number: Short = None


class TrackedFulfillment(Struct, rename="camel"):
    """What was told already."""

    id: Gid
    status: Short = None
    tracking_info: list[Tracking] | None = None


class OpenLine(Struct, rename="camel"):
    """What is left of a line in a fulfilment order."""

    id: Gid
    remaining_quantity: Quantity
    line_item: Named


class Action(Struct):
    """Something the platform would accept."""

    action: Short = None


class Assigned(Struct):
    """Where it ships from."""

    location: Named | None = None


class FulfillmentOrder(Struct, rename="camel"):
    """A fulfilment order."""

    id: Gid
    line_items: Nodes[OpenLine]
    status: Short = None
    supported_actions: list[Action] | None = None
    assigned_location: Assigned | None = None

    def may_ship(self) -> bool:
        """Whether fulfilments can be created for it."""
        if self.supported_actions:
            return any(found.action == MAY_SHIP for found in self.supported_actions)
        return self.status in OPEN

    def location(self) -> str:
        """The id of its location, empty if unknown."""
        return self.assigned_location.location.id if self.assigned_location and self.assigned_location.location else ""


class OrderToShip(Struct, rename="camel"):
    """An order as `order_to_ship` asks for it."""

    id: Gid
    fulfillment_orders: Nodes[FulfillmentOrder]
    fulfillments: list[TrackedFulfillment] | None = None


class Allotted(Struct, frozen=True, kw_only=True):
    """So many of a fulfilment order's line."""

    location: str
    fulfillment_order: str
    line: str
    quantity: int


_ORDER: Final[msgspec.json.Decoder[OrderToShip | None]] = msgspec.json.Decoder(OrderToShip | None)
_MORE: Final = msgspec.json.Decoder(FulfillmentOrder)


def allot(lines: Sequence[ParcelLine], orders: Sequence[FulfillmentOrder]) -> list[Allotted] | None:
    """Spread the parcel's lines over what the fulfilment orders have left, in their order. None: they have not enough. Pure."""
    found = []
    for line in lines:
        wanted = line.quantity
        for order in orders:
            for left in order.line_items.nodes if order.may_ship() else []:
                taken = min(wanted, left.remaining_quantity) if number_of(left.line_item.id) == line.line_ref else 0
                if taken:
                    found.append(Allotted(location=order.location(), fulfillment_order=order.id, line=left.id, quantity=taken))
                    wanted -= taken
        if wanted:
            return None
    return found


def fulfillment_inputs(parcel: PlatformParcel, allotted: Sequence[Allotted]) -> list[dict[str, Any]]:
    """One FulfillmentInput for each location, in the order they were met. Pure."""
    by_location: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for part in allotted:
        rows = by_location.setdefault(part.location, {}).setdefault(part.fulfillment_order, [])
        rows.append({"id": part.line, "quantity": part.quantity})
    tracking = {"number": parcel.waybill_no, "company": parcel.carrier} | ({"url": parcel.tracking_url} if parcel.tracking_url else {})
    return [
        {
            "lineItemsByFulfillmentOrder": [{"fulfillmentOrderId": order, "fulfillmentOrderLineItems": rows} for order, rows in by_order.items()],
            "trackingInfo": tracking,
            "notifyCustomer": False,
        }
        for by_order in by_location.values()
    ]


class ShopifyShipper:
    """Tells parcels of one shop."""

    def __init__(self, client: ShopifyClient) -> None:
        self._client = client

    def ship(self, parcel: PlatformParcel) -> Told:
        """Tell a parcel. A repeat is success. Raises a RecordedFailure with all records so far."""
        records: list[CallRecord] = []
        order = self._ask(parcel, None, records)
        if is_told(order, parcel.waybill_no):
            return Told(records=tuple(records), was_known=True)
        allotted = allot(parcel.lines, order.fulfillment_orders.nodes)
        if allotted is None and self._release(order, records):
            order = self._ask(parcel, None, records)
            allotted = allot(parcel.lines, order.fulfillment_orders.nodes)
        if allotted is None:
            raise _refusal(NOTHING_LEFT, records)
        for fulfillment in fulfillment_inputs(parcel, allotted):
            with after(records):
                records.append(self._create(parcel, fulfillment))
        return Told(records=tuple(records))

    def _release(self, order: OrderToShip, records: list[CallRecord]) -> bool:
        """End the holds that came too late: the goods have left, and the platform takes no word of it while they last. Whether there were any."""
        held = [found for found in order.fulfillment_orders.nodes if found.status == ON_HOLD]
        for found in held:
            with after(records[:]):
                records.append(self._client.call("release_hold", {"id": found.id}).checked("fulfillmentOrderReleaseHold"))
        return bool(held)

    def _ask(self, parcel: PlatformParcel, place: str | None, records: list[CallRecord]) -> OrderToShip:
        """The order with all its fulfilment orders, page after page."""
        with after(records[:]):
            answer = self._client.call("order_to_ship", {"id": gid("Order", parcel.order_no), "after": place})
        records.append(answer.record)
        order = answer.read("order", _ORDER)
        if order is None:
            raise _refusal(UNKNOWN_ORDER, records)
        for found in order.fulfillment_orders.nodes:
            with after(records[:]):
                self._read_rest(found, records)
        try:
            further = next_place(order.fulfillment_orders.page_info, place)
        except BadInput as error:
            raise RecordedSilence(f"order_to_ship: {error}", record=answer.record) from error
        if further is not None:
            order.fulfillment_orders.nodes.extend(self._ask(parcel, further, records).fulfillment_orders.nodes)
        return order

    def _read_rest(self, order: FulfillmentOrder, records: list[CallRecord]) -> None:
        """Further pages of a long fulfilment order."""
        page = order.line_items.page_info
        while page is not None and page.has_next_page:
            answer = self._client.call("fulfillment_order_lines", {"id": order.id, "after": page.end_cursor})
            records.append(answer.record)
            more = answer.read("fulfillmentOrder", _MORE).line_items
            if not more.nodes:
                raise RecordedSilence("fulfillment_order_lines: an empty page that is not the last", record=answer.record)
            order.line_items.nodes.extend(more.nodes)
            page = more.page_info

    def _create(self, parcel: PlatformParcel, fulfillment: dict[str, Any]) -> CallRecord:
        if not self._client.access.needs_fulfillment_key:
            return self._client.call("fulfillment_create", {"fulfillment": fulfillment}).checked("fulfillmentCreate")
        name = f"{parcel.order_no}|{parcel.waybill_no}".encode() + msgspec.json.encode(fulfillment)
        asked = {"fulfillment": fulfillment, "key": sha256(name).hexdigest()[:32]}
        return self._client.call("fulfillment_create_idempotent", asked).checked("fulfillmentCreate")


def is_told(order: OrderToShip, waybill_no: str) -> bool:
    """A fulfilment that was not cancelled carries this tracking number."""
    alive = [found for found in order.fulfillments or [] if (found.status or "").lower() not in GONE]
    return any(tracking.number == waybill_no for found in alive for tracking in found.tracking_info or [])


def _refusal(code: str, records: list[CallRecord]) -> RecordedRefusal:
    refusal = RecordedRefusal(f"fulfillment_create: {code}", record=records[-1], code=code)
    refusal.records = tuple(records)
    return refusal
