import json
import os
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paidan.entrypoints.api.masking import masked
from paidan.pipeline import run_pass
from scene import NOW, line, order, receiver

NAME, PHONE, PLACE = "欧阳锋", "13987654321", "桃花岛3号楼501"
SHOPIFY = {
    "id": 5,
    "name": "#1001",
    "email": "ou@yang.example",
    "phone": f"+86{PHONE}",
    "note": f"请交给{NAME}",
    "customer": {"first_name": NAME, "default_address": {"address1": PLACE, "phone": PHONE}},
    "shipping_address": {"name": NAME, "address1": PLACE, "city": "舟山", "province": "浙江", "zip": "316000", "latitude": 30.1},
    "line_items": [{"title": "围巾", "sku": "X-1", "quantity": 2, "price": "12.30"}],
    "client_details": {"browser_ip": "1.2.3.4"},
}
TAOBAO = {
    "trade": {
        "tid": 3210000000000001,
        "receiver_name": NAME,
        "receiver_mobile": PHONE,
        "receiver_address": PLACE,
        "receiver_state": "浙江省",
        "receiver_city": "舟山市",
        "buyer_message": NAME,
        "seller_nick": "店",
        "orders": {"order": [{"oid": 1, "title": "围巾", "num": 2}]},
    },
}
QIMEN = f"""<?xml version="1.0" encoding="utf-8"?><request><deliveryOrder><deliveryOrderCode>FH10</deliveryOrderCode>
<receiverInfo><name>{NAME}</name><mobile>{PHONE}</mobile><province>浙江省</province><city>舟山市</city><detailAddress>{PLACE}</detailAddress></receiverInfo>
<remark>{NAME}</remark></deliveryOrder><orderLines><orderLine><itemCode>X-1</itemCode><planQty>2</planQty></orderLine></orderLines></request>"""
DIRECT = {"order_no": "1", "receiver": {"name": NAME, "phone": PHONE, "detail": PLACE, "province": "浙江省"}, "lines": [{"merchant_code": "X-1"}]}


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (json.dumps(SHOPIFY, ensure_ascii=False), ["X-1", "12.30", "围巾", "舟山"]),
        (json.dumps(SHOPIFY), ["X-1", "围巾"]),
        (json.dumps(TAOBAO, ensure_ascii=False), ["3210000000000001", "浙江省", "围巾"]),
        (json.dumps({"jdp_response": json.dumps(TAOBAO, ensure_ascii=False), "tid": 7}), ["3210000000000001", "浙江省"]),
        (QIMEN, ["FH10", "X-1", "浙江省"]),
        (json.dumps(DIRECT, ensure_ascii=False), ["X-1", "浙江省"]),
        (
            "param=" + quote(json.dumps({"status": "polling", "lastResult": {"data": [{"context": f"派件员 {PHONE} 正在派送"}]}})) + "&sign=A",
            ["polling", "派件员"],
        ),
        ("method=x&logistics=" + quote(QIMEN), ["FH10", "X-1"]),
        (f"{NAME},{PHONE},{PLACE}\n1,2,3", []),
        (f"{NAME} lives at {PLACE}", []),
        (json.dumps([NAME])[:-1], []),
        ('<!DOCTYPE a [<!ENTITY x "' + NAME + '">]><a>&x;</a>', []),
        (json.dumps({"a": f"tel {PHONE}", "b": f"+86 {PHONE[:3]} {PHONE[3:7]} {PHONE[7:]}"}), ["tel"]),
        (json.dumps({"receivers": [[NAME, PHONE]], "x": int(PHONE)}), []),
    ],
)
def test_no_planted_person_is_seen_in_a_body_and_goods_are(body, shown):
    seen = masked(body.encode())
    for planted in (NAME, PHONE, PLACE, "ou@yang.example", NAME.encode("unicode_escape").decode()):
        assert planted not in seen, seen
    for kept in shown:
        assert kept in seen, seen


@given(st.binary(max_size=200))
def test_any_bytes_can_be_masked(body):
    assert isinstance(masked(body), str)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
)


@given(JSON, st.sampled_from(["receiver_name", "mobile", "buyerNick", "Address", "contact"]))
def test_a_person_is_hidden_wherever_in_a_document(tree, field):
    seen = masked(json.dumps([tree, {"deep": [{field: NAME, "x": {"phone": PHONE}}]}], ensure_ascii=False).encode())
    assert NAME not in seen
    assert PHONE not in seen


def test_deep_and_huge_bodies_are_hidden_whole():
    assert masked(b"[" * 100_000) == "*** (100000 bytes)"
    assert masked(b'{"a":' * 900 + b"1" + b"}" * 900).count("***") <= 3
    assert masked(b"x" * (3 * 1024 * 1024)) == f"*** ({3 * 1024 * 1024} bytes)"
    assert masked(os.urandom(64)).endswith("bytes)")


def test_no_planted_person_is_seen_anywhere_in_the_api(world, capfd):
    world.scene.set_up({"A": {"X": 5}})
    person = receiver(name=NAME, phone=PHONE, detail=PLACE)
    facts = [order("P1", line("X"), receiver=person), order("P2", line("X", 99), receiver=person, buyer_remark=f"给{NAME} {PHONE}")]
    messages = world.scene.say(*facts)
    with world.scene.database.transaction() as tx:
        run_pass(tx, world.scene.stages, message_ids=messages, order_ids=[], now=NOW)
    order_ids = [row[0] for row in world.scene.query("SELECT id FROM sales_order")]
    paths = [
        "/orders",
        "/holds",
        "/exceptions",
        "/fulfilments",
        "/messages?business_key=P1",
        "/invariants",
        "/orders?number=P1",
        "/orders?phone_tail=4321",
    ]
    paths += [f"/orders/{order_id}" for order_id in order_ids] + [f"/messages/{message}" for message in messages]
    seen = "".join(world.get(path).text for path in paths)
    assert "P1" in seen
    for planted in (NAME, PHONE, PLACE):
        assert planted not in seen
    told = "".join(capfd.readouterr())
    assert NAME not in told
    assert PHONE not in told
