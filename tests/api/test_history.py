"""The timeline of an order as a clerk reads it: sentences about somebody, before and after, names in place of ids and codes."""

import re

import pytest

from browser import told as put_through
from paidan.entrypoints.api.history.named import Names
from paidan.entrypoints.api.history.tell import Change, Teller
from paidan.entrypoints.api.history.words import SENTENCES
from paidan.orders.story_words import STEP_WORDS
from scene import line, order

NAMES = Names(
    words={
        ("warehouse", "5"): ("HZ", "杭州仓", ""),
        ("carrier", "7"): ("SF", "顺丰", ""),
        ("sku", "3"): ("X", "杯子", ""),
        ("fulfilment", "10"): ("1", "SO1", "杭州仓"),
        ("fulfilment", "20"): ("2", "SO2", ""),
        ("person", "li"): ("李芳", "", ""),
        ("rule", "audit@3#big"): ("大额人工确认", "Confirm large orders", ""),
        ("system", "QM"): ("杭州仓", "1", ""),
        ("receiver", "91"): ("王**", "139****5678", "浙江省杭州市西湖区"),
        ("receiver", "92"): ("李**", "138****1234", "广东省广州市天河区"),
    }
)


def told(step, detail, actor="system", language="zh"):
    return Teller(NAMES, "1", language).tell(step, actor, detail)


@pytest.mark.parametrize(
    ("step", "actor", "detail", "zh", "en"),
    [
        (
            "held",
            "system",
            {"reason": "amount_unusual", "by": "audit@3#big", "note": ""},
            ("审核规则「大额人工确认」", "挂起了订单：金额异常"),
            ("Audit rule “Confirm large orders”", "held the order: The amount is unusual"),
        ),
        (
            "merge_group",
            "platform",
            {"by": "taobao.top.oaid.merge"},
            ("平台", "确认可以和同一买家的其他订单合单"),
            ("The platform", "said that it may be merged with others of the same buyer"),
        ),
        (
            "warehouse_step",
            "wms:MANY",
            {"status": "PACKAGE", "fulfilment": "10"},
            ("仓库 杭州仓", "仓内进度：打包"),
            ("Warehouse 杭州仓", "tells its progress: Packed"),
        ),
        ("accepted", "wms:QM", {"fulfilment": "10", "leader": "10"}, ("仓库 杭州仓", "接了发货单 FH109"), ("Warehouse 杭州仓", "took FH109")),
        (
            "tracking",
            "carrier",
            {"parcel": "SF1", "state": "DELIVERED"},
            ("快递", "运单 SF1 已签收"),
            ("The carrier", "tells of waybill SF1: delivered"),
        ),
        (
            "received",
            "system",
            {"status": "PAID", "lines": 2},
            ("平台", "发来订单：2 行商品，已付款"),
            ("The platform", "sent the order: 2 lines, paid"),
        ),
        ("received", "system", {"lines": 1}, ("平台", "发来订单：1 行商品"), ("The platform", "sent the order: 1 line")),
        ("shipped_short", "wms:QM", {"units": 1}, ("仓库 杭州仓", "少发了 1 件"), ("Warehouse 杭州仓", "shipped less than planned: 1 unit missing")),
        ("cancel_asked", "user:li", {"note": "不要了"}, ("李芳 (li)", "申请取消订单：不要了"), ("李芳 (li)", "asked to cancel the order: 不要了")),
        (
            "sourced",
            "system",
            {"aim": "cheapest", "cost": 423, "parcels": [[5, 7, 423, 300, 475]], "candidates": [[5, 7, 423, 9, ""]], "policy": 1},
            ("系统", "分仓到 HZ 杭州仓 (顺丰)，成本 ¥4.23"),
            ("The system", "sourced it from HZ 杭州仓 (顺丰), cost ¥4.23"),
        ),
    ],
)
def test_a_step_is_a_sentence_about_somebody(step, actor, detail, zh, en):
    for language, expected in (("zh", zh), ("en", en)):
        said = told(step, detail, actor, language)
        assert (said.actor_name, said.sentence) == expected


@pytest.mark.parametrize(
    ("step", "detail", "changes"),
    [
        ("edited", {"warehouse_id": "5", "before": {"warehouse_id": None}}, [("指定仓库", "按规则选择", "HZ 杭州仓")]),
        ("edited", {"carrier_id": None, "before": {"carrier_id": "7"}}, [("指定快递", "顺丰", "按规则选择")]),
        ("edited", {"remark": True, "before": {"remark": False}}, [("内部备注", "无", "有")]),
        ("edited", {"urgent": True}, [("加急", None, "是")]),  # as it was written before both were kept
        (
            "receiver_edited",
            {"fields": ["name"], "from": "浙江省", "to": "广东省", "receiver_before": "91", "receiver_after": "92"},
            [("收件人", "王** 139****5678 浙江省杭州市西湖区", "李** 138****1234 广东省广州市天河区")],
        ),
        ("receiver_edited", {"fields": ["name"], "from": "浙江省", "to": "广东省"}, [("收件人", "浙江省", "广东省")]),
        (
            "lines_edited",
            {"changes": ["#2 A → B, × 3 → × 1", "#1 × 3 → × 0", "+ G × 2", "#4 A → B"]},
            [("第 2 行", "A", "B"), ("第 2 行", "× 3", "× 1"), ("第 1 行", "× 3", "× 0"), ("赠品", "无", "G × 2"), ("第 4 行", "A", "B")],
        ),
    ],
)
def test_an_edit_is_told_as_before_and_after(step, detail, changes):
    assert list(told(step, detail).changes) == [Change(label=label, before=before, after=after) for label, before, after in changes]


def test_companions_are_orders_to_go_to_and_unseen_ones_are_not():
    facts = told("released", {"fulfilment": "10", "leader": "20", "with": ["20", "30"], "at": "2026-11-11T04:00:00+00:00"}).facts
    assert [(fact.label, fact.value, fact.order_id) for fact in facts if fact.at is None] == [
        ("随发货单", "SO2", "2"),
        ("同行", "SO2", "2"),
        ("同行", "其他订单 (FH307)", None),
    ]
    assert [fact.at.hour for fact in facts if fact.at] == [4]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("step", [*STEP_WORDS, "something_new"])
def test_whatever_a_step_tells_is_shown_without_braces(step, language):
    for detail in (None, {}, "words", {"colour": {"of": ["a", {"b": 1}]}, "fulfilment": "10", "reason": "no_such_reason"}):
        said = told(step, detail, "user:nobody", language)
        shown = said.sentence + "".join(f"{fact.label}{fact.value}" for fact in said.facts)
        assert said.sentence
        assert not re.search(r"[\[\]{}]", shown)
        if detail and "colour" in detail:
            assert "no_such_reason" in shown
            assert "of: a" in shown


@pytest.mark.parametrize("step", SENTENCES)
def test_both_languages_say_the_same_fields(step):
    zh, en = ({*re.findall(r"\{(\w+)\}", text)} for text in SENTENCES[step])
    assert zh == en


def test_steps_come_in_the_order_of_time_whichever_process_numbered_them(world):
    scene = world.scene
    scene.set_up({"A": {"X": 10}})
    put_through(scene, order("P1", line("X")))
    [(order_id,)] = scene.query("SELECT id FROM sales_order")
    # A process that had taken its numbers later noted the older step.
    noted = "INSERT INTO timeline (id, order_id, at, actor, step, detail) SELECT max(id) + 1, %s, min(at) - interval '1 day', 'system', 'edited', NULL FROM timeline"
    scene.query(f"{noted} RETURNING id", order_id)
    steps = world.get(f"/orders/{order_id}").json()["timeline"]
    assert steps[0]["step"] == "edited"
