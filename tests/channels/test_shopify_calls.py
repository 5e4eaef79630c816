import json
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from channels.platform_server import Got, PlatformServer, Said
from channels.shopify_shapes import Bought, Described, graphql, graphql_line, page
from paidan.channels.platform import ListingQuantity, ParcelLine, PlatformParcel, Version
from paidan.channels.shopify.graphql import ShopifyAccess, ShopifyClient, query_text
from paidan.channels.shopify.orders import parse
from paidan.channels.shopify.pull import PullRules, ShopifyPuller
from paidan.channels.shopify.ship import ShopifyShipper
from paidan.channels.shopify.stock import ShopifyStock
from paidan.kernel.errors import AnswerUnknown, CallLater, CallRefused, CounterpartError, SetupError
from paidan.runtime.http import HttpCaller

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
Answers = dict[str, Callable[[dict[str, Any]], Any]]


def operation(got: Got) -> str:
    return str(json.loads(got.body)["query"]).split("(", 1)[0].split()[-1]


def serve(platform: PlatformServer, answers: Answers) -> None:
    """Answer each operation by its name."""

    def answer(got: Got) -> Said:
        found = answers[operation(got)](json.loads(got.body)["variables"])
        return found if isinstance(found, Said) else Said(json.dumps({"data": found, "extensions": {"cost": {"requestedQueryCost": 1}}}).encode())

    platform.answer = answer


def operations(platform: PlatformServer) -> list[str]:
    return [operation(got) for got in platform.got]


def errors(*codes: str, data: Any = None, **more: Any) -> Said:
    told = [{"message": "no", "extensions": {"code": code}} if code else {"message": "Field 'x' doesn't exist"} for code in codes]
    return Said(json.dumps({"errors": told, "data": data} | more).encode())


THROTTLE = {"cost": {"requestedQueryCost": 500, "throttleStatus": {"maximumAvailable": 2000, "currentlyAvailable": 100, "restoreRate": 100}}}


@pytest.mark.parametrize(
    ("said", "kind", "code", "retry_after_s"),
    [
        (errors("THROTTLED", extensions=THROTTLE), CallLater, "THROTTLED", 4.0),
        (errors("THROTTLED"), CallLater, "THROTTLED", None),
        (errors("ACCESS_DENIED"), CallRefused, "ACCESS_DENIED", None),
        (errors("MAX_COST_EXCEEDED"), CallRefused, "MAX_COST_EXCEEDED", None),
        (errors("INTERNAL_SERVER_ERROR"), AnswerUnknown, "INTERNAL_SERVER_ERROR", None),
        (errors(""), CallRefused, "", None),
        (errors("", data={"orders": None}), AnswerUnknown, "", None),
        (Said(b'{"data":null}'), AnswerUnknown, "", None),
        (Said(b"<html>"), AnswerUnknown, "", None),
        (Said(b'{"errors":"Not Found"}', 404), CallRefused, "http_404", None),
        (Said(b"", 429, (("Retry-After", "1.5"),)), CallLater, "http_429", 1.5),
        (Said(b"", 503), AnswerUnknown, "http_503", None),
        (None, AnswerUnknown, "", None),
    ],
)
def test_each_failure_has_its_kind(
    platform: PlatformServer,
    shopify_client: ShopifyClient,
    said: Said | None,
    kind: type[CounterpartError],
    code: str,
    retry_after_s: float | None,
) -> None:
    platform.answer = lambda _got: said
    with pytest.raises(kind) as failure:
        shopify_client.call("orders_changed", {})
    assert (failure.value.code, failure.value.retry_after_s) == (code, retry_after_s)
    assert failure.value.records[-1].request == platform.got[0].body


def test_a_call_goes_to_the_version_with_the_token(platform: PlatformServer, shopify_client: ShopifyClient) -> None:
    serve(platform, {"OrderWhole": lambda _asked: {"order": None}})
    shopify_client.call("order", {"id": "gid://shopify/Order/1"})
    (got,) = platform.got
    assert got.path == "/admin/api/2026-04/graphql.json"
    assert got.headers["x-shopify-access-token"] == "shop-token"
    assert "shop-token" not in repr(shopify_client.access)
    assert b"shop-token" not in got.body


@pytest.mark.parametrize("name", ["inventory_set", "inventory_adjust"])
def test_what_the_platform_wants_idempotent_carries_the_directive(name: str) -> None:
    assert "@idempotent(key: $key)" in query_text(name)


class Shop:
    """Orders sorted by change, as the platform lists them."""

    def __init__(self, count: int) -> None:
        self.changed = {100 + n: NOW - timedelta(seconds=1000 - 10 * n) for n in range(count)}
        self.lists = 0
        self.change_after: dict[int, int] = {}

    def answers(self) -> Answers:
        return {"OrdersChanged": self.list, "OrderWhole": self.whole}

    def list(self, asked: dict[str, Any]) -> Any:
        since = datetime.fromisoformat(asked["query"].split("'")[1])
        after = datetime.fromisoformat(asked["after"]) if asked["after"] else since - timedelta(microseconds=1)
        rows = sorted((at, number) for number, at in self.changed.items() if at >= since and at > after)
        shown = rows[: asked["first"]]
        self.lists += 1
        if number := self.change_after.get(self.lists):
            self.changed[number] = NOW + timedelta(seconds=self.lists)
        nodes = [{"id": f"gid://shopify/Order/{number}", "updatedAt": at.isoformat()} for at, number in shown]
        return {"orders": page(nodes, shown[-1][0].isoformat() if len(rows) > len(shown) else None)}

    def whole(self, asked: dict[str, Any]) -> Any:
        number = int(asked["id"].rsplit("/", 1)[1])
        return {"order": graphql(Described()) | {"id": asked["id"], "updatedAt": self.changed[number].isoformat()}}


def start(seconds: int = 3600) -> str:
    return (NOW - timedelta(seconds=seconds)).isoformat()


def test_a_pull_brings_whole_orders_and_moves_the_cursor_with_each_page(platform: PlatformServer, shopify_client: ShopifyClient) -> None:
    shop = Shop(5)
    serve(platform, shop.answers())
    pages = list(ShopifyPuller(shopify_client, PullRules(page_size=2)).pull(start(), now=NOW))
    assert [[order.business_key for order in page.orders] for page in pages] == [["100", "101"], ["102", "103"], ["104"]]
    assert [page.cursor for page in pages] == [shop.changed[number].isoformat() for number in (101, 103, 104)]
    order = pages[0].orders[0]
    assert order.body in pages[0].records[1].answer
    assert parse(order.body).platform_order_no == "100"
    assert parse(order.body).version_at == order.version_at


@pytest.mark.parametrize("changed", range(100, 107))
@pytest.mark.parametrize("after_list", [1, 2, 3])
def test_no_order_is_lost_while_the_list_moves(platform: PlatformServer, shopify_client: ShopifyClient, changed: int, after_list: int) -> None:
    shop = Shop(7)
    shop.change_after = {after_list: changed}
    serve(platform, shop.answers())
    pages = ShopifyPuller(shopify_client, PullRules(page_size=2)).pull(start(), now=NOW)
    assert {order.business_key for page in pages for order in page.orders} == {str(number) for number in shop.changed}


def test_versions_that_are_kept_already_are_not_read_again(platform: PlatformServer, shopify_client: ShopifyClient) -> None:
    shop = Shop(3)
    serve(platform, shop.answers())

    def known(versions: Collection[Version]) -> set[Version]:
        return {version for version in versions if version[0] != "101"}

    (pulled,) = ShopifyPuller(shopify_client).pull(start(), now=NOW, known=known)
    assert [order.business_key for order in pulled.orders] == ["101"]
    assert pulled.cursor == shop.changed[102].isoformat()


def test_long_orders_are_put_together(platform: PlatformServer, shopify_client: ShopifyClient) -> None:
    lines = tuple(Bought(n, "1.00", 1, shipped=1) for n in range(10, 17))
    told = graphql(Described(lines=lines))
    shipped = told["fulfillments"][0]["fulfillmentLineItems"]["nodes"]
    told["lineItems"] = page([graphql_line(line) for line in lines[:3]], "L1")
    told["fulfillments"][0]["fulfillmentLineItems"] = page(shipped[:4], "F1")
    further = {"L1": page([graphql_line(line) for line in lines[3:5]], "L2"), "L2": page([graphql_line(line) for line in lines[5:]])}
    serve(
        platform,
        {
            "OrderWhole": lambda _asked: {"order": told},
            "OrderLines": lambda asked: {"order": {"id": asked["id"], "lineItems": further[asked["after"]]}},
            "FulfillmentLines": lambda asked: {"fulfillment": {"id": asked["id"], "fulfillmentLineItems": page(shipped[4:])}},
        },
    )
    (raw,) = ShopifyPuller(shopify_client).read_orders(["450789469"]).orders
    assert raw.meta["composed"] == "lines"
    assert parse(raw.body) == parse(json.dumps(graphql(Described(lines=lines))).encode())


def test_an_order_of_many_fulfilments_is_put_together(platform: PlatformServer, shopify_client: ShopifyClient) -> None:
    told = graphql(Described(lines=(Bought(10, "1.00", 12, shipped=12),), fulfilled="fulfilled"))
    one = [{"quantity": 1, "lineItem": {"id": gid("LineItem", 10)}}]
    every = [{"id": gid("Fulfillment", n), "status": "SUCCESS", "fulfillmentLineItems": page(one)} for n in range(1, 13)]
    brief = [{"id": found["id"], "status": found["status"]} for found in every]
    serve(
        platform,
        {
            "OrderWhole": lambda _asked: {"order": told | {"fulfillments": every[:10]}},
            "OrderFulfillments": lambda asked: {"order": {"id": asked["id"], "fulfillments": brief}},
            "FulfillmentLines": lambda asked: {"fulfillment": {"id": asked["id"], "fulfillmentLineItems": page(one)}},
        },
    )
    (raw,) = ShopifyPuller(shopify_client).read_orders(["450789469"]).orders
    assert [line.quantity_shipped for line in parse(raw.body).lines] == [12]
    assert operations(platform) == ["OrderWhole", "OrderFulfillments", "FulfillmentLines", "FulfillmentLines"]


@pytest.mark.parametrize("cursor", [None, "same"])
def test_a_list_that_would_go_on_for_ever_is_not_believed(platform: PlatformServer, shopify_client: ShopifyClient, cursor: str | None) -> None:
    serve(platform, {"OrdersChanged": lambda _asked: {"orders": {"nodes": [], "pageInfo": {"hasNextPage": True, "endCursor": cursor}}}})
    with pytest.raises(AnswerUnknown):
        list(ShopifyPuller(shopify_client).pull(start(), now=NOW))


def test_an_order_that_is_gone_is_reported(platform: PlatformServer, shopify_client: ShopifyClient) -> None:
    serve(platform, {"OrderWhole": lambda _asked: {"order": None}})
    assert ShopifyPuller(shopify_client).read_orders(["5"]).refused == (("5", "not_found"),)


def gid(kind: str, number: int) -> str:
    return f"gid://shopify/{kind}/{number}"


def open_order(number: int, location: int, *left: tuple[int, int], status: str = "OPEN", action: str = "CREATE_FULFILLMENT") -> dict[str, Any]:
    """A fulfilment order: (line, quantity left)."""
    nodes = [
        {"id": gid("FulfillmentOrderLineItem", number * 100 + line), "remainingQuantity": n, "lineItem": {"id": gid("LineItem", line)}}
        for line, n in left
    ]
    return {
        "id": gid("FulfillmentOrder", number),
        "status": status,
        "supportedActions": [{"action": action}],
        "assignedLocation": {"location": {"id": gid("Location", location)}},
        "lineItems": page(nodes),
    }


def to_ship(*orders: dict[str, Any], told: tuple[tuple[str, str], ...] = ()) -> Callable[[dict[str, Any]], Any]:
    fulfillments = [
        {"id": gid("Fulfillment", n), "status": status, "trackingInfo": [{"number": number}]} for n, (status, number) in enumerate(told, 1)
    ]
    return lambda asked: {"order": {"id": asked["id"], "fulfillments": fulfillments, "fulfillmentOrders": {"nodes": list(orders)}}}


CREATED = {"fulfillmentCreate": {"fulfillment": {"id": gid("Fulfillment", 9), "status": "SUCCESS"}, "userErrors": []}}


def parcel(*lines: tuple[int, int]) -> PlatformParcel:
    told = tuple([ParcelLine(line_ref=str(line), quantity=quantity, quantity_ordered=quantity) for line, quantity in lines])
    return PlatformParcel(order_no="1", waybill_no="1Z", carrier="UPS", lines=told)


def sent(platform: PlatformServer) -> list[dict[str, Any]]:
    return [json.loads(got.body)["variables"]["fulfillment"] for got in platform.got if operation(got) == "FulfillmentCreate"]


def test_a_parcel_takes_its_lines_from_the_fulfilment_orders_that_may_ship(platform: PlatformServer, shopify_client: ShopifyClient) -> None:
    orders = (open_order(1, 5, (11, 9), status="ON_HOLD", action="RELEASE_HOLD"), open_order(2, 5, (11, 2), (12, 1)), open_order(3, 5, (11, 5)))
    serve(platform, {"OrderToShip": to_ship(*orders), "FulfillmentCreate": lambda _asked: CREATED})
    told = ShopifyShipper(shopify_client).ship(parcel((11, 3), (12, 1)))
    assert not told.was_known
    assert sent(platform) == [
        {
            "lineItemsByFulfillmentOrder": [
                {
                    "fulfillmentOrderId": gid("FulfillmentOrder", 2),
                    "fulfillmentOrderLineItems": [
                        {"id": gid("FulfillmentOrderLineItem", 211), "quantity": 2},
                        {"id": gid("FulfillmentOrderLineItem", 212), "quantity": 1},
                    ],
                },
                {
                    "fulfillmentOrderId": gid("FulfillmentOrder", 3),
                    "fulfillmentOrderLineItems": [{"id": gid("FulfillmentOrderLineItem", 311), "quantity": 1}],
                },
            ],
            "trackingInfo": {"number": "1Z", "company": "UPS"},
            "notifyCustomer": False,
        },
    ]


def test_a_parcel_over_two_locations_needs_two_fulfilments(platform: PlatformServer, shopify_client: ShopifyClient) -> None:
    serve(platform, {"OrderToShip": to_ship(open_order(1, 5, (11, 1)), open_order(2, 6, (11, 1))), "FulfillmentCreate": lambda _asked: CREATED})
    told = ShopifyShipper(shopify_client).ship(parcel((11, 2)))
    assert len(sent(platform)) == 2
    assert len(told.records) == 3


def test_fulfilment_orders_are_read_page_by_page(platform: PlatformServer, shopify_client: ShopifyClient) -> None:
    def answer(asked: dict[str, Any]) -> Any:
        found, cursor = (open_order(2, 5, (11, 2)), None) if asked["after"] else (open_order(1, 5, (12, 1)), "P1")
        return {"order": {"id": asked["id"], "fulfillments": [], "fulfillmentOrders": page([found], cursor)}}

    serve(platform, {"OrderToShip": answer, "FulfillmentCreate": lambda _asked: CREATED})
    told = ShopifyShipper(shopify_client).ship(parcel((11, 2)))
    assert [record.method for record in told.records] == ["order_to_ship", "order_to_ship", "fulfillment_create"]


def test_a_parcel_told_before_is_done(platform: PlatformServer, shopify_client: ShopifyClient) -> None:
    serve(platform, {"OrderToShip": to_ship(told=(("CANCELLED", "0Z"), ("SUCCESS", "1Z")))})
    assert ShopifyShipper(shopify_client).ship(parcel((11, 1))).was_known
    assert operations(platform) == ["OrderToShip"]


@pytest.mark.parametrize("told", [(), (("CANCELLED", "1Z"),)])
def test_more_than_is_left_is_refused(platform: PlatformServer, shopify_client: ShopifyClient, told: tuple[tuple[str, str], ...]) -> None:
    serve(platform, {"OrderToShip": to_ship(open_order(1, 5, (11, 1)), told=told)})
    with pytest.raises(CallRefused) as refusal:
        ShopifyShipper(shopify_client).ship(parcel((11, 2)))
    assert refusal.value.code == "nothing_left_to_fulfil"


def test_a_user_error_is_a_refusal_with_all_records(platform: PlatformServer, shopify_client: ShopifyClient) -> None:
    failed = {"fulfillmentCreate": {"fulfillment": None, "userErrors": [{"field": ["fulfillment"], "message": "closed for Ada"}]}}
    serve(platform, {"OrderToShip": to_ship(open_order(1, 5, (11, 2))), "FulfillmentCreate": lambda _asked: failed})
    with pytest.raises(CallRefused) as refusal:
        ShopifyShipper(shopify_client).ship(parcel((11, 2)))
    assert "Ada" not in str(refusal.value)
    assert [record.method for record in refusal.value.records] == ["order_to_ship", "fulfillment_create"]


def test_a_version_that_wants_a_key_gets_the_same_one_each_time(platform: PlatformServer, caller: HttpCaller) -> None:
    client = ShopifyClient(ShopifyAccess(shop="x", token="t", url=platform.url, needs_fulfillment_key=True), caller)
    serve(platform, {"OrderToShip": to_ship(open_order(1, 5, (11, 2))), "FulfillmentCreate": lambda _asked: CREATED})
    for _ in range(2):
        ShopifyShipper(client).ship(parcel((11, 2)))
    keys = [json.loads(got.body)["variables"]["key"] for got in platform.got if operation(got) == "FulfillmentCreate"]
    assert len(keys) == 2
    assert len(set(keys)) == 1


def variant(number: int, quantity: int | None) -> dict[str, Any]:
    level = None if quantity is None else {"quantities": [{"name": "available", "quantity": quantity}]}
    return {"id": gid("ProductVariant", number), "inventoryItem": {"id": gid("InventoryItem", number + 1000), "inventoryLevel": level}}


def levels(**shown: int | None) -> Callable[[dict[str, Any]], Any]:
    known = {gid("ProductVariant", int(name[1:])): variant(int(name[1:]), quantity) for name, quantity in shown.items()}
    return lambda asked: {"nodes": [known.get(name) for name in asked["ids"]]}


def wrote(root: str, *codes: str) -> dict[str, Any]:
    return {root: {"inventoryAdjustmentGroup": None, "userErrors": [{"code": code, "field": None, "message": "no"} for code in codes]}}


def rows(*told: tuple[int, int]) -> list[ListingQuantity]:
    return [ListingQuantity(item_ref="1", sku_ref=str(sku), quantity=quantity) for sku, quantity in told]


def test_setting_compares_with_what_was_shown_and_leaves_out_what_is_right(platform: PlatformServer, shopify_client: ShopifyClient) -> None:
    serve(platform, {"InventoryLevels": levels(v5=3, v6=8), "InventorySet": lambda _asked: wrote("inventorySetQuantities")})
    (outcome,) = ShopifyStock(shopify_client).set_quantities(rows((5, 2), (6, 8)), key="push-1")
    assert outcome.failure is None
    asked = json.loads(platform.got[1].body)["variables"]["input"]
    assert asked == {
        "name": "available",
        "reason": "correction",
        "quantities": [{"inventoryItemId": gid("InventoryItem", 1005), "locationId": gid("Location", 77), "quantity": 2, "changeFromQuantity": 3}],
    }


def test_nothing_is_written_when_all_is_right(platform: PlatformServer, shopify_client: ShopifyClient) -> None:
    serve(platform, {"InventoryLevels": levels(v5=3)})
    (outcome,) = ShopifyStock(shopify_client).set_quantities(rows((5, 3)), key="push-1")
    assert outcome.failure is None
    assert operations(platform) == ["InventoryLevels"]


def test_a_quantity_that_moved_meanwhile_is_told_as_such(platform: PlatformServer, shopify_client: ShopifyClient) -> None:
    serve(platform, {"InventoryLevels": levels(v5=3), "InventorySet": lambda _asked: wrote("inventorySetQuantities", "CHANGE_FROM_QUANTITY_STALE")})
    (outcome,) = ShopifyStock(shopify_client).set_quantities(rows((5, 2)), key="push-1")
    assert isinstance(outcome.failure, CallRefused)
    assert outcome.failure.code == "CHANGE_FROM_QUANTITY_STALE"
    assert [record.method for record in outcome.records] == ["inventory_levels", "inventory_set"]


def test_a_key_in_flight_is_asked_again_later(platform: PlatformServer, shopify_client: ShopifyClient) -> None:
    serve(
        platform, {"InventoryLevels": levels(v5=3), "InventorySet": lambda _asked: wrote("inventorySetQuantities", "IDEMPOTENCY_CONCURRENT_REQUEST")}
    )
    (outcome,) = ShopifyStock(shopify_client).set_quantities(rows((5, 2)), key="push-1")
    assert isinstance(outcome.failure, CallLater)


def test_differences_repeat_under_one_key_and_others_get_another(platform: PlatformServer, shopify_client: ShopifyClient) -> None:
    serve(platform, {"InventoryLevels": levels(v5=3), "InventoryAdjust": lambda _asked: wrote("inventoryAdjustQuantities")})
    stock = ShopifyStock(shopify_client)
    for key, change in (("push-1", -2), ("push-1", -2), ("push-2", -2), ("push-2", -3)):
        stock.change_quantities(rows((5, change)), key=key)
    asked = [json.loads(got.body)["variables"] for got in platform.got if operation(got) == "InventoryAdjust"]
    keys = [variables["key"] for variables in asked]
    assert keys[0] == keys[1]
    assert len(set(keys)) == 3
    assert asked[0]["input"]["changes"][0] | {"x": 0} == {
        "inventoryItemId": gid("InventoryItem", 1005),
        "locationId": gid("Location", 77),
        "delta": -2,
        "changeFromQuantity": None,
        "x": 0,
    }


def test_an_unknown_listing_is_a_refusal_of_its_call(platform: PlatformServer, shopify_client: ShopifyClient) -> None:
    serve(platform, {"InventoryLevels": levels(v5=3)})
    (outcome,) = ShopifyStock(shopify_client).set_quantities(rows((5, 1), (9, 1)), key="k")
    assert outcome.failure is not None
    assert outcome.failure.code == "listing_not_found"


def test_without_a_location_nothing_can_be_told(platform: PlatformServer, caller: HttpCaller) -> None:
    client = ShopifyClient(ShopifyAccess(shop="x", token="t", url=platform.url), caller)
    with pytest.raises(SetupError, match="location_ref"):
        ShopifyStock(client).set_quantities(rows((5, 1)), key="k")
