"""What is expected where something was refused: told from the types at the doors, in both languages."""

import json
import re
from datetime import datetime, time
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import pytest
from msgspec import Meta, Struct

from paidan.entrypoints.api.documents import TIME_OF_DAY
from paidan.entrypoints.api.merchant_settings import SourcingBody
from paidan.kernel import expected
from paidan.network.rows import TierRow, WarehouseRow
from paidan.runtime.expectations import KINDS, TEXTS, WHOLE, expected_at, read_expected

ROOT = Path(__file__).parents[2]
OPENAPI = ROOT / "docs" / "openapi.json"
CONSOLE = ROOT / "console" / "src"
NO_NUL = r"^[^\x00]*$"  # says nothing: nobody types it
NUMBER = "a number such as 12.50, with at most 12 digits before the point and 8 after it"
MONEY_FIELDS = [
    (WarehouseRow, "handling_order_minor"),
    (WarehouseRow, "handling_unit_minor"),
    (TierRow, "first_minor"),
    (TierRow, "step_minor"),
    (SourcingBody, "split_penalty_minor"),
]


class Part(Struct):
    quantity: Annotated[int, Meta(ge=1, le=9999)]
    price_minor: Annotated[int, Meta(ge=0, le=100_000)] = 0


class Row(Struct):
    name: Annotated[str, Meta(min_length=1, max_length=40, pattern=r"^[^\x00]*$")]
    kind: Literal["goods", "bundle"] = "goods"
    parts: Annotated[tuple[Part, ...], Meta(max_length=50)] = ()
    country: Annotated[str, Meta(pattern=r"^[A-Z]{2}$")] | None = None
    account: dict[str, Annotated[str, Meta(max_length=9)]] = {}
    at: Annotated[datetime, Meta(tz=True)] | None = None
    cut_off: time | None = None
    is_active: bool = True


@pytest.mark.parametrize(
    ("place", "zh", "en"),
    [
        ("rows[0].parts[3].quantity", "1 到 9,999 的整数", "a whole number from 1 to 9,999"),
        (
            "rows[0].parts[3].price_minor",
            "0 到 100,000 的整数（最小货币单位，如分）",
            "a whole number of minor units (such as cents) from 0 to 100,000",
        ),
        ("rows[0].parts", "列表（最多 50 项）", "a list of at most 50"),
        ("rows[0].name", "1 到 40 个字符", "1 to 40 characters"),
        ("rows[0].kind", "以下之一：bundle、goods", "one of: bundle, goods"),
        ("rows[0].country", "2 位大写国家代码，如 CN", "a country of two capital letters such as CN"),
        ("rows[0].account[...]", "最多 9 个字符", "at most 9 characters"),
        ("rows[0].at", "带时区的时间，如 2026-06-18T09:30:00+08:00", "a time with its zone such as 2026-06-18T09:30:00+08:00"),
        ("rows[0].cut_off", "一天中的时间，如 18:00", "a time of the day such as 18:00"),
        ("rows[0].is_active", "true 或 false", "true or false"),
    ],
)
def test_each_kind_of_value_is_told_in_words_of_both_languages(place, zh, en):
    told = expected_at(msgspec.defstruct("Body", [("rows", list[Row])]), place)
    assert told is not None
    assert (told.zh, told.en) == (zh, en)


@pytest.mark.parametrize(
    ("bounds", "pattern", "zh", "en"),
    [
        ({}, r"^[A-Z]{2}$", "2 位大写国家代码，如 CN", "a country of two capital letters such as CN"),
        ({"max_length": 2}, r"^[A-Z]{2}$", "2 位大写国家代码，如 CN", "a country of two capital letters such as CN"),
        (
            {"min_length": 5, "max_length": 32},
            r"^[0-9+ \-]*[0-9][0-9+ \-]*$",
            "电话号码（数字、+、- 和空格），5 到 32 个字符",
            "a phone number (digits, +, - and blanks), 5 to 32 characters",
        ),
        ({"min_length": 4, "max_length": 40}, r"^[A-Za-z0-9-]*$", "字母、数字和 -，4 到 40 个字符", "letters, digits and -, 4 to 40 characters"),
        ({}, r"^[a-z_]*$", "小写字母和 _", "small letters and _"),
        ({"min_length": 1, "max_length": 64}, r"^[^\x00-\x20\x7f]+$", "1 到 64 个字符，不含空格", "1 to 64 characters, without blanks"),
        (
            {"min_length": 1, "max_length": 300},
            r"^[^\x00*]*[^\x00*\s][^\x00*]*$",
            "1 到 300 个字符，不含 *，不能全是空格",
            "1 to 300 characters, without *, not blanks alone",
        ),
        (
            {"min_length": 1, "max_length": 500},
            r"^[^\x00]*\S[^\x00]*$",
            "1 到 500 个字符，不能全是空格",
            "1 to 500 characters, not blanks alone",
        ),
        ({"max_length": 24}, r"^-?[0-9]{1,12}(\.[0-9]{1,8})?$", "数字，如 12.50（小数点前最多 12 位，后最多 8 位）", NUMBER),
    ],
)
def test_the_length_of_a_text_stands_beside_its_pattern_unless_that_holds_it(bounds, pattern, zh, en):
    told = expected_at(msgspec.defstruct("Body", [("text", Annotated[str, Meta(pattern=pattern, **bounds)])]), "text")
    assert told is not None
    assert (told.zh, told.en) == (zh, en)


def test_a_list_of_one_length_says_exactly_that():
    told = expected_at(msgspec.defstruct("Body", [("pair", Annotated[list[int], Meta(min_length=2, max_length=2)])]), "pair")
    assert told is not None
    assert (told.zh, told.en) == ("列表（正好 2 项），每项为整数", "a list of exactly 2, each a whole number")


def test_a_cell_takes_an_amount_where_a_body_takes_minor_units():
    told = expected_at(Part, "price_minor", money=expected.amount)
    assert told is not None
    assert (told.zh, told.en) == ("0.00 到 1,000.00 的金额（最多两位小数）", "an amount with at most two decimals from 0.00 to 1,000.00")
    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.convert({"quantity": 1, "price_minor": -1}, Part)
    assert [read_expected(Part, refused.value, money=words) for words in (expected.amount, expected.minor)] == [
        told,
        expected.minor(0, 100_000),
    ]


def test_the_forms_of_the_console_know_the_bounds_of_money():
    said = {
        re.search(pattern, (CONSOLE / path).read_text())[1].replace("_", "")
        for path, pattern in (("masters/form-fields.ts", r"COST_MOST = ([0-9_]+)"), ("settings/merchant.tsx", r"PENALTY_MAX_MINOR = ([0-9_]+)"))
    }
    bounds = {expected_at(kind, name) for kind, name in MONEY_FIELDS}
    assert {expected.minor(0, int(most)) for most in said} == bounds


def test_a_place_that_is_not_there_expects_nothing():
    assert [expected_at(Row, place) for place in ("nix", "parts[0].nix", "name[0]")] == [None] * 3


def test_it_is_read_of_what_msgspec_refuses():
    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.convert({"name": "x", "parts": [{"quantity": 0}]}, Row)
    told = read_expected(Row, refused.value)
    assert told is not None
    assert told.en == "a whole number from 1 to 9,999"


def test_every_pattern_at_the_doors_has_words():
    # A time of day is told by its type.
    assert patterns_of(json.loads(OPENAPI.read_text())) - {NO_NUL, TIME_OF_DAY} <= WHOLE.keys() | KINDS.keys() | TEXTS.keys()


def patterns_of(node: Any) -> set[str]:
    """Every pattern of the description."""
    if isinstance(node, list):
        return {pattern for inner in node for pattern in patterns_of(inner)}
    if not isinstance(node, dict):
        return set()
    own = {node["pattern"]} if isinstance(node.get("pattern"), str) else set()
    return own | {pattern for inner in node.values() for pattern in patterns_of(inner)}
