"""Do all sides agree? Compares the simulators' own books with Paidan's, line by line. Each difference is a row that says who says what."""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from paidan.kernel.states import FulfilmentState, OrderState, ParcelState
from paidan.orders.fulfilment_no import fulfilment_no
from paidan.runtime.database import Tx
from paidan.runtime.queries import load_queries

queries = load_queries("paidan.entrypoints.demo")

Books = Mapping[str, Any]

PLATFORMS = ("taobao", "shopify")
SHIPPED = frozenset({FulfilmentState.SHIPPED, FulfilmentState.DELIVERED})
CLOSED_LATER = frozenset({OrderState.SHIPPED, OrderState.DELIVERED, OrderState.COMPLETED})  # an end of ours that a closing does not undo


class Difference(Struct, frozen=True):
    """One line on which two sides disagree."""

    subject: str
    key: str
    theirs: str
    ours: str


def differences(tx: Tx, books: Books) -> list[Difference]:
    """Every line on which platforms, warehouses or carriers disagree with Paidan."""
    return [*_stock(tx, books["wms"]), *_deliveries(tx, books["wms"]), *_parcels(tx, books["carrier"]), *_orders(tx, books), *_displays(tx, books)]


def _compare(subject: str, theirs: Mapping[Any, Any], ours: Mapping[Any, Any], absent: Any) -> Iterator[Difference]:
    for key in sorted(theirs.keys() | ours.keys(), key=str):
        their, our = theirs.get(key, absent), ours.get(key, absent)
        if their != our:
            yield Difference(subject, str(key), str(their), str(our))


def _stock(tx: Tx, wms: Books) -> Iterator[Difference]:
    """Good units in each warehouse, by item."""
    theirs = {(warehouse, item): units for warehouse, items in wms["stock"].items() for item, units in items.items() if units}
    ours = {(warehouse, sku): units for warehouse, sku, units in tx.execute(queries.warehouse_stock)}
    yield from _compare("warehouse stock", theirs, ours, 0)


def _deliveries(tx: Tx, wms: Books) -> Iterator[Difference]:
    """Units sent, by delivery order and item. What was recalled or rejected counts nothing on both sides."""
    ours: dict[tuple[str, str], int] = {}
    for fulfilment_id, attempt, state, sku, _, shipped in tx.execute(queries.sent_fulfilments):
        if shipped or state in SHIPPED:
            ours[fulfilment_no(fulfilment_id, attempt), sku] = shipped
    theirs = {(code, item): line["actual"] for code, order in wms["deliveries"].items() for item, line in order["lines"].items() if line["actual"]}
    yield from _compare("units sent", theirs, ours, 0)


def _parcels(tx: Tx, carrier: Books) -> Iterator[Difference]:
    """Parcels, and whether they have arrived."""
    theirs = {waybill: parcel["delivered_at"] is not None for waybill, parcel in carrier["parcels"].items()}
    ours = {waybill: state == ParcelState.DELIVERED for waybill, state in tx.execute(queries.parcels)}
    yield from _compare("parcel delivered", theirs, ours, None)


def _orders(tx: Tx, books: Books) -> Iterator[Difference]:
    """Each platform line: is it there, what was shipped; and that what the platform closed is not shipped by us afterwards."""
    ours: dict[tuple[str, str], int] = {}
    states: dict[str, int] = {}
    bundles = {(order_no, line_ref): shipped for _, order_no, line_ref, shipped in tx.execute(queries.bundle_lines)}
    told_apart = set()  # closed there, shipped here, and said so by a hold: no disagreement, a case for people
    for _, order_no, state, line_ref, kind, _, shipped, _, is_told_apart in tx.execute(queries.platform_lines):
        states[order_no] = state
        if is_told_apart:
            told_apart.add(order_no)
        elif kind != "service":
            ours[order_no, line_ref] = bundles[order_no, line_ref] if kind == "bundle" else shipped
    theirs: dict[tuple[str, str], int] = {}
    for platform in PLATFORMS:
        for order_no, order in books[platform]["orders"].items():
            for line_ref, line in order["lines"].items():
                if not line["is_service"] and order_no not in told_apart:
                    theirs[order_no, line_ref] = line["shipped"]
            yield from _compare_state(order_no, order["status"], states.get(order_no))
    # A service by its SKU (postage sold as an item) has no units with us, and nothing shipped with them.
    ours = {key: units for key, units in ours.items() if units}
    theirs = {key: units for key, units in theirs.items() if units}
    yield from _compare("units shipped to the platform", theirs, ours, 0)


def _compare_state(order_no: str, status: str, state: int | None) -> Iterator[Difference]:
    closed = status.upper() in {"TRADE_CLOSED", "TRADE_CLOSED_BY_TAOBAO", "CANCELLED"}
    if state is None:
        yield Difference("order", order_no, status, "unknown")
    elif closed != (state == OrderState.CANCELLED) and not (closed and state in CLOSED_LATER):
        yield Difference("order closed", order_no, status, OrderState(state).name)


def _displays(tx: Tx, books: Books) -> Iterator[Difference]:
    """What shops show against what we believe they show."""
    theirs = {key: slot["display"] for platform in PLATFORMS for key, slot in _slots(books[platform]["listings"])}
    ours = {_listing(shop, item, sku): believed + pending for shop, item, sku, believed, pending in tx.execute(queries.displays)}
    yield from _compare("quantity shown", {key: theirs[key] for key in theirs.keys() & ours.keys()}, ours, None)


def _slots(listings: Any) -> Iterator[tuple[str, Any]]:
    yield from listings.items()


def _listing(shop: str, item_ref: str, sku_ref: str) -> str:
    return f"{shop}:{item_ref}:{sku_ref}"
