import base64
import hmac
import json
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from graphql import GraphQLError
from hypothesis import given, settings
from hypothesis import strategies as st

from paidan.world.host import HostSetup, host_in_thread
from paidan.world.script import ScriptLine
from paidan.world.shopify import ShopifyPlatform
from paidan.world.shopify.connections import connection
from paidan.world.shopify.search import matcher
from paidan.world.shopify.webhooks import signature
from paidan.world.taobao import BulkTable, TaobaoPlatform
from paidan.world.wire import Callback, Request
from world.taobao_client import OPENS, line, make_day, minutes, order

NUMBER = 2_000_000_000_000_000_001
URL = "http://127.0.0.1:9/hook"

ORDERS = """query($after: String, $search: String, $first: Int = 50, $reverse: Boolean) {
  orders(first: $first, after: $after, query: $search, sortKey: UPDATED_AT, reverse: $reverse) {
    pageInfo { hasNextPage endCursor }
    edges { cursor node { id name updatedAt displayFinancialStatus tags } }
  }
}"""
ORDER = """query($id: ID!) {
  order(id: $id) {
    legacyResourceId name note tags displayFinancialStatus displayFulfillmentStatus cancelledAt cancelReason
    totalPriceSet { shopMoney { amount currencyCode } } currentTotalPriceSet { shopMoney { amount } } totalDiscountsSet { shopMoney { amount } }
    subtotalPriceSet { shopMoney { amount } } totalShippingPriceSet { shopMoney { amount } } totalRefundedSet { shopMoney { amount } }
    shippingAddress { name address1 countryCodeV2 phone } customer { email }
    transactions { kind amountSet { shopMoney { amount } } } refunds { refundLineItems(first: 9) { nodes { quantity restockType } } }
    lineItems(first: 50) {
      nodes {
        id sku quantity currentQuantity unfulfilledQuantity requiresShipping originalUnitPriceSet { shopMoney { amount } }
        discountAllocations { allocatedAmountSet { shopMoney { amount } } } variant { legacyResourceId inventoryItem { id } }
      }
    }
    fulfillmentOrders(first: 5) {
      nodes {
        id status requestStatus supportedActions { action } assignedLocation { location { id } }
        lineItems(first: 50) { nodes { id totalQuantity remainingQuantity inventoryItemId lineItem { id } } }
      }
    }
    fulfillments { id status trackingInfo { company number } fulfillmentLineItems(first: 9) { nodes { quantity lineItem { sku } } } }
  }
}"""
FULFIL = """mutation($fulfillment: FulfillmentInput!) {
  fulfillmentCreate(fulfillment: $fulfillment) { fulfillment { id status trackingInfo { number } } userErrors { field message } }
}"""
SET = """mutation($input: InventorySetQuantitiesInput!, $key: String!) {
  inventorySetQuantities(input: $input) @idempotent(key: $key) {
    inventoryAdjustmentGroup { id changes { delta quantityAfterChange } } userErrors { code field message }
  }
}"""
ADJUST = SET.replace("SetQuantities", "AdjustQuantities")


class Merchant:
    """The merchant's side of store A."""

    def __init__(self, *orders: Any, display: int = 100, **more: Any) -> None:
        self.platform = ShopifyPlatform(make_day(*orders, display=display, platform="shopify"), webhook_urls={"A": URL}, **more)
        self.now = OPENS
        self.heard: list[Callback] = []

    def at(self, minute: float) -> "Merchant":
        self.now = minutes(minute)
        self.heard += self.platform.advance(self.now)
        return self

    def raw(
        self,
        query: Any,
        version: str = "2026-04",
        token: str = "shpat_a",  # noqa: S107 - of a simulated store
        path: str = "",
        **variables: Any,
    ) -> tuple[int, dict[str, Any]]:
        body = query if isinstance(query, bytes) else json.dumps({"query": query, "variables": variables}).encode()
        where = path or f"/admin/api/{version}/graphql.json"
        answer = self.platform.answer(Request(verb="POST", path=where, headers={"x-shopify-access-token": token}, body=body), self.now)
        return answer.status, json.loads(answer.body)

    def ask(self, query: str, version: str = "2026-04", **variables: Any) -> dict[str, Any]:
        status, body = self.raw(query, version, **variables)
        assert (status, body.get("errors")) == (200, None), body
        data: dict[str, Any] = body["data"]
        return data

    def order(self, number: int = 1) -> dict[str, Any]:
        found: dict[str, Any] = self.ask(ORDER, id=f"gid://shopify/Order/{NUMBER - 1 + number}")["order"]
        return found

    def fulfil(self, lines: dict[int, int] | None = None, number: int = 1, waybill: str = "ZT1", **more: Any) -> dict[str, Any]:
        """Fulfil units by the line's place; without lines everything left."""
        order = self.order(number)["fulfillmentOrders"]["nodes"][0]
        nodes = order["lineItems"]["nodes"]
        chosen = [{"id": nodes[place]["id"], "quantity": quantity} for place, quantity in (lines or {}).items()]
        group = {"fulfillmentOrderId": order["id"], "fulfillmentOrderLineItems": chosen}
        given = {"lineItemsByFulfillmentOrder": [group], "trackingInfo": {"company": "ZTO", "number": waybill}, "notifyCustomer": False} | more
        answer: dict[str, Any] = self.ask(FULFIL, fulfillment=given)["fulfillmentCreate"]
        return answer

    def row(self, sku: int = 1, **more: Any) -> dict[str, Any]:
        location = self.ask("{ locations(first: 1) { nodes { id } } }")["locations"]["nodes"][0]["id"]
        variant = self.ask("query($id: ID!) { productVariant(id: $id) { inventoryItem { id } } }", id=f"gid://shopify/ProductVariant/{480000 + sku}")
        return {"inventoryItemId": variant["productVariant"]["inventoryItem"]["id"], "locationId": location} | more

    def display(self, sku: int = 1) -> int:
        shown: int = self.platform.books()["listings"][f"A:600001:{480000 + sku}"]["display"]
        return shown


def test_the_webhook_signature_matches_the_vector() -> None:
    body = b'{"id":820982911946154508,"name":"#9999","financial_status":"paid"}'
    assert signature("hush", body) == "0lxseWBCIk71KWf1ESOK9aDbDT4UbAfwiDoyrNz7E1s="


def test_webhooks_tell_create_paid_and_updated_with_all_headers() -> None:
    merchant = Merchant(order(1, line(1, 2, 1050), freight_minor=499, buyer_remark="blue, please"), client_secret="hush").at(5)
    assert [one.headers["X-Shopify-Topic"] for one in merchant.heard] == ["orders/create", "orders/paid", "orders/updated"]
    assert [one.due_at for one in merchant.heard] == [minutes(1), minutes(2), minutes(2)]
    events = [one.headers["X-Shopify-Event-Id"] for one in merchant.heard]
    assert (events[0] != events[1], events[1] == events[2]) == (True, True)
    assert len({one.headers["X-Shopify-Webhook-Id"] for one in merchant.heard}) == 3
    for one in merchant.heard:
        digest = base64.b64encode(hmac.digest(b"hush", one.body, "sha256")).decode()
        assert one.headers["X-Shopify-Hmac-Sha256"] == digest
        assert one.headers["X-Shopify-Shop-Domain"] == "a.myshopify.com"
        assert {"X-Shopify-API-Version", "X-Shopify-Triggered-At", "X-Shopify-Name"} <= set(one.headers)
        assert (one.url, one.key.startswith(f"shopify:A:{NUMBER}#")) == (URL, True)
    body = json.loads(merchant.heard[1].body)
    assert (body["id"], body["name"], body["financial_status"], body["fulfillment_status"]) == (NUMBER, "#1001", "paid", None)
    assert (body["total_price"], body["subtotal_price"], body["total_line_items_price"]) == ("25.99", "21.00", "21.00")
    assert body["total_price_set"]["shop_money"] == {"amount": "25.99", "currency_code": "CNY"}
    assert body["note"] == "blue, please"
    (item,) = body["line_items"]
    assert (item["sku"], item["variant_id"], item["product_id"], item["quantity"], item["price"]) == ("SKU1", 480001, 600001, 2, "10.50")


def test_a_cancelled_order_is_restocked_and_refunded() -> None:
    merchant = Merchant(order(1, line(1, 3), refund_asked_at=minutes(10), cancelled_at=minutes(30)))
    assert merchant.at(9).display() == 97
    assert merchant.at(10).order()["displayFulfillmentStatus"] == "ON_HOLD"
    shown = merchant.at(30).order()
    assert (shown["displayFinancialStatus"], shown["cancelReason"], shown["currentTotalPriceSet"]["shopMoney"]["amount"]) == (
        "REFUNDED",
        "CUSTOMER",
        "0.00",
    )
    assert shown["refunds"][0]["refundLineItems"]["nodes"] == [{"quantity": 3, "restockType": "CANCEL"}]
    assert shown["lineItems"]["nodes"][0]["currentQuantity"] == 0
    assert shown["fulfillmentOrders"]["nodes"][0]["status"] == "CLOSED"
    assert merchant.display() == 100
    last = json.loads(merchant.heard[-1].body)
    assert (last["financial_status"], last["fulfillment_status"], last["refunds"][0]["refund_line_items"][0]["quantity"]) == (
        "refunded",
        "restocked",
        3,
    )
    assert Counter(one.headers["X-Shopify-Topic"] for one in merchant.heard)["orders/cancelled"] == 1


def test_an_unpaid_order_is_voided_and_a_withdrawn_request_leaves_no_tag() -> None:
    merchant = Merchant(
        order(1, paid_at=None, cancelled_at=minutes(9)),
        order(2, refund_asked_at=minutes(9), refund_withdrawn_at=minutes(12)),
    ).at(20)
    assert merchant.order(1)["displayFinancialStatus"] == "VOIDED"
    assert (merchant.order(2)["tags"], merchant.order(2)["displayFinancialStatus"]) == ([], "PAID")


def test_a_cancellation_after_shipping_is_refused() -> None:
    merchant = Merchant(order(1, cancelled_at=minutes(30))).at(5)
    assert merchant.fulfil()["userErrors"] == []
    assert merchant.at(40).order()["displayFulfillmentStatus"] == "FULFILLED"
    assert merchant.platform.books()["orders"][str(NUMBER)]["is_close_refused"] is True


def test_a_sale_is_lost_when_too_little_is_available() -> None:
    merchant = Merchant(*(order(n, line(1, 2)) for n in range(1, 5)), display=5).at(30)
    assert merchant.platform.books()["lost_sales"] == [str(NUMBER + 2), str(NUMBER + 3)]
    assert merchant.display() == 1


# The API's door.


@pytest.mark.parametrize(
    ("call", "status"),
    [
        ({"token": "shpat_b"}, 200),
        ({"token": "stolen"}, 401),
        ({"path": "/admin/api/2026-03/graphql.json"}, 404),
        ({"path": "/admin/orders.json"}, 404),
        ({"query": b"not json"}, 400),
        ({"query": b'{"mutation": "x"}'}, 400),
    ],
)
def test_the_door_checks_token_version_and_body(call: dict[str, Any], status: int) -> None:
    merchant = Merchant()
    assert merchant.raw(**({"query": "{ shop { name } }"} | call))[0] == status


@pytest.mark.parametrize("document", ["{ shop { nme } }", "{ shop {", "query($x: Int) { shop { name } }", "{ orders { nodes { id } } }"])
def test_wrong_documents_are_refused_with_errors(document: str) -> None:
    status, body = Merchant().raw(document)
    assert (status, bool(body["errors"])) == (200, True)


def test_wrong_identifiers_pages_and_searches_are_refused() -> None:
    merchant = Merchant(order()).at(5)
    assert merchant.ask('{ order(id: "gid://shopify/Order/1") { id } }') == {"order": None}
    for document in (
        '{ order(id: "1") { id } }',
        "{ orders(first: 251) { nodes { id } } }",
        '{ orders(first: 1, after: "!") { nodes { id } } }',
        '{ orders(first: 1, query: "colour:red") { nodes { id } } }',
        "{ orders(first: 1, query: \"updated_at:>'soon'\") { nodes { id } } }",
    ):
        assert merchant.raw(document)[1]["errors"], document


def test_orders_are_pulled_by_change_page_by_page() -> None:
    merchant = Merchant(*(order(n) for n in range(1, 31))).at(60)
    since = "updated_at:>='2026-01-05T00:11:00Z' AND status:any"
    seen: list[str] = []
    after = None
    while True:
        page = merchant.ask(ORDERS, after=after, search=since, first=7)["orders"]
        seen += [edge["node"]["updatedAt"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert len(seen) == 21
    assert seen == sorted(seen)
    newest = merchant.ask(ORDERS, reverse=True, first=1)["orders"]["edges"][0]["node"]
    assert newest["updatedAt"] == seen[-1]
    assert merchant.ask(ORDERS, search="financial_status:pending")["orders"]["edges"] == []


def test_a_page_goes_on_behind_its_cursor_though_orders_changed_meanwhile() -> None:
    merchant = Merchant(*(order(n, refund_asked_at=minutes(99) if n < 4 else None) for n in range(1, 10))).at(60)
    first = merchant.ask(ORDERS, first=4)["orders"]
    second = merchant.at(100).ask(ORDERS, first=50, after=first["pageInfo"]["endCursor"])["orders"]
    names = [edge["node"]["name"] for page in (first, second) for edge in page["edges"]]
    assert set(names) == {f"#{1000 + n}" for n in range(1, 10)}
    assert names[-3:] == ["#1001", "#1002", "#1003"]


def test_search_terms_compare_instants_numbers_and_words() -> None:
    fields = {
        "at": lambda one: one["at"],
        "id": lambda one: one["id"],
        "sku": lambda one: one["sku"],
        "status": lambda _: frozenset({"open", "any"}),
    }
    thing = {"at": minutes(5), "id": 7, "sku": "A B"}
    for query, expected in (
        ("", True),
        ("at:>='2026-01-05T00:05:00Z' at:<2026-01-05T00:06:00Z", True),
        ("at:>'2026-01-05T00:05:00Z'", False),
        ("id:7 AND sku:'A B'", True),
        ('id:>7 sku:"A B"', False),
        ("status:OPEN", True),
        ("status:closed", False),
    ):
        assert matcher(query, fields)(thing) is expected, query
    with pytest.raises(GraphQLError):
        matcher("sku", fields)
    with pytest.raises(GraphQLError):
        connection([1], str, None, None)


# Fulfilment.


def test_an_order_is_fulfilled_in_parts_and_not_twice() -> None:
    merchant = Merchant(order(1, line(1, 5), line(2, 2), line(3, is_service=True, merchant_code=""))).at(5)
    shown = merchant.order()
    assert len(shown["fulfillmentOrders"]["nodes"][0]["lineItems"]["nodes"]) == 2
    assert merchant.fulfil({0: 6})["userErrors"][0]["message"] == "Invalid fulfillment order line item quantity requested."
    assert merchant.fulfil({0: 0})["userErrors"] != []
    assert merchant.fulfil({0: 2}, waybill="ZT1")["fulfillment"]["trackingInfo"] == [{"number": "ZT1"}]
    shown = merchant.order()
    assert (shown["displayFulfillmentStatus"], shown["fulfillmentOrders"]["nodes"][0]["status"]) == ("PARTIALLY_FULFILLED", "IN_PROGRESS")
    assert [one["remainingQuantity"] for one in shown["fulfillmentOrders"]["nodes"][0]["lineItems"]["nodes"]] == [3, 2]
    merchant.fulfil(waybill="ZT2")
    shown = merchant.order()
    assert (shown["displayFulfillmentStatus"], shown["fulfillmentOrders"]["nodes"][0]["status"]) == ("FULFILLED", "CLOSED")
    assert "unfulfillable status= closed" in merchant.fulfil(waybill="ZT3")["userErrors"][0]["message"]
    books = merchant.platform.books()["orders"][str(NUMBER)]
    assert [row["shipped"] for row in books["lines"].values()] == [5, 2, 1]
    assert books["waybills"] == ["ZT1", "ZT2"]
    topics = Counter(one.headers["X-Shopify-Topic"] for one in merchant.at(6).heard)
    assert topics == {"orders/create": 1, "orders/paid": 1, "orders/updated": 3}


def test_tracking_can_be_corrected_and_a_note_written() -> None:
    merchant = Merchant(order()).at(5)
    made = merchant.fulfil()["fulfillment"]["id"]
    update = """mutation($id: ID!, $info: FulfillmentTrackingInput!) {
      fulfillmentTrackingInfoUpdate(fulfillmentId: $id, trackingInfoInput: $info) { fulfillment { trackingInfo { number } } userErrors { message } }
    }"""
    answer = merchant.ask(update, id=made, info={"numbers": ["SF1", "SF2"], "company": "SF"})["fulfillmentTrackingInfoUpdate"]
    assert answer["fulfillment"]["trackingInfo"] == [{"number": "SF1"}, {"number": "SF2"}]
    note = "mutation($input: OrderInput!) { orderUpdate(input: $input) { order { note tags } userErrors { message } } }"
    answer = merchant.ask(note, input={"id": f"gid://shopify/Order/{NUMBER}", "note": "sent", "tags": ["b", "a"]})["orderUpdate"]
    assert answer["order"] == {"note": "sent", "tags": ["a", "b"]}
    assert merchant.ask(note, input={"id": "gid://shopify/Order/5", "note": "x"})["orderUpdate"]["userErrors"]


# Inventory.


def setting(merchant: Merchant, key: str, version: str = "2026-04", document: str = SET, **row: Any) -> dict[str, Any]:
    is_set = document == SET
    given = {"name": "available", "reason": "correction", "quantities" if is_set else "changes": [merchant.row(**row)]}
    data = merchant.ask(document, version, input=given, key=key)
    answer: dict[str, Any] = data["inventorySetQuantities" if is_set else "inventoryAdjustQuantities"]
    return answer


def test_quantities_are_set_only_from_the_value_expected() -> None:
    merchant = Merchant()
    stale = setting(merchant, "k1", quantity=7, changeFromQuantity=99)
    assert (stale["inventoryAdjustmentGroup"], stale["userErrors"][0]["code"]) == (None, "CHANGE_FROM_QUANTITY_STALE")
    done = setting(merchant, "k2", quantity=7, changeFromQuantity=100)
    assert done["inventoryAdjustmentGroup"]["changes"] == [{"delta": -93, "quantityAfterChange": 7}]
    assert setting(merchant, "k3", quantity=9, changeFromQuantity=None)["userErrors"] == []
    assert merchant.display() == 9
    assert setting(merchant, "k4", quantity=-1, changeFromQuantity=None)["userErrors"][0]["code"] == "INVALID_QUANTITY_NEGATIVE"
    wrong = setting(merchant, "k5", quantity=1, changeFromQuantity=None, inventoryItemId="gid://shopify/InventoryItem/1")
    assert wrong["userErrors"][0]["code"] == "INVALID_INVENTORY_ITEM"
    assert (
        setting(merchant, "k6", quantity=1, changeFromQuantity=None, locationId="gid://shopify/Location/1")["userErrors"][0]["code"]
        == "INVALID_LOCATION"
    )


def test_the_same_key_gives_the_first_answer_again() -> None:
    merchant = Merchant()
    first = setting(merchant, "k", document=ADJUST, delta=-5, changeFromQuantity=None)
    again = setting(merchant, "k", document=ADJUST, delta=-5, changeFromQuantity=None)
    assert first["inventoryAdjustmentGroup"]["id"] == again["inventoryAdjustmentGroup"]["id"]
    assert merchant.display() == 95
    other = setting(merchant, "k", document=ADJUST, delta=-6, changeFromQuantity=None)
    assert other["userErrors"][0]["code"] == "IDEMPOTENCY_KEY_PARAMETER_MISMATCH"
    assert setting(merchant, "k2", document=ADJUST, delta=-200, changeFromQuantity=None)["userErrors"] == []
    assert merchant.display() == 0


@pytest.mark.parametrize(
    ("version", "row", "has_key", "outcome"),
    [
        ("2026-04", {"changeFromQuantity": None}, True, "done"),
        ("2026-04", {}, True, "error"),
        ("2026-04", {"compareQuantity": 100}, True, "error"),
        ("2026-04", {"changeFromQuantity": None}, False, "error"),
        ("2026-01", {"changeFromQuantity": 100}, False, "done"),
        ("2026-01", {}, False, "COMPARE_QUANTITY_REQUIRED"),
        ("2025-10", {"compareQuantity": 100}, False, "done"),
        ("2025-10", {"compareQuantity": 1}, False, "COMPARE_QUANTITY_STALE"),
    ],
)
def test_each_api_version_has_its_own_rules(version: str, row: dict[str, Any], has_key: bool, outcome: str) -> None:  # noqa: FBT001 - a table's column
    merchant = Merchant()
    document = SET if has_key else SET.replace("@idempotent(key: $key)", "").replace(", $key: String!", "")
    given = {"name": "available", "reason": "correction", "quantities": [merchant.row(quantity=3, **row)]}
    _, body = merchant.raw(document, version, input=given, key="k")
    if outcome == "error":
        assert body["errors"]
    else:
        errors = body["data"]["inventorySetQuantities"]["userErrors"]
        assert ([error["code"] for error in errors] or ["done"]) == [outcome]


def test_levels_tell_available_committed_and_on_hand() -> None:
    merchant = Merchant(order(1, line(1, 4))).at(5)
    document = """{ inventoryItems(first: 5, query: "sku:SKU1") { nodes { sku legacyResourceId inventoryLevels(first: 1) { nodes {
      quantities(names: ["available", "committed", "on_hand"]) { name quantity } } } } } }"""

    def levels() -> list[int]:
        (item,) = merchant.ask(document)["inventoryItems"]["nodes"]
        return [one["quantity"] for one in item["inventoryLevels"]["nodes"][0]["quantities"]]

    assert levels() == [96, 4, 100]
    merchant.fulfil({0: 3})
    assert levels() == [96, 1, 97]
    given = {"name": "on_hand", "reason": "correction", "quantities": [merchant.row(quantity=50, changeFromQuantity=97)]}
    assert merchant.ask(SET, input=given, key="h")["inventorySetQuantities"]["userErrors"] == []
    assert levels() == [49, 1, 50]


def test_costs_are_told_and_a_dry_bucket_throttles() -> None:
    merchant = Merchant(*(order(n) for n in range(1, 4)), is_throttled=True).at(9)
    document = "{ orders(first: 250) { nodes { id totalPriceSet { shopMoney { amount } } } } }"
    cost = merchant.raw(document)[1]["extensions"]["cost"]
    assert (cost["requestedQueryCost"], cost["throttleStatus"]["currentlyAvailable"]) == (750, 1250)
    merchant.raw(document)
    throttled = merchant.raw(document)[1]
    assert throttled["errors"][0]["extensions"]["code"] == "THROTTLED"
    assert "data" not in throttled
    merchant.now += timedelta(seconds=10)
    assert "data" in merchant.raw(document)[1]
    deep = "{ orders(first: 100) { nodes { lineItems(first: 100) { nodes { id product { id } } } } } }"
    assert merchant.raw(deep)[1]["errors"][0]["extensions"]["code"] == "MAX_COST_EXCEEDED"


script_lines = st.builds(
    ScriptLine,
    item_ref=st.just("600001"),
    sku_ref=st.integers(480001, 480003).map(str),
    merchant_code=st.just("SKU1"),
    title=st.just("t"),
    quantity=st.integers(-5, 9),
    price_minor=st.integers(-500, 10_000),
    discount_minor=st.integers(0, 5_000),
    is_service=st.booleans(),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(script_lines, min_size=1, max_size=8), st.integers(0, 5000))
def test_amounts_add_up_in_both_shapes(lines: list[ScriptLine], freight: int) -> None:
    merchant = Merchant(order(1, *lines, freight_minor=freight)).at(5)
    if not merchant.heard:
        assert merchant.platform.books()["unsellable"] == [str(NUMBER)]
        return
    rest, graph = json.loads(merchant.heard[-1].body), merchant.order()

    def minor(text: str) -> int:
        return int(text.replace(".", ""))

    items = rest["line_items"]
    discounts = sum(minor(one["amount"]) for item in items for one in item["discount_allocations"])
    goods = sum(minor(item["price"]) * item["quantity"] for item in items)
    assert minor(rest["total_discounts"]) == discounts
    assert minor(rest["total_price"]) == goods - discounts + freight >= 0
    assert graph["totalPriceSet"]["shopMoney"]["amount"] == rest["total_price"]
    assert graph["subtotalPriceSet"]["shopMoney"]["amount"] == rest["subtotal_price"]
    for item in items:
        assert item["quantity"] > 0
        assert (item["variant_id"] is None) == (not item["requires_shipping"]) == (item["sku"] is None)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(-30, 30)), max_size=10), st.integers(0, 12))
def test_the_counter_is_never_negative_and_always_explained(pushes: list[tuple[bool, int]], display: int) -> None:
    merchant = Merchant(*(order(n, line(1, 1 + n % 3), cancelled_at=minutes(n + 7) if n % 4 == 0 else None) for n in range(1, 12)), display=display)
    for step, (is_set, quantity) in enumerate(pushes):
        merchant.at(step)
        if is_set:
            setting(merchant, str(step), quantity=abs(quantity), changeFromQuantity=None)
        else:
            setting(merchant, str(step), document=ADJUST, delta=quantity, changeFromQuantity=None)
        assert merchant.display() >= 0
    assert merchant.at(60).platform.books()["is_display_consistent"] is True


def test_the_same_day_gives_the_same_bytes() -> None:
    orders = [order(n, line(1, 2), cancelled_at=minutes(n + 5) if n % 3 else None) for n in range(1, 20)]
    one, two = Merchant(*orders).at(60), Merchant(*orders)
    for minute in range(61):
        two.at(minute)
    assert one.platform.books() == two.platform.books()
    assert [(call.key, call.body, call.headers) for call in one.heard] == [(call.key, call.body, call.headers) for call in two.heard]


def test_numbers_the_platform_could_not_have_are_refused() -> None:
    with pytest.raises(ValueError, match="digits only"):
        Merchant(order(1, order_no="#1001"))


def test_both_platforms_live_in_one_host() -> None:
    def at(minute: float) -> datetime:
        return minutes(minute)

    shopify = ShopifyPlatform(make_day(order(1), order(2), platform="shopify"))
    taobao = TaobaoPlatform(make_day(order(1), order(3)), bulk=BulkTable())
    with host_in_thread(HostSetup(simulators=[taobao, shopify], start_at=OPENS)) as client:
        assert client.advance(at(2)).next_due == at(3)
        assert client.advance(at(60)).next_due is None
        books = client.books()
    assert set(books["taobao"]["orders"]) == {str(NUMBER), str(NUMBER + 2)}
    assert set(books["shopify"]["orders"]) == {str(NUMBER), str(NUMBER + 1)}


def test_of_goods_that_have_left_a_return_is_asked_and_called_off() -> None:
    merchant = Merchant(order(1, line(1, 3), refund_asked_at=minutes(20), refund_withdrawn_at=minutes(40))).at(10)
    merchant.fulfil()
    status = "query($id: ID!) { order(id: $id) { returnStatus tags } }"
    shown = []
    for minute in (10, 20, 40):
        merchant.at(minute)
        shown.append(merchant.ask(status, id=f"gid://shopify/Order/{NUMBER}")["order"])
    assert shown == [{"returnStatus": told, "tags": []} for told in ("NO_RETURN", "RETURN_REQUESTED", "NO_RETURN")]


def test_what_staff_holds_for_a_refund_cannot_be_fulfilled_until_it_is_released() -> None:
    merchant = Merchant(order(1, line(1, 3), refund_asked_at=minutes(10), refund_withdrawn_at=minutes(30))).at(9)
    assert merchant.order()["fulfillmentOrders"]["nodes"][0]["status"] == "OPEN"
    held = merchant.at(10).order()
    assert (held["displayFulfillmentStatus"], held["fulfillmentOrders"]["nodes"][0]["status"]) == ("ON_HOLD", "ON_HOLD")
    assert merchant.fulfil()["userErrors"] != []
    assert merchant.at(30).order()["fulfillmentOrders"]["nodes"][0]["status"] == "OPEN"
    assert merchant.fulfil()["userErrors"] == []
