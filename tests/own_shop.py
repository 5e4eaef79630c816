"""A shop of our own behind the console: orders come in by the API, so that a test has orders like it wants them."""

from typing import Any

from desk import Desk

SHOP = "OWN"
RECEIVER = {"name": "王小明", "phone": "13812345678", "province": "浙江省", "city": "杭州市", "district": "西湖区", "detail": "文三路 88 号"}


def open_shop(desk: Desk) -> None:
    """Make the shop, unless it is there; its orders wait for nobody to be merged with."""
    desk.sent("/shops", [{"code": SHOP, "name": "自营小店", "platform": "direct", "merge_window_s": 0}])


def buy(desk: Desk, number: str, *lines: tuple[str, int], title: str = "", shop: str = SHOP, **more: Any) -> None:
    """Post a paid order of (SKU code, units)."""
    at = desk.get("/me")["now"]
    bought = [{"merchant_code": sku, "item_ref": sku, "title": title or sku, "quantity": units, "price": "10.00"} for sku, units in lines]
    body = {"order_no": number, "status": "paid", "placed_at": at, "paid_at": at, "receiver": RECEIVER, "lines": bought, **more}
    desk.send(f"/orders?shop={shop}", body)


def order_of(desk: Desk, number: str) -> dict[str, Any]:
    """The order as the list tells it."""
    [found] = desk.get(f"/lists/orders?f=platform_order_no:is:{number}")["items"]
    return dict(found)


def free_sku(desk: Desk, at_least: int = 3) -> dict[str, Any]:
    """What the board says of some goods of which there is enough."""
    rows = desk.get("/stock/sellable?limit=200")["items"]
    return dict(next(row for row in rows if row["sellable"] >= at_least and row["shown"]))
