"""A subject with a field of every type, rows at the edges, and conditions over them: for the properties of the rule language."""

import itertools
import random
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from paidan.rules.conditions import OPERATORS, AllOf, AnyOf, Compare, Condition, Not, Shape
from paidan.rules.fields import Catalogue, Field, FieldType, Option

NOW = datetime(2026, 11, 11, 4, 30, tzinfo=UTC)
T = FieldType
OPTIONS = (Option("red", "红", "red"), Option("blue", "蓝", "blue"), Option("green", "绿", "green"))

FIELDS = (
    Field(name="units", type=T.INTEGER, zh="件数", en="units", sql="units"),
    Field(name="amount", type=T.MONEY_MINOR, zh="订单金额", en="order amount", sql="amount"),
    Field(name="rate", type=T.DECIMAL, zh="折扣率", en="discount rate", sql="rate"),
    Field(name="remark", type=T.TEXT, zh="留言", en="remark", sql="remark"),
    Field(name="shop", type=T.CODE, zh="店铺", en="shop", sql="shop"),
    Field(name="platform", type=T.CODE, zh="平台", en="platform", sql="platform"),
    Field(name="colour", type=T.CODE, zh="颜色", en="colour", options=OPTIONS, sql="colour"),
    Field(name="classes", type=T.CODE_SET, zh="类别", en="classes", sql="classes"),
    Field(name="is_cod", type=T.BOOLEAN, zh="货到付款", en="cash on delivery", sql="is_cod"),
    Field(name="paid_at", type=T.INSTANT, zh="付款时间", en="paid at", sql="paid_at"),
    Field(name="clock", type=T.TIME_OF_DAY, zh="下单时刻", en="time of day", sql="clock"),
    Field(name="age_h", type=T.AGE_HOURS, zh="已过", en="age", path="paid_at", sql="paid_at"),
    Field(name="age_d", type=T.AGE_DAYS, zh="已过天数", en="age in days", path="paid_at", sql="paid_at"),
    Field(name="city", type=T.TEXT, zh="城市", en="city", path="receiver.city", sql="NULLIF(city, '-')"),
)
CATALOGUE = Catalogue(subject="order", fields=FIELDS, shop_field="shop", platform_field="platform")
COLUMNS = ("units", "amount", "rate", "remark", "shop", "platform", "colour", "classes", "is_cod", "paid_at", "clock")


class Receiver:
    __slots__ = ("city",)

    def __init__(self, city: str | None) -> None:
        self.city = city


class Subject:
    __slots__ = (*COLUMNS, "receiver")

    def __init__(self, **values: Any) -> None:
        for name in self.__slots__:
            setattr(self, name, values.get(name))


BIG = 2**63 - 1
TEXTS = ["", "急", "急 发货", "a%b", "a_b", "a\\b", "A", "a", "é", "e\u0301", "🎁", "ß", "SS", "-", "ab", "b"]
VALUES: dict[str, list[Any]] = {
    "units": [None, 0, 1, 2, 3, -1, BIG, -BIG],
    "amount": [None, 0, 1, 4_999_999, 5_000_000, 5_000_001, 2**31, BIG],
    "rate": [None, Decimal(0), Decimal("0.5"), Decimal("0.50"), Decimal("0.500000001"), Decimal(-1), Decimal(1)],
    "remark": [None, *TEXTS],
    "shop": [None, "", "s1", "s2", "S1"],
    "platform": [None, "taobao", "shopify"],
    "colour": [None, "", "red", "blue", "green"],
    "classes": [None, *(frozenset(c) for n in range(4) for c in itertools.combinations(["a", "b", "鲜"], n))],
    "is_cod": [None, True, False],
    "paid_at": [
        None,
        NOW,
        NOW - timedelta(microseconds=1),
        NOW + timedelta(microseconds=1),
        NOW - timedelta(hours=1),
        NOW - timedelta(hours=1, microseconds=1),
        NOW + timedelta(hours=2),
        NOW - timedelta(days=1),
        NOW - timedelta(days=400),
        datetime(1970, 1, 1, tzinfo=UTC),
    ],
    "clock": [None, time(0), time(5, 59, 59, 999999), time(6), time(12), time(22), time(23, 59, 59, 999999)],
    "city": [None, *TEXTS],
}


def rows(seed: int = 1, count: int = 160) -> list[dict[str, Any]]:
    """Rows at the edges, the same for the same seed. A `city` of None: the receiver has none; "-" is not used."""
    chance = random.Random(seed)
    made = [{name: chance.choice(values) for name, values in VALUES.items()} for _ in range(count)]
    return [row | {"city": None if row["city"] == "-" else row["city"], "no_receiver": chance.random() < 0.1} for row in made]


def subject_of(row: dict[str, Any]) -> Subject:
    receiver = None if row["no_receiver"] else Receiver(row["city"])
    return Subject(receiver=receiver, **{name: row[name] for name in COLUMNS})


def _json_value(field: Field) -> st.SearchStrategy[Any]:
    """Mostly what the rows hold, so that conditions hit; sometimes anything the type allows."""
    known = {
        T.INTEGER: st.sampled_from([0, 1, 2, 3, -1, BIG, -BIG]) | st.integers(-BIG, BIG),
        T.MONEY_MINOR: st.sampled_from([0, 1, 4_999_999, 5_000_000, 2**31, BIG]) | st.integers(0, BIG),
        T.DECIMAL: st.sampled_from(["0", "0.5", "0.50", "0.500000001", "-1", "1.000000000", "999999999999999999"]) | st.integers(-2, 2),
        T.TEXT: st.sampled_from(TEXTS[1:]) | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=3),
        T.CODE: st.sampled_from([option.code for option in field.options] or ["s1", "s2", "taobao", "s9"]),
        T.CODE_SET: st.sampled_from(["a", "b", "鲜", "z"]),
        T.BOOLEAN: st.booleans(),
        T.INSTANT: st.sampled_from([at.isoformat() for at in VALUES["paid_at"] if at is not None] + ["2026-11-11T12:30:00+08:00"]),
        T.TIME_OF_DAY: st.sampled_from(["00:00", "06:00", "12:00", "22:00", "23:59:59"]),
        T.AGE_HOURS: st.sampled_from([-3, -2, -1, 0, 1, 2, 24, 9600]),
        T.AGE_DAYS: st.sampled_from([-1, 0, 1, 399, 400]),
    }
    return known[field.type]


@st.composite
def compares(draw: st.DrawFn) -> Compare:
    field = draw(st.sampled_from(FIELDS))
    op = draw(st.sampled_from(sorted(OPERATORS[field.type])))
    shape = OPERATORS[field.type][op]
    one = _json_value(field)
    value = {
        Shape.NOTHING: st.none(),
        Shape.ONE: one,
        Shape.PAIR: st.tuples(one, one).map(lambda pair: _ascending(field, pair)),
        Shape.MANY: st.lists(one, min_size=1, max_size=4).map(tuple),
        Shape.HOURS: st.sampled_from([1, 2, 24, 9600, 87_600]),
    }[shape]
    return Compare(field=field.name, op=op, value=draw(value))


def _ascending(field: Field, pair: tuple[Any, Any]) -> tuple[Any, Any]:
    if field.type is T.TIME_OF_DAY:
        return pair
    key = {T.DECIMAL: Decimal, T.INSTANT: datetime.fromisoformat}.get(field.type)
    low, high = sorted(pair, key=key)
    return low, high


def _joined(parts: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    return (
        st.lists(parts, max_size=3).map(lambda of: AllOf(of=tuple(of)))
        | st.lists(parts, min_size=1, max_size=3).map(lambda of: AnyOf(of=tuple(of)))
        | parts.map(lambda of: Not(of=of))
    )


def conditions(max_leaves: int = 6) -> st.SearchStrategy[Condition]:
    return st.recursive(compares(), _joined, max_leaves=max_leaves)
