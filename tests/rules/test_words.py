from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

from paidan.rules.conditions import ALWAYS, AllOf, AnyOf, Compare, Condition, Not, Op
from paidan.rules.words import sentence
from rules.rule_cases import CATALOGUE, conditions

BIG = Compare(field="amount", op=Op.GE, value=50_000)
RED = Compare(field="colour", op=Op.IN, value=("red", "blue"))
COD = Compare(field="is_cod", op=Op.EQ, value=True)


@pytest.mark.parametrize(
    ("condition", "zh", "en"),
    [
        (AllOf(of=(BIG, RED)), "订单金额 ≥ 500.00 且 颜色 属于 {红, 蓝}", "order amount ≥ 500.00 and colour in {red, blue}"),
        (
            AnyOf(of=(AllOf(of=(BIG, RED)), Not(of=COD))),
            "（订单金额 ≥ 500.00 且 颜色 属于 {红, 蓝}） 或 非（货到付款 = 是）",
            "(order amount ≥ 500.00 and colour in {red, blue}) or not (cash on delivery = yes)",
        ),
        (ALWAYS, "任何情况", "always"),
        (Compare(field="remark", op=Op.CONTAINS, value="急"), "留言 包含 “急”", "remark contains “急”"),
        (Compare(field="rate", op=Op.BETWEEN, value=("0.5", "1")), "折扣率 介于 0.5 与 1 之间", "discount rate between 0.5 and 1"),
        (Compare(field="clock", op=Op.BETWEEN, value=("22:00", "06:00")), "下单时刻 介于 22:00:00 与 06:00:00 之间", None),
        (Compare(field="age_h", op=Op.GT, value=4), "已过 > 4 小时", "age > 4 h"),
        (Compare(field="paid_at", op=Op.IN_LAST_HOURS, value=4), "付款时间 在过去 4 小时 内", "paid at within the last 4 h"),
        (
            Compare(field="paid_at", op=Op.LT, value="2026-11-11T00:00:00Z"),
            "付款时间 < 2026-11-11 08:00:00+08:00",
            "paid at < 2026-11-11 08:00:00+08:00",
        ),
        (Compare(field="remark", op=Op.IS_EMPTY), "留言 为空", "remark is empty"),
    ],
)
def test_a_condition_reads_as_a_sentence(condition: Condition, zh: str, en: str | None) -> None:
    shanghai = ZoneInfo("Asia/Shanghai")
    assert sentence(condition, CATALOGUE, "zh", zone=shanghai) == zh
    assert en is None or sentence(condition, CATALOGUE, "en", zone=shanghai) == en


def test_long_lists_are_cut() -> None:
    words = sentence(Compare(field="shop", op=Op.IN, value=tuple(f"s{i}" for i in range(20))), CATALOGUE, "en")
    assert words.endswith("s11, … 8 more}")


@given(conditions())
def test_every_condition_has_words_in_both_languages(condition: Condition) -> None:
    assert sentence(condition, CATALOGUE, "zh").strip()
    assert sentence(condition, CATALOGUE, "en").strip()
