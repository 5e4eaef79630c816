"""Orders out: what is refused, how an order lives, what a cancel does at each step, what a repeat does."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from paidan.world.carrier.chinatime import CHINA
from paidan.world.wms.packing import pack
from world.wms_caller import Caller, cancel, delivery, entry, items, line, method_of, pend

CONTACT = "<name>n</name><mobile>1</mobile><province>上海市</province><city>c</city><detailAddress>d</detailAddress>"


@pytest.mark.parametrize(
    ("code", "inner"),
    [
        ("S001", ""),
        ("S001", delivery(code="")),
        ("S001", delivery(shopNick="")),
        ("S001", delivery(logisticsCode="-")),
        ("S001", delivery(createTime="-")),
        ("S001", delivery(lines="")),
        ("S001", delivery(lines=line(quantity=""))),
        ("S001", delivery(lines=line().replace("<actualPrice>59.00</actualPrice>", ""))),
        ("S001", delivery(receiver="<name>n</name>")),
        ("S001", delivery(receiver=CONTACT.replace("<mobile>1</mobile>", ""))),
        ("S002", delivery(code="C" * 51)),
        ("S002", delivery(orderType="PTCK")),
        ("S002", delivery(createTime="05.01.2026 10:00:00")),
        ("S002", delivery(lines=line(quantity=0))),
        ("S002", delivery(lines=line(quantity=-1))),
        ("S002", delivery(lines=line(quantity="1.5"))),
        ("S002", delivery(lines=line(quantity="２"))),
        ("S002", delivery(lines=line(quantity="9" * 12))),
        ("S004", delivery(warehouseCode="WH99")),
        ("S005", delivery(ownerCode="OWNER2")),
        ("S005", delivery(lines=line(owner="OWNER2"))),
        ("S006", delivery(lines=line() + line("SKU-9"))),
        ("S007", delivery(logisticsCode="NONE")),
    ],
)
def test_an_order_that_cannot_be_stored_is_refused_whole(code: str, inner: str) -> None:
    caller = Caller()
    assert caller.outcome("deliveryorder.create", inner) == ("failure", code)
    assert caller.wms.books()["deliveries"] == {}
    assert caller.wms.next_due() is None


def test_an_item_must_be_synchronised_to_the_warehouse_that_ships_it() -> None:
    caller = Caller(synchronised=False)
    assert caller.outcome("deliveryorder.create", delivery()) == ("failure", "S006")
    caller.call("items.synchronize", items("WH02"))
    assert caller.outcome("deliveryorder.create", delivery()) == ("failure", "S006")
    caller.call("items.synchronize", items("OTHER"))
    assert caller.outcome("deliveryorder.create", delivery()) == ("success", "0")


def test_synchronising_lists_the_failed_items_and_keeps_ids() -> None:
    caller = Caller(synchronised=False)
    one = (
        "<actionType>add</actionType><warehouseCode>WH01</warehouseCode><ownerCode>OWNER1</ownerCode>"
        "<item><itemCode>A</itemCode><itemName>n</itemName><barCode>b</barCode><itemType>ZC</itemType><grossWeight>0.25</grossWeight></item>"
    )
    first = caller.call("singleitem.synchronize", one).findtext("itemId")
    assert first
    assert caller.call("singleitem.synchronize", one).findtext("itemId") == first
    assert caller.call("singleitem.synchronize", one.replace("add", "update")).findtext("itemId") == first
    many = items("WH01", "update", ("A", "B"))
    root = caller.call("items.synchronize", many)
    assert root.findtext("flag") == "success"
    assert [row.findtext("itemCode") for row in root.findall("items/item")] == ["B"]
    assert caller.outcome("items.synchronize", items("WH01", "update", ("B", "C"))) == ("failure", "S002")
    assert caller.outcome("items.synchronize", items("WH01", "delete")) == ("failure", "S002")


def test_an_order_lives_from_create_to_the_signed_parcel() -> None:
    caller = Caller(reported_steps=("ACCEPT", "PRINT", "PICK", "CHECK", "PACKAGE", "WEIGH"))
    answer = caller.call("deliveryorder.create", delivery(lines=line() + line("SKU-2", 1, number=2)))
    assert answer.findtext("flag") == "success"
    assert caller.order("CK1")["status"] == "NEW"
    told = caller.later(hours=14)
    assert [method_of(c) for c in told] == [*["orderprocess.report"] * 6, "deliveryorder.confirm"]
    assert [etree.fromstring(c.body).findtext("process/processStatus") for c in told[:6]] == list(caller.config.reported_steps)
    assert told == sorted(told, key=lambda c: c.due_at)
    confirm = etree.fromstring(told[-1].body)
    head = {child.tag: child.text for child in confirm.find("deliveryOrder")}
    assert head["deliveryOrderId"] == answer.findtext("deliveryOrderId")
    assert (head["status"], head["confirmType"], head["outBizCode"]) == ("DELIVERED", "0", f"{head['deliveryOrderId']}-1")
    (package,) = confirm.findall("packages/package")
    assert package.findtext("weight") == "4.000"
    assert [(i.findtext("itemCode"), i.findtext("quantity")) for i in package.findall("items/item")] == [("SKU-1", "2"), ("SKU-2", "1")]
    assert [(r.findtext("planQty"), r.findtext("actualQty")) for r in confirm.findall("orderLines/orderLine")] == [("2", "2"), ("1", "1")]
    waybill = package.findtext("expressCode")
    caller.carrier.advance(caller.now)
    parcel = caller.carrier.books()["parcels"][waybill]
    assert (parcel["company"], parcel["region"]) == ("zhongtong", "310000")
    assert caller.wms.next_due() is None


def test_work_waits_for_working_hours_and_for_capacity() -> None:
    caller = Caller(capacity_per_hour=2)
    for number in range(40):
        caller.call("deliveryorder.create", delivery(f"CK{number}", lines=line(quantity=1)))
    caller.later(hours=72)
    shipped: dict[tuple[int, int], int] = {}
    for number in range(40):
        (package,) = caller.order(f"CK{number}")["packages"].values()
        at = caller.now.fromisoformat(package["shipped_at"]).astimezone(CHINA)
        assert 8 <= at.hour < 22
        shipped[at.day, at.hour] = shipped.get((at.day, at.hour), 0) + 1
    assert max(shipped.values()) <= 2
    assert len({day for day, _ in shipped}) > 1


STEPS = ("ACCEPT", "PRINT", "PICK", "CHECK", "PACKAGE", "WEIGH", "DELIVERED")


@pytest.mark.parametrize("step", ["", *STEPS])
def test_cancel_succeeds_until_the_parcel_is_packed(step: str) -> None:
    caller = Caller()
    caller.call("deliveryorder.create", delivery())
    if step:
        caller.until(step, "CK1")
    can_be_stopped = STEPS.index(step) < STEPS.index("PACKAGE") if step else True
    assert caller.outcome("order.cancel", cancel()) == (("success", "0") if can_be_stopped else ("failure", "S008"))
    assert caller.outcome("order.cancel", cancel()) == (("success", "0") if can_be_stopped else ("failure", "S008"))
    caller.later(hours=48)
    assert caller.order("CK1")["status"] == ("CANCELED" if can_be_stopped else "DELIVERED")
    pile = caller.wms.books()["turnover"]["WH01"]["SKU-1"]["ZP"]
    assert (pile["there"], pile["locked"], pile["shipped"]) == ((100, 0, 0) if can_be_stopped else (98, 0, 2))
    assert [c["outcome"] for c in caller.wms.books()["cancels"]["CK1"]] == ["success" if can_be_stopped else "failure"] * 2
    assert caller.outcome("deliveryorder.create", delivery())[0] == "success"
    assert len(caller.order("CK1")["packages"]) == (0 if can_be_stopped else 1)


@pytest.mark.parametrize(("last", "outcome"), [("ACCEPT", "failure"), ("PICK", "success"), ("DELIVERED", "success")])
def test_until_when_a_cancel_succeeds_can_be_turned(last: str, outcome: str) -> None:
    caller = Caller(cancel_until=last)
    caller.call("deliveryorder.create", delivery())
    caller.until("ACCEPT", "CK1")
    assert caller.outcome("order.cancel", cancel())[0] == outcome


@pytest.mark.parametrize("inner", [cancel("CK9"), cancel("CK1", "WH02")])
def test_cancelling_an_unknown_order_fails(inner: str) -> None:
    caller = Caller()
    caller.call("deliveryorder.create", delivery())
    assert caller.outcome("order.cancel", inner) == ("failure", "S003")


def test_a_held_order_does_not_move_and_goes_on_after_restore() -> None:
    caller = Caller()
    caller.call("deliveryorder.create", delivery())
    caller.until("PRINT", "CK1")
    for _ in range(2):
        assert caller.outcome("order.pending", pend("pending"))[0] == "success"
    assert caller.later(hours=48) == []
    for _ in range(2):
        assert caller.outcome("order.pending", pend("restore"))[0] == "success"
    caller.later(hours=48)
    assert caller.order("CK1")["status"] == "DELIVERED"
    assert [step for step, _ in caller.order("CK1")["steps"]] == list(STEPS)
    assert caller.outcome("order.pending", pend("pending")) == ("failure", "S008")


def test_the_same_order_again_is_answered_alike_and_booked_once() -> None:
    caller = Caller()
    ids = {caller.call("deliveryorder.create", delivery()).findtext("deliveryOrderId") for _ in range(3)}
    told = caller.later(hours=24)
    ids.add(caller.call("deliveryorder.create", delivery()).findtext("deliveryOrderId"))
    assert len(ids) == 1
    assert len(told) == 3
    assert caller.later(hours=24) == []
    assert caller.wms.books()["stock"]["WH01"]["SKU-1"] == 98
    assert caller.outcome("deliveryorder.create", delivery(warehouseCode="WH02")) == ("failure", "S009")
    assert caller.outcome("stockout.create", delivery(orderType="DBCK")) == ("failure", "S009")


def test_a_batch_lists_its_failures_at_once() -> None:
    caller = Caller()
    orders = "".join(f"<order>{each}</order>" for each in (delivery("A"), delivery("B", lines=line("SKU-9")), delivery("C")))
    root = caller.call("deliveryorder.batchcreate", f"<orders>{orders}</orders>")
    assert root.findtext("flag") == "success"
    assert [row.findtext("deliveryOrderCode") for row in root.findall("orders/order")] == ["B"]
    assert set(caller.wms.books()["deliveries"]) == {"A", "C"}
    assert caller.outcome("deliveryorder.batchcreate", f"<orders><order>{delivery('B', lines=line('SKU-9'))}</order></orders>")[0] == "failure"


def test_a_batch_can_be_answered_later_by_a_call() -> None:
    caller = Caller(batch_answer_after_s=30)
    orders = "".join(f"<order>{each}</order>" for each in (delivery("A"), delivery("B", lines=line("SKU-9"))))
    assert caller.call("deliveryorder.batchcreate", f"<orders>{orders}</orders>").find("orders") is None
    (told,) = caller.later(seconds=31)
    assert method_of(told) == "deliveryorder.batchcreate.answer"
    found = {o.findtext("deliveryOrderCode"): (o.findtext("flag"), o.findtext("code")) for o in etree.fromstring(told.body).findall("orders/order")}
    assert found == {"A": ("success", "0"), "B": ("failure", "S006")}


def test_an_order_can_ship_in_two_goes_with_increments() -> None:
    caller = Caller(two_confirms_share=1.0)
    caller.call("deliveryorder.create", delivery(lines=line(quantity=3) + line("SKU-2", 2, number=2)))
    confirms = [etree.fromstring(c.body) for c in caller.later(hours=48) if method_of(c) == "deliveryorder.confirm"]
    assert [c.findtext("deliveryOrder/confirmType") for c in confirms] == ["1", "0"]
    assert [c.findtext("deliveryOrder/status") for c in confirms] == ["PARTDELIVERED", "DELIVERED"]
    assert len({c.findtext("deliveryOrder/outBizCode") for c in confirms}) == 2
    shipped = [{r.findtext("itemCode"): int(r.findtext("actualQty")) for r in c.findall("orderLines/orderLine")} for c in confirms]
    assert shipped == [{"SKU-1": 2}, {"SKU-1": 1, "SKU-2": 2}]
    assert len(caller.order("CK1")["packages"]) == 2


def test_heavy_orders_go_in_several_packages() -> None:
    caller = Caller(package_g_max=2000)
    caller.call("deliveryorder.create", delivery(lines=line(quantity=10) + line("SKU-2", 2, number=2)))
    caller.later(hours=24)
    packages = caller.order("CK1")["packages"].values()
    assert [p["items"] for p in packages] == [{"SKU-1": 4}, {"SKU-1": 4}, {"SKU-1": 2}, {"SKU-2": 1}, {"SKU-2": 1}]
    assert set(caller.carrier.books()["parcels"]) == set(caller.order("CK1")["packages"])


@given(goods=st.lists(st.tuples(st.integers(1, 5000), st.integers(1, 30_000)), min_size=1, max_size=20), limit=st.integers(1, 40_000))
@settings(max_examples=200, deadline=None)
def test_packing_loses_nothing(goods: list[tuple[int, int]], limit: int) -> None:
    numbered = [(index, units, unit_g) for index, (units, unit_g) in enumerate(goods)]
    packages = pack(numbered, limit, 20)
    packed: dict[int, int] = {}
    for weight_g, contents in packages:
        assert contents
        assert weight_g == sum(units * goods[index][1] for index, units in contents)
        for index, units in contents:
            packed[index] = packed.get(index, 0) + units
    assert packed == {index: units for index, (units, _) in enumerate(goods)}
    assert len(packages) <= 20 * 2 + 1 + len(goods)


@pytest.mark.parametrize(("policy", "status", "shipped"), [("reject", "REJECT", 0), ("partial", "PARTDELIVERED", 10)])
def test_want_of_goods_is_told_and_counted(policy: str, status: str, shipped: int) -> None:
    caller = Caller(short_policy=policy, two_confirms_share=0.0)
    caller.call("deliveryorder.create", delivery(lines=line("SKU-2", 12)))
    told = caller.later(hours=24)
    (lack,) = [etree.fromstring(c.body) for c in told if method_of(c) == "itemlack.report"]
    assert (lack.findtext("items/item/planQty"), lack.findtext("items/item/lackQty")) == ("12", "2")
    assert caller.order("CK1")["status"] == status
    assert caller.order("CK1")["lines"]["SKU-2"]["actual"] == shipped
    assert caller.wms.books()["counts"]["physical_short"] == 2
    assert caller.wms.books()["turnover"]["WH01"]["SKU-2"]["ZP"]["locked"] == 0
    last = etree.fromstring(told[-1].body)
    if policy == "reject":
        assert last.findtext("process/processStatus") == "REJECT"
        assert caller.outcome("order.cancel", cancel())[0] == "success"
    else:
        assert last.findtext("deliveryOrder/confirmType") == "0"


def test_a_single_unit_left_of_two_goes_ships_in_one() -> None:
    caller = Caller(short_policy="partial", two_confirms_share=1.0)
    caller.call("deliveryorder.create", delivery("CK1", lines=line("SKU-2", 9)))
    caller.later(hours=24)
    caller.call("deliveryorder.create", delivery("CK2", lines=line("SKU-2", 5)))
    confirms = [etree.fromstring(c.body) for c in caller.later(hours=48) if method_of(c) == "deliveryorder.confirm"]
    assert [c.findtext("deliveryOrder/confirmType") for c in confirms] == ["0"]


def test_orders_can_be_rejected_by_lot() -> None:
    caller = Caller(reject_share=1.0)
    caller.call("deliveryorder.create", delivery())
    (told,) = caller.later(hours=24)
    assert etree.fromstring(told.body).findtext("process/processStatus") == "REJECT"
    assert caller.order("CK1")["status"] == "REJECT"


def query(code: str = "CK1", page: object = 1, size: object = 10) -> str:
    return f"<orderCode>{code}</orderCode><warehouseCode>WH01</warehouseCode><page>{page}</page><pageSize>{size}</pageSize>"


def test_a_query_tells_what_is_known_of_an_order() -> None:
    caller = Caller()
    assert caller.outcome("deliveryorder.query", query()) == ("failure", "S003")
    caller.call("deliveryorder.create", delivery(lines="".join(line(quantity=1, number=n) for n in range(1, 6))))
    fresh = caller.call("deliveryorder.query", query(size=2))
    assert (fresh.findtext("deliveryOrder/status"), fresh.findtext("totalLines")) == ("NEW", "5")
    caller.later(hours=24)
    page = caller.call("deliveryorder.query", query(page=3, size=2))
    assert page.findtext("deliveryOrder/status") == "DELIVERED"
    assert [r.findtext("orderLineNo") for r in page.findall("orderLines/orderLine")] == ["5"]
    assert page.findtext("packages/package/expressCode") in caller.order("CK1")["packages"]
    for bad in (query(size=101), query(page=0), query(size="x")):
        assert caller.outcome("deliveryorder.query", bad) == ("failure", "S002")
    steps = caller.call("orderprocess.query", "<orderCode>CK1</orderCode>").findall("orderProcess/processes/process")
    assert [step.findtext("processStatus") for step in steps] == list(STEPS)


def test_a_shipped_parcel_can_be_called_back_while_it_is_on_the_way() -> None:
    caller = Caller()
    inner = "<warehouseCode>WH01</warehouseCode><deliveryOrderCode>CK1</deliveryOrderCode>"
    assert caller.outcome("order.callback", inner) == ("failure", "S003")
    caller.call("deliveryorder.create", delivery())
    assert caller.outcome("order.callback", inner) == ("failure", "S003")
    caller.until("DELIVERED", "CK1")
    caller.later(minutes=1)
    assert caller.outcome("order.callback", inner) == ("success", "0")
    (told,) = caller.later(hours=2)
    assert etree.fromstring(told.body).findtext("process/processStatus") == "TMSCANCELED"
    caller.carrier.advance(caller.now.replace(day=20))
    (parcel,) = caller.carrier.books()["parcels"].values()
    assert (parcel["state"], parcel["delivered_at"]) == ("4", None)
    caller.now = caller.now.replace(day=20)
    assert caller.outcome("order.callback", inner) == ("success", "0")
    (told,) = caller.later(hours=2)
    assert etree.fromstring(told.body).findtext("process/processStatus") == "TMSCANCELFAILED"


def test_a_stockout_is_confirmed_by_its_own_message() -> None:
    caller = Caller()
    inner = (
        "<deliveryOrder><deliveryOrderCode>DB1</deliveryOrderCode><orderType>DBCK</orderType><warehouseCode>WH01</warehouseCode>"
        f"<createTime>2026-01-05 10:00:00</createTime></deliveryOrder><orderLines>{line(quantity=7)}</orderLines>"
    )
    assert caller.outcome("stockout.create", inner) == ("success", "0")
    assert method_of(caller.later(hours=24)[-1]) == "stockout.confirm"
    book = caller.wms.books()["stockouts"]["DB1"]
    assert (book["status"], book["lines"], book["packages"]) == ("DELIVERED", {"SKU-1": {"plan": 7, "actual": 7}}, {})
    assert caller.outcome("stockout.create", inner.replace("DBCK", "JYCK").replace("DB1", "DB2")) == ("failure", "S002")


def test_a_given_waybill_is_used_once() -> None:
    caller = Caller()
    for code in ("CK1", "CK2"):
        caller.call("deliveryorder.create", delivery(code, expressCode="73000000000001"))
    caller.later(hours=24)
    assert list(caller.order("CK1")["packages"]) != list(caller.order("CK2")["packages"])
    assert "73000000000001" in {*caller.order("CK1")["packages"], *caller.order("CK2")["packages"]}


def test_the_same_seed_gives_the_same_books() -> None:
    def live() -> Any:
        caller = Caller(two_confirms_share=0.3, package_g_max=2000)
        for number in range(20):
            caller.call("deliveryorder.create", delivery(f"CK{number}", lines=line(quantity=2)))
            caller.later(minutes=5)
        keys = [callback.key for callback in caller.later(hours=48)]
        return caller.wms.books(), keys

    assert live() == live()


@settings(max_examples=60, deadline=None)
@given(
    orders=st.lists(st.tuples(st.sampled_from(["SKU-1", "SKU-2"]), st.integers(1, 30), st.booleans()), max_size=12),
    entries=st.lists(st.tuples(st.sampled_from(["SKU-1", "SKU-2"]), st.integers(1, 30)), max_size=4),
    hours=st.integers(1, 30),
    policy=st.sampled_from(["reject", "partial"]),
)
def test_what_is_there_is_opening_and_entries_less_what_shipped(
    orders: list[tuple[str, int, bool]], entries: list[tuple[str, int]], hours: int, policy: str
) -> None:
    caller = Caller(short_policy=policy, two_confirms_share=0.5, miscount_share=0.5, stock_changes_per_day=3.0)
    told = []
    for number, (item, quantity, is_cancelled) in enumerate(orders):
        caller.call("deliveryorder.create", delivery(f"CK{number}", lines=line(item, quantity)))
        told += caller.later(minutes=40)
        if is_cancelled:
            caller.call("order.cancel", cancel(f"CK{number // 2}"))
    for number, (item, quantity) in enumerate(entries):
        caller.call("entryorder.create", entry(f"RK{number}", lines=line(item, quantity)))
    told += caller.later(hours=hours)
    shipped, entered, changed = sums(told)
    opening = {"SKU-1": 100, "SKU-2": 10}
    books = caller.wms.books()
    for item, start in opening.items():
        pile = books["turnover"]["WH01"][item]["ZP"]
        assert pile["there"] == start + entered.get(item, 0) + changed.get(item, 0) - shipped.get(item, 0)
        assert 0 <= pile["locked"] <= pile["there"]
        assert shipped.get(item, 0) == sum(o["lines"].get(item, {"actual": 0})["actual"] for o in books["deliveries"].values())
        packed = [p["items"].get(item, 0) for o in books["deliveries"].values() for p in o["packages"].values()]
        assert shipped.get(item, 0) == sum(packed)


def sums(told: list[Any]) -> tuple[dict[str, int], ...]:
    """Add up what was told, as the other side would."""
    books: tuple[dict[str, int], ...] = ({}, {}, {})
    where = {"deliveryorder.confirm": 0, "entryorder.confirm": 1, "stockchange.report": 2}
    for callback in told:
        method = method_of(callback)
        if method not in where:
            continue
        root = etree.fromstring(callback.body)
        for row in root.findall("items/item") if method == "stockchange.report" else root.findall("orderLines/orderLine"):
            if row.findtext("warehouseCode") in {None, "WH01"}:
                book, item = books[where[method]], row.findtext("itemCode")
                book[item] = book.get(item, 0) + int(row.findtext("actualQty") or row.findtext("quantity"))
    return books


def test_what_a_day_of_trade_brings_is_told_whole() -> None:
    caller = Caller(capacity_per_hour=10_000)
    for n in range(500):
        caller.wms.answer(
            caller.request("deliveryorder.create", f"<request>{delivery(f'CK{n}', lines=line(quantity=1))}</request>".encode()), caller.now
        )
    told = caller.later(hours=24)
    assert len(told) == 1500
