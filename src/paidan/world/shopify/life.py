"""What buyers do to their orders.

Differences from the script's Chinese habits, as this platform has them:

- the counter goes down when an order is placed (the units are committed), not when it is paid;
- there is no refund request before shipping: asked by the buyer, the shop's staff puts the fulfilment order on hold, and releases it when the
  buyer thinks better of it; of goods that have left a return is asked for, and the order's return status says so until it is called off;
- a service becomes a custom line item: no variant, no SKU, nothing to ship; it is fulfilled together with the last of the goods;
- credits of the invoice become an order-wide discount.
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime

from paidan.world.numbers import number_from
from paidan.world.script import ScriptOrder
from paidan.world.sellable import make_basket
from paidan.world.shelf import ListingKey
from paidan.world.shopify.state import Item, Order, Store
from paidan.world.timetable import Act

FIRST_PLACE = 1001


def place(store: Store, script: ScriptOrder, now: datetime) -> None:
    """The buyer orders, if everything is available; else the sale is lost."""
    basket = make_basket(script.lines)
    if not basket.lines:
        store.unsellable.append(script.order_no)
        return
    number = int(script.order_no)
    items = [
        Item(
            number=number_from("line item", number, place, digits=14),
            key=(script.shop, sold.line.item_ref, sold.line.sku_ref),
            sku="" if sold.line.is_service else sold.line.merchant_code,
            title=sold.line.title,
            quantity=sold.line.quantity,
            price_minor=sold.line.price_minor,
            discount_minor=sold.discount_minor + sold.markdown_minor,
            is_service=sold.line.is_service,
        )
        for place, sold in enumerate(basket.lines)
    ]
    wanted: Counter[ListingKey] = Counter()
    for item in items:
        wanted[item.key] += item.quantity
    if not store.shelf.shows(wanted):
        store.lost_sales.append(script.order_no)
        return
    at = now.replace(microsecond=0)
    note = script.buyer_remark or script.seller_remark
    order = Order(number, FIRST_PLACE + len(store.orders), script, store, items, created_at=at, updated_at=at, note=note)
    order.uncollected_minor = basket.uncollected_minor
    for item in items:
        item.taken = store.shelf.sell(item.key, item.quantity)
        store.committed[item.key] = store.committed.get(item.key, 0) + item.quantity
    store.orders[number] = order
    store.by_fulfilment_order[order.fulfilment_order_number] = order
    store.tell(order, now, ("orders/create",))


def pay(order: Order, now: datetime) -> None:
    """The money arrives."""
    if order.cancelled_at is None and order.paid_at is None:
        order.paid_at = now.replace(microsecond=0)
        touch(order, now, "orders/paid", "orders/updated")


def ask_refund(order: Order, now: datetime) -> None:
    """The buyer asks for a return of what has left; before that he writes that he wants his money back, and staff holds the order."""
    if order.cancelled_at is not None:
        return
    if order.fulfilments:
        order.is_return_asked = True
        touch(order, now, "returns/request", "orders/updated")
    else:
        order.is_on_hold = True
        touch(order, now, "fulfillment_orders/placed_on_hold", "orders/updated")


def withdraw_refund(order: Order, now: datetime) -> None:
    """The buyer changed his mind: the return is called off, or the hold released."""
    if order.is_return_asked:
        order.is_return_asked = False
        touch(order, now, "returns/cancel", "orders/updated")
    release(order, now)


def release(order: Order, now: datetime) -> None:
    """The hold is over, if there is one."""
    if order.is_on_hold:
        order.is_on_hold = False
        touch(order, now, "fulfillment_orders/hold_released", "orders/updated")


def cancel(order: Order, now: datetime) -> None:
    """The order is cancelled, refunded and restocked, unless something was fulfilled: then it can only be returned."""
    if order.cancelled_at is not None:
        return
    if order.fulfilments:
        order.is_close_refused = True
        return
    order.cancelled_at = now.replace(microsecond=0)
    order.is_on_hold = False
    for item in order.items:
        item.cancelled = item.quantity
        order.store.shelf.give_back(item.key, item.taken)
        order.store.committed[item.key] -= item.quantity
        item.taken = 0
    touch(order, now, "orders/cancelled", "orders/updated")


def touch(order: Order, now: datetime, *topics: str) -> None:
    """The order changed."""
    order.updated_at = now.replace(microsecond=0)
    order.store.tell(order, now, topics)


ACTS: dict[Act, Callable[[Order, datetime], None]] = {
    Act.PAY: pay,
    Act.ASK_REFUND: ask_refund,
    Act.WITHDRAW_REFUND: withdraw_refund,
    Act.CANCEL: cancel,
}
