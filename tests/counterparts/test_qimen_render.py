import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from paidan.counterparts.qimen.markup import REPLACEMENT, extension, leaf, places
from paidan.counterparts.qimen.messages import (
    CombineItemSync,
    CombinePart,
    Contact,
    DeliveryBatch,
    DeliveryLine,
    DeliveryOrder,
    DeliveryQuery,
    DeliveryRequirements,
    EntryLine,
    EntryOrder,
    InventoryCriterion,
    InventoryQuery,
    ItemsSync,
    OrderCancel,
    RelatedOrder,
    Sendable,
    SingleItem,
    SingleItemSync,
)
from paidan.counterparts.qimen.render import render

NOON = datetime(2026, 1, 1, 4, tzinfo=UTC)
SENDER = Contact(name="WH", mobile="13800000000", province="浙江省", city="杭州市", detail_address="x")
RECEIVER = Contact(name="张*", mobile="138****0000", province="上海市", city="上海市", area="浦东新区", detail_address="y", oaid="abc")
LINE = DeliveryLine(
    order_line_no="1",
    source_order_code="2000001",
    sub_source_order_code="2000001",
    owner_code="OWNER1",
    item_code="SKU-1",
    plan_qty=2,
    retail_price_minor=6900,
    actual_price_minor=5900,
    discount_minor=1000,
)
ORDER = DeliveryOrder(
    delivery_order_code="CK20260101000001",
    warehouse_code="WH01",
    order_flags=("COD", "SPLIT"),
    source_platform_code="TB",
    created_at=NOON,
    placed_at=NOON,
    operated_at=NOON,
    shop_nick="demo shop",
    total_minor=12800,
    item_minor=13800,
    discount_minor=2000,
    freight_minor=1000,
    ar_minor=0,
    got_minor=12805,
    logistics_code="ZTO",
    requirements=DeliveryRequirements(schedule_type=1, delivery_type="PTPS"),
    sender=SENDER,
    receiver=RECEIVER,
    remark="a<b",
    lines=(LINE,),
    extend_props=(("giftWrap", "红"),),
)
ITEM = SingleItem(item_code="SKU-1", item_name="茶", bar_code="690", length_mm=125, volume_cm3=1500, gross_weight_g=520, retail_price_minor=5)

EXPECTED_ORDER = """<?xml version="1.0" encoding="utf-8"?><request><deliveryOrder><deliveryOrderCode>CK20260101000001</deliveryOrderCode>
<orderType>JYCK</orderType><warehouseCode>WH01</warehouseCode><orderFlag>COD^SPLIT</orderFlag><sourcePlatformCode>TB</sourcePlatformCode>
<createTime>2026-01-01 12:00:00</createTime><placeOrderTime>2026-01-01 12:00:00</placeOrderTime><operateTime>2026-01-01 12:00:00</operateTime>
<shopNick>demo shop</shopNick><totalAmount>128.00</totalAmount><itemAmount>138.00</itemAmount><discountAmount>20.00</discountAmount>
<freight>10.00</freight><arAmount>0.00</arAmount><gotAmount>128.05</gotAmount><logisticsCode>ZTO</logisticsCode>
<deliveryRequirements><scheduleType>1</scheduleType><deliveryType>PTPS</deliveryType></deliveryRequirements>
<senderInfo><name>WH</name><mobile>13800000000</mobile><province>浙江省</province><city>杭州市</city><detailAddress>x</detailAddress></senderInfo>
<receiverInfo><name>张*</name><mobile>138****0000</mobile><province>上海市</province><city>上海市</city><area>浦东新区</area>
<detailAddress>y</detailAddress><oaid>abc</oaid></receiverInfo><remark>a&lt;b</remark></deliveryOrder>
<orderLines><orderLine><orderLineNo>1</orderLineNo><sourceOrderCode>2000001</sourceOrderCode><subSourceOrderCode>2000001</subSourceOrderCode>
<ownerCode>OWNER1</ownerCode><itemCode>SKU-1</itemCode><inventoryType>ZP</inventoryType><planQty>2</planQty>
<retailPrice>69.00</retailPrice><actualPrice>59.00</actualPrice><discountAmount>10.00</discountAmount></orderLine></orderLines>
<extendProps><giftWrap>红</giftWrap></extendProps></request>""".replace("\n", "")


def test_a_delivery_order_is_rendered_to_these_bytes() -> None:
    assert render(ORDER) == ("deliveryorder.create", EXPECTED_ORDER.encode())


MESSAGES: list[tuple[Sendable, str, dict[str, str]]] = [
    (DeliveryBatch(orders=(ORDER, ORDER)), "deliveryorder.batchcreate", {"orders/order[2]/orderLines/orderLine/planQty": "2"}),
    (
        SingleItemSync(action="add", warehouse_code="WH01", owner_code="O", item=ITEM),
        "singleitem.synchronize",
        {"actionType": "add", "item/length": "12.5", "item/volume": "1.500", "item/grossWeight": "0.520", "item/retailPrice": "0.05"},
    ),
    (
        ItemsSync(action="update", warehouse_code="WH01", owner_code="O", items=(ITEM, ITEM)),
        "items.synchronize",
        {"items/item[2]/itemName": "茶", "items/item[1]/isValid": "Y", "items/item[1]/isSNMgmt": "N"},
    ),
    (
        CombineItemSync(item_code="B", owner_code="O", parts=(CombinePart(item_code="SKU-1", quantity=3),)),
        "combineitem.synchronize",
        {"itemCode": "B", "items/item/itemCode": "SKU-1", "items/item/quantity": "3"},
    ),
    (
        EntryOrder(
            entry_order_code="RK1",
            owner_code="O",
            warehouse_code="WH01",
            expected_from_at=NOON,
            related_orders=(RelatedOrder(order_type="CG", order_code="PO1"),),
            sender=SENDER,
            lines=(EntryLine(order_line_no="1", owner_code="O", item_code="SKU-1", plan_qty=7, purchase_price_minor=101),),
        ),
        "entryorder.create",
        {
            "entryOrder/totalOrderLines": "1",
            "entryOrder/expectStartTime": "2026-01-01 12:00:00",
            "entryOrder/relatedOrders/relatedOrder/orderCode": "PO1",
            "entryOrder/senderInfo/name": "WH",
            "orderLines/orderLine/planQty": "7",
            "orderLines/orderLine/purchasePrice": "1.01",
        },
    ),
    (
        OrderCancel(warehouse_code="WH01", order_code="CK1", cancel_reason="买家取消"),
        "order.cancel",
        {"orderType": "JYCK", "cancelReason": "买家取消"},
    ),
    (DeliveryQuery(warehouse_code="WH01", order_code="CK1"), "deliveryorder.query", {"page": "1", "pageSize": "100"}),
    (
        InventoryQuery(criteria=(InventoryCriterion(warehouse_code="WH01", item_code="SKU-1"),)),
        "inventory.query",
        {"criteriaList/criteria/itemCode": "SKU-1"},
    ),
]


@pytest.mark.parametrize(("message", "method", "texts"), MESSAGES, ids=[row[1] for row in MESSAGES])
def test_each_message_has_its_method_and_elements(message: Sendable, method: str, texts: dict[str, str]) -> None:
    rendered = render(message)
    root = etree.fromstring(rendered.body)
    assert rendered.method == method
    assert {path: root.findtext(path) for path in texts} == texts


FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
ANY_TEXT = st.text(st.one_of(st.characters(exclude_categories=()), st.sampled_from("&<>\r\n\t]\x00\x0b\x85\ufffe\ud800'\"")), min_size=1)


@given(ANY_TEXT)
def test_any_text_comes_back_as_given_but_for_forbidden_characters(text: str) -> None:
    element = etree.fromstring(leaf("a", text).encode())
    assert element.text == FORBIDDEN.sub(REPLACEMENT, text)


@given(st.integers(-(10**12), 10**12))
def test_amounts_are_exact(amount_minor: int) -> None:
    text = places(amount_minor, 2)
    assert int(text.replace(".", "")) == amount_minor
    assert re.fullmatch(r"-?[0-9]+\.[0-9]{2}", text)


def test_an_extension_key_must_be_an_element_name() -> None:
    with pytest.raises(ValueError, match="element name"):
        extension((("a><b", "x"),))


def test_personal_data_is_not_in_a_repr() -> None:
    for shown in (repr(ORDER), repr(DeliveryBatch(orders=(ORDER,))), repr(SENDER)):
        assert "1380000" not in shown
        assert "杭州" not in shown


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        render(EntryOrder(entry_order_code="R", owner_code="O", warehouse_code="W", created_at=datetime(2026, 1, 1), lines=()))  # noqa: DTZ001 - meant
