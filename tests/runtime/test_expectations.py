"""What is expected where something was refused: told from the types at the doors, in both languages."""

import json
import re
from datetime import datetime, time
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import pytest
from msgspec import Meta, Struct

from paidan.entrypoints.api.merchant_settings import SourcingBody
from paidan.kernel import expected
from paidan.network.rows import TierRow, WarehouseRow
from paidan.runtime.expectations import PATTERNS, TEXTS, expected_at, read_expected

ROOT = Path(__file__).parents[2]
OPENAPI = ROOT / "docs" / "openapi.json"
CONSOLE = ROOT / "console" / "src"
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
    assert patterns_of(json.loads(OPENAPI.read_text())) <= PATTERNS.keys() | TEXTS.keys()


def patterns_of(node: Any) -> set[str]:
    """Every pattern of the description."""
    if isinstance(node, list):
        return {pattern for inner in node for pattern in patterns_of(inner)}
    if not isinstance(node, dict):
        return set()
    own = {node["pattern"]} if isinstance(node.get("pattern"), str) else set()
    return own | {pattern for inner in node.values() for pattern in patterns_of(inner)}
