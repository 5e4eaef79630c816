"""Where the platform and a clerk speak of the same thing: each subject waits for its own decision, and no parcel goes to a stale door."""

import pytest

from editing.clerk import A_MINUTE, GUANGZHOU, MOVED, cut, edit, goes_to, lines, open_holds, sent, steps, swap
from hands import gives_back, leaders, let_go, run, settle_down, ships
from paidan.editing.edits import EditReceiver, Gift, LineChange, TakeTheirReceiver
from paidan.kernel.reasons import Reason
from scene import NOW, line, order, receiver

LET_GO = NOW + 11 * A_MINUTE
THEIRS = receiver(9, city="宁波市", district="海曙区")
OURS = receiver(1, **GUANGZHOU, detail="体育西路1号")


def placed(scene, *bought, stock=None):
    scene.set_up({"A": stock or {"X": 5, "Y": 5, "G": 5}})
    run(scene, order("1", *(bought or (line("X", 3),))))


def told(after, *bought, **more):
    """The platform tells the order again, so many minutes later."""
    at = NOW + after * A_MINUTE
    return order("1", *(bought or (line("X", 3),)), version_at=at, **more)


def both_conflicts(scene):
    placed(scene)
    assert edit(scene, MOVED) is None
    assert edit(scene, lines(cut(1, 2))) is None
    run(scene, told(1, line("X", 3, quantity_cancelled=1), receiver=THEIRS))
    assert sorted(open_holds(scene)) == ["edit_conflict", "units_conflict"]


@pytest.mark.parametrize(
    ("what", "left"),
    [
        (lines(cut(1, 1)), ["edit_conflict"]),
        (lines(gifts=(Gift(sku_code="G"),)), ["edit_conflict", "units_conflict"]),
        (EditReceiver(phone="13900000000"), ["units_conflict"]),
        (TakeTheirReceiver(), ["units_conflict"]),
    ],
    ids=["cut", "gift", "receiver", "restore"],
)
def test_an_edit_decides_the_conflict_of_its_own_subject_only(scene, what, left):
    both_conflicts(scene)
    assert edit(scene, what) is None
    assert sorted(open_holds(scene)) == left


def test_an_address_the_platform_changes_after_the_release_is_recalled_under_an_edit_too(scene):
    placed(scene)
    assert edit(scene, MOVED) is None
    settle_down(scene, NOW)
    assert let_go(scene) == 1
    run(scene, told(20, receiver=THEIRS), now=NOW + 20 * A_MINUTE)
    assert scene.query("SELECT state, recall_reason FROM fulfilment WHERE merged_into_id IS NULL AND state < 80") == [
        (50, "platform_changed_after_release")
    ]
    assert open_holds(scene) == ["edit_conflict"]
    gives_back(scene, leaders(scene)[0])
    settle_down(scene, LET_GO + 20 * A_MINUTE)
    assert (let_go(scene), goes_to(scene).city) == (0, "广州市"), "nothing goes anywhere before a person has chosen"
    assert edit(scene, TakeTheirReceiver()) is None
    settle_down(scene, LET_GO + 30 * A_MINUTE)
    assert (open_holds(scene), goes_to(scene).phone) == ([], THEIRS.phone)


def test_what_has_left_waits_for_nobody(scene):
    placed(scene)
    edit(scene, MOVED)
    edit(scene, lines(cut(1, 2)))
    settle_down(scene, NOW)
    let_go(scene)
    ships(scene, leaders(scene)[0])
    run(scene, told(30, line("X", 3, quantity_cancelled=1), receiver=THEIRS))
    assert open_holds(scene) == []


def test_a_platform_that_comes_round_to_our_address_ends_the_conflict(scene):
    placed(scene)
    edit(scene, MOVED)
    run(scene, told(1, receiver=THEIRS))
    assert open_holds(scene) == ["edit_conflict"]
    run(scene, told(2, receiver=OURS))
    assert open_holds(scene) == []
    assert scene.query("SELECT closed_by FROM hold") == [("system",)]


def test_two_addresses_in_one_pass_the_later_ours_leave_nothing_of_the_earlier(scene):
    placed(scene)
    edit(scene, MOVED)
    run(scene, told(1, receiver=THEIRS), told(2, receiver=OURS))
    assert open_holds(scene) == []
    assert edit(scene, TakeTheirReceiver()) is None
    assert goes_to(scene).city == "广州市"
    run(scene, told(3, receiver=THEIRS))
    assert goes_to(scene).phone == THEIRS.phone


def test_an_edit_keeps_no_digest_of_a_receiver(scene):
    placed(scene)
    edit(scene, MOVED)
    run(scene, told(1, receiver=THEIRS))
    assert [sorted(kept["receiver"]) for (kept,) in scene.query("SELECT edits FROM sales_order")] == [["theirs"]]


def test_gifts_alone_are_no_shipment(scene):
    placed(scene)
    assert edit(scene, lines(cut(1, 0), gifts=(Gift(sku_code="G"),))) == Reason.NOTHING_WOULD_BE_LEFT
    assert edit(scene, lines(cut(1, 1), gifts=(Gift(sku_code="G"),))) is None
    assert edit(scene, lines(cut(1, 0))) == Reason.NOTHING_WOULD_BE_LEFT


def test_a_zip_code_alone_is_an_edit(scene):
    placed(scene)
    assert edit(scene, EditReceiver(zip_code="310012")) is None
    assert (goes_to(scene).zip_code, goes_to(scene).phone) == ("310012", receiver().phone)
    assert steps(scene)[0][2]["fields"] == ["zip_code"]
    assert edit(scene, EditReceiver(zip_code="310012")) == Reason.NOTHING_CHANGED


@pytest.mark.parametrize(
    ("region", "reason"),
    [
        ({"province": "浙江省", "city": "", "district": ""}, Reason.ADDRESS_UNPARSED),
        ({"province": "浙江省", "city": "杭州市", "district": ""}, Reason.ADDRESS_UNPARSED),
        ({"province": "广东省", "city": "东莞市", "district": ""}, None),
        ({"province": "北京市", "city": "朝阳区", "district": ""}, None),
    ],
)
def test_an_edited_address_has_a_district_where_there_are_any(scene, region, reason):
    placed(scene)
    assert edit(scene, EditReceiver(**region, detail="1号")) == reason


def test_a_line_without_goods_goes_back_to_what_it_was(scene):
    placed(scene, line("NOT-OURS", 2))
    assert sent(scene) == []
    assert edit(scene, lines(swap(1, "Y"))) is None
    settle_down(scene, NOW)
    assert sent(scene) == [("A", "Y", 2)]
    assert edit(scene, lines(LineChange(line_no=1, sku_code=None))) is None
    settle_down(scene, NOW)
    assert (sent(scene), open_holds(scene)) == ([], ["listing_unmapped"])
    assert scene.query("SELECT l.sku_id, o.edits FROM order_line l JOIN sales_order o ON o.id = l.order_id") == [(None, None)]
