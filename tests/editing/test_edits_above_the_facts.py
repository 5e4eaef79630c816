"""What people edit of an order before a warehouse has it, and what the platform says later: ours stays, people are asked, the books are in order."""

from datetime import timedelta

import pytest

from editing.clerk import A_MINUTE, GUANGZHOU, MOVED, cut, edit, free, goes_to, lines, open_holds, sent, steps, swap
from hands import gives_back, leaders, let_go, order_by_hand, order_ids, run, settle_down, ships
from paidan.channels.facts import PlatformStatus
from paidan.editing.edits import EditReceiver, Gift, LineChange, TakeTheirReceiver
from paidan.kernel.reasons import Reason
from paidan.orders.commands import Cancel
from scene import NOW, line, order, receiver

LATER = NOW + timedelta(minutes=30)
MASKED = {"name": "张*", "phone": "138****0001", "detail": "文三路**号", "oaid": "TOKEN", "masked": True}


def test_an_edited_receiver_is_planned_for_anew_and_told_without_what_is_personal(scene):
    scene.set_up({"A": {"X": 5}, "B": {"X": 5}})
    run(scene, order("1", line("X", 2)))
    assert sent(scene) == [("A", "X", 2)]
    assert edit(scene, EditReceiver(name="李四", **GUANGZHOU, detail="体育西路1号")) is None
    assert (scene.query("SELECT state FROM sales_order"), free(scene, "X")) == ([(20,)], 10)
    settle_down(scene, NOW)
    got = goes_to(scene)
    assert (got.name, got.phone, got.city, got.detail) == ("李四", receiver().phone, "广州市", "体育西路1号")
    assert sent(scene) in ([("A", "X", 2)], [("B", "X", 2)])
    assert scene.query(
        "SELECT DISTINCT f.receiver_id = o.receiver_id FROM fulfilment f JOIN sales_order o ON o.id = f.order_id WHERE f.state < 90"
    ) == [(True,)]
    told = steps(scene)
    assert [(actor, name) for actor, name, _ in told] == [("user:anna", "receiver_edited"), ("user:anna", "unplanned")]
    [before, after] = [str(row[0]) for row in scene.query("SELECT id FROM receiver ORDER BY id")]
    assert told[0][2] == {
        "fields": ["name", "province", "city", "district", "detail"],
        "from": "浙江省杭州市西湖区",
        "to": "广东省广州市天河区",
        "receiver_before": before,
        "receiver_after": after,
    }
    assert "李四" not in str(scene.query("SELECT edits FROM sales_order")) + str(told)


def test_a_newer_address_of_the_platform_waits_for_people_once_and_can_be_taken(scene):
    scene.set_up({"A": {"X": 5}})
    run(scene, order("1", line("X")))
    assert edit(scene, MOVED) is None
    run(scene, order("1", line("X"), seller_flag=1, version_at=NOW + A_MINUTE))
    assert (open_holds(scene), goes_to(scene).city) == ([], "广州市"), "the same address told again is no news"
    theirs = receiver(9, city="宁波市", district="海曙区")
    run(scene, order("1", line("X"), version_at=NOW + 2 * A_MINUTE, receiver=theirs))
    assert (open_holds(scene), goes_to(scene).city, let_go(scene)) == (["edit_conflict"], "广州市", 0)
    assert edit(scene, TakeTheirReceiver()) is None
    settle_down(scene, NOW)
    assert (open_holds(scene), goes_to(scene).city, goes_to(scene).phone) == ([], "宁波市", theirs.phone)
    assert edit(scene, TakeTheirReceiver()) == Reason.NOT_TO_BE_UNDONE
    run(scene, order("1", line("X"), version_at=NOW + 3 * A_MINUTE, receiver=receiver(3)))
    assert goes_to(scene).phone == receiver(3).phone, "without an edit the platform is believed again"


def test_who_edits_again_has_decided_the_conflict(scene):
    scene.set_up({"A": {"X": 5}})
    run(scene, order("1", line("X")))
    edit(scene, MOVED)
    run(scene, order("1", line("X"), version_at=NOW + A_MINUTE, receiver=receiver(2)))
    assert open_holds(scene) == ["edit_conflict"]
    assert edit(scene, EditReceiver(phone="13900000000")) is None
    run(scene, order("1", line("X"), seller_flag=2, version_at=NOW + 2 * A_MINUTE, receiver=receiver(2)))
    assert (open_holds(scene), goes_to(scene).phone, goes_to(scene).city) == ([], "13900000000", "广州市")


def test_the_platform_tells_the_address_that_was_edited_here(scene):
    scene.set_up({"A": {"X": 5}})
    run(scene, order("1", line("X")))
    edit(scene, MOVED)
    told = receiver(1, **GUANGZHOU, detail="体育西路1号")
    run(scene, order("1", line("X"), version_at=NOW + A_MINUTE, receiver=told))
    assert open_holds(scene) == []


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        (EditReceiver(name="李四"), Reason.FIELD_MISSING),
        (EditReceiver(detail="体育西路1号", **GUANGZHOU), Reason.FIELD_MISSING),
        (EditReceiver(name="李四", phone="13900000000", detail="文三路**号"), Reason.FIELD_MISSING),
        (EditReceiver(name="李四", phone="13900000000", detail="文三路2号"), None),
    ],
)
def test_a_masked_receiver_is_edited_whole_or_not_at_all(scene, what, reason):
    scene.set_up({"A": {"X": 5}})
    run(scene, order("1", line("X"), receiver=receiver(1, **MASKED)))
    assert edit(scene, what) == reason
    if reason is None:
        got = goes_to(scene)
        assert (got.oaid, got.masked, got.city) == ("", False, "杭州市")


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        (EditReceiver(province="火星", city="", district="", detail="1"), Reason.ADDRESS_UNPARSED),
        (EditReceiver(name=receiver().name), Reason.NOTHING_CHANGED),
        (TakeTheirReceiver(), Reason.NOT_TO_BE_UNDONE),
        (lines(cut(9, 1)), Reason.UNKNOWN_LINE),
        (lines(cut(1, 4)), Reason.MORE_THAN_BOUGHT),
        (lines(cut(1, 0)), Reason.NOTHING_WOULD_BE_LEFT),
        (lines(cut(1, 3)), Reason.NOTHING_CHANGED),
        (lines(swap(1, "NO")), Reason.UNKNOWN_SKU),
        (lines(gifts=(Gift(sku_code="NO"),)), Reason.UNKNOWN_SKU),
        (lines(gifts=(Gift(sku_code="SET"),)), Reason.LINE_NOT_EDITABLE),
    ],
)
def test_what_is_refused_leaves_the_order_as_it_was(scene, what, reason):
    scene.set_up({"A": {"X": 5, "Y": 5}}, bundles={"SET": {"X": 1, "Y": 1}})
    run(scene, order("1", line("X", 3)))
    before = scene.query("SELECT version, edits, receiver_id FROM sales_order")
    assert edit(scene, what) == reason
    assert (scene.query("SELECT version, edits, receiver_id FROM sales_order"), sent(scene)) == (before, [("A", "X", 3)])


def closed(scene):
    run(scene, order("1", line("X", 3), status=PlatformStatus.CLOSED_REFUNDED, version_at=NOW + A_MINUTE), now=NOW + A_MINUTE)


def cancelled(scene):
    order_by_hand(scene, order_ids(scene)[0], Cancel(note=""))


def shipped(scene):
    let_go(scene)
    ships(scene, leaders(scene)[0])


@pytest.mark.parametrize(
    "what", [MOVED, lines(cut(1, 1)), lines(swap(1, "Y")), lines(gifts=(Gift(sku_code="Y"),))], ids=["moved", "cut", "swap", "gift"]
)
@pytest.mark.parametrize(
    ("happens", "reason"),
    [(let_go, Reason.AT_THE_WAREHOUSE), (shipped, Reason.ALREADY_SHIPPED), (closed, Reason.ALREADY_CANCELLED), (cancelled, Reason.ALREADY_CANCELLED)],
)
def test_what_a_warehouse_has_is_shipped_or_cancelled_is_not_edited(scene, what, happens, reason):
    scene.set_up({"A": {"X": 5, "Y": 5}})
    run(scene, order("1", line("X", 3)))
    happens(scene)
    assert edit(scene, what) == reason


def test_an_unpaid_order_is_not_edited_and_a_stale_view_is_told(scene):
    scene.set_up({"A": {"X": 5}})
    run(scene, order("1", line("X", 3), status=PlatformStatus.UNPAID))
    assert edit(scene, MOVED) == Reason.PAYMENT_MISSING
    run(scene, order("1", line("X", 3), version_at=NOW + A_MINUTE))
    [(version,)] = scene.query("SELECT version FROM sales_order")
    assert edit(scene, MOVED, version=version - 1) == Reason.VERSION_CONFLICT
    assert edit(scene, MOVED, version=version) is None


def test_units_are_left_out_and_taken_in_again(scene):
    scene.set_up({"A": {"X": 5, "Y": 5}})
    run(scene, order("1", line("X", 3), line("Y", 1)))
    assert edit(scene, lines(cut(1, 1), cut(2, 0))) is None
    settle_down(scene, NOW)
    assert (sent(scene), free(scene, "X"), free(scene, "Y")) == ([("A", "X", 1)], 4, 5)
    assert edit(scene, lines(cut(1, 3), cut(2, 1))) is None
    settle_down(scene, NOW)
    assert (sent(scene), scene.query("SELECT edits FROM sales_order")) == ([("A", "X", 3), ("A", "Y", 1)], [(None,)])
    assert [detail for _, name, detail in steps(scene) if name == "lines_edited"] == [
        {"changes": ["#1 × 3 → × 1", "#2 × 1 → × 0"]},
        {"changes": ["#1 × 1 → × 3", "#2 × 0 → × 1"]},
    ]


def test_another_sku_is_sent_under_the_platforms_line_and_put_back(scene):
    scene.set_up({"A": {"X": 1, "Y": 5}})
    run(scene, order("1", line("X", 3)))
    assert scene.query("SELECT state FROM sales_order") == [(40,)]
    assert edit(scene, lines(LineChange(line_no=1, quantity=2, sku_code="Y"))) is None
    settle_down(scene, NOW)
    assert (sent(scene), scene.query("SELECT line_ref, quantity, cancelled FROM order_line")) == ([("A", "Y", 2)], [("X", 3, 1)])
    run(scene, order("1", line("X", 3), seller_flag=1, version_at=NOW + A_MINUTE))
    assert sent(scene) == [("A", "Y", 2)]
    assert edit(scene, lines(LineChange(line_no=1, quantity=3, sku_code=None))) is None
    settle_down(scene, NOW)
    assert (sent(scene), scene.query("SELECT state, edits FROM sales_order")) == ([], [(40, None)])


def test_a_bundle_is_cut_whole_replaced_and_put_back(scene):
    scene.set_up({"A": {"X": 9, "Y": 9, "Z": 9}}, bundles={"SET": {"X": 1, "Y": 2}, "OTHER": {"Z": 1, "Y": 1}})
    run(scene, order("1", line("SET", 3)))
    assert edit(scene, lines(cut(2, 1))) == Reason.LINE_NOT_EDITABLE
    assert edit(scene, lines(cut(1, 2))) is None
    settle_down(scene, NOW)
    assert sent(scene) == [("A", "X", 2), ("A", "Y", 4)]
    assert edit(scene, lines(swap(1, "OTHER"))) == Reason.LINE_NOT_EDITABLE
    assert edit(scene, lines(swap(1, "Z"))) is None
    settle_down(scene, NOW)
    assert sent(scene) == [("A", "Z", 2)]
    assert edit(scene, lines(swap(1, "SET"))) is None
    settle_down(scene, NOW)
    assert sent(scene) == [("A", "X", 2), ("A", "Y", 4)]
    let_go(scene)
    ships(scene, leaders(scene)[0])
    assert scene.broken_invariants() == {}


def test_goods_are_replaced_by_a_bundle_which_is_unpacked(scene):
    scene.set_up({"A": {"X": 9, "Y": 9, "Z": 9}}, bundles={"SET": {"X": 1, "Y": 2}})
    run(scene, order("1", line("Z", 2)))
    assert edit(scene, lines(swap(1, "SET"))) is None
    settle_down(scene, NOW)
    assert sent(scene) == [("A", "X", 2), ("A", "Y", 4)]
    assert edit(scene, lines(swap(1, None))) is None
    settle_down(scene, NOW)
    assert sent(scene) == [("A", "Z", 2)]


def test_gifts_come_and_go(scene):
    scene.set_up({"A": {"X": 5, "G": 5}})
    run(scene, order("1", line("X")))
    assert edit(scene, lines(gifts=(Gift(sku_code="G", quantity=2),))) is None
    settle_down(scene, NOW)
    assert sent(scene) == [("A", "G", 2), ("A", "X", 1)]
    assert edit(scene, lines(cut(2, 0))) is None
    settle_down(scene, NOW)
    assert sent(scene) == [("A", "X", 1)]


def test_what_the_platform_takes_back_of_a_line_that_was_cut_waits_for_people(scene):
    scene.set_up({"A": {"X": 5}})
    run(scene, order("1", line("X", 3)))
    edit(scene, lines(cut(1, 2)))
    run(scene, order("1", line("X", 3, quantity_cancelled=1), version_at=NOW + A_MINUTE))
    assert open_holds(scene) == ["units_conflict"]
    assert edit(scene, lines(cut(1, 1))) is None
    settle_down(scene, NOW)
    assert (open_holds(scene), sent(scene)) == ([], [("A", "X", 1)])


def test_what_came_back_from_a_warehouse_may_be_edited(scene):
    scene.set_up({"A": {"X": 5}})
    run(scene, order("1", line("X")))
    let_go(scene)
    run(scene, order("1", line("X"), version_at=NOW + A_MINUTE, receiver=receiver(2)))
    gives_back(scene, leaders(scene)[0])
    settle_down(scene, NOW)
    assert edit(scene, MOVED) is None
    settle_down(scene, LATER)
    assert goes_to(scene).city == "广州市"
