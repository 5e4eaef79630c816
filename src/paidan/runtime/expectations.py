"""What a type expects at a place of it, in words: told when a value was refused there. The types at the doors are the only source."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final

import msgspec
from msgspec import inspect

from paidan.kernel import expected
from paidan.kernel.expected import Expected

Money = Callable[[int | None, int | None], Expected]
"""How money within bounds of minor units is told: `expected.minor` to programs, `expected.amount` where people write it."""

STEP: Final = re.compile(r"\[[^\]]*\]|[^.\[\]]+")
MINOR_SUFFIX: Final = "_minor"
WHOLE: Final[Mapping[str, Expected]] = {
    r"^-?[0-9]{1,12}(\.[0-9]{1,8})?$": Expected(
        zh="数字，如 12.50（小数点前最多 12 位，后最多 8 位）",
        en="a number such as 12.50, with at most 12 digits before the point and 8 after it",
    ),
    r"^([0-9]{6}|[A-Z]{2}|\*)$": Expected(
        zh="6 位区划代码、2 位大写国家代码或 *", en="a division of six digits, a country of two capital letters, or *"
    ),
    r"^[A-Z]{2}$": Expected(zh="2 位大写国家代码，如 CN", en="a country of two capital letters such as CN"),
    r"^[A-Z]{3}$": Expected(zh="3 位大写币种代码，如 CNY", en="a currency of three capital letters such as CNY"),
    r"^[A-Za-z0-9_.-]{1,40}$": Expected(zh="1 到 40 个字母、数字或 _ . -", en="1 to 40 letters, digits or _ . -"),
    r"^[^\s\x00:|/]{1,40}$": Expected(zh="1 到 40 个字符，不含空格和 : | /", en="1 to 40 characters without blanks and : | /"),
    r"^(pick_list|packing_list|label)$": expected.one_of(("pick_list", "packing_list", "label")),
    r"^[a-z0-9_-]{1,40}$": Expected(zh="1 到 40 个小写字母、数字或 _ -", en="1 to 40 small letters, digits or _ -"),
    r"^[0-9]{0,6}$": Expected(zh="最多 6 位数字", en="at most 6 digits"),
    r"^[0-9]{4}$": Expected(zh="4 位数字", en="four digits"),
}
"""Patterns whose words hold the length."""
KINDS: Final[Mapping[str, Expected]] = {
    r"^[a-z_]+-[0-9]{1,19}$": Expected(zh="种类-编号，如 hold-12", en="a kind and its number such as hold-12"),
    r"^[A-Za-z0-9-]*$": Expected(zh="字母、数字和 -", en="letters, digits and -"),
    r"^[0-9]{1,19}:[0-9]{1,19}:([0-9]{1,19}(,[0-9]{1,19})*)?$": Expected(zh="服务器给出的快照", en="a snapshot as the server told it"),
    r"^https?://[^\s]+$": Expected(zh="以 http:// 或 https:// 开头的网址", en="an address that begins with http:// or https://"),
    r"^[0-9+ \-]*[0-9][0-9+ \-]*$": Expected(zh="电话号码（数字、+、- 和空格）", en="a phone number (digits, +, - and blanks)"),
    r"^[0-9A-Za-z \-]*$": Expected(zh="字母、数字、空格和 -", en="letters, digits, blanks and -"),
    r"^[a-z_]{1,40}(:[A-Za-z0-9_-]{1,64})?$": Expected(zh="字段名，可加 :值", en="the name of a field, with :value if it takes one"),
    r"^([0-9]{6}(,[0-9]{6}){0,199})?$": Expected(zh="用逗号隔开的 6 位区划代码", en="divisions of six digits apart by commas"),
    r"^[a-z_]*$": Expected(zh="小写字母和 _", en="small letters and _"),
}
"""Patterns that say what kind of text it is: the length stands behind it."""
TEXTS: Final[Mapping[str, Expected]] = {
    r"^[^\x00*]*[^\x00*\s][^\x00*]*$": Expected(zh="不含 *，不能全是空格", en="without *, not blanks alone"),
    r"^[^\x00-\x20\x7f]+$": Expected(zh="不含空格", en="without blanks"),
    r"^[^\x00]*\S[^\x00]*$": Expected(zh="不能全是空格", en="not blanks alone"),
    r"^[^\s\x00-\x1f](.*[^\s\x00-\x1f])?$": Expected(zh="首尾没有空格", en="no blank at either end"),
    r"^([^\s\x00-\x1f](.*[^\s\x00-\x1f])?)?$": Expected(zh="首尾没有空格", en="no blank at either end"),
    r"^[^\x00-\x1f\x7f]*$": Expected(zh="只有一行", en="on one line"),
    r"^[^\x00-\x1f]*$": Expected(zh="只有一行", en="on one line"),
}
"""Patterns of which the length is told first."""
SEVERAL: Final = (inspect.ListType, inspect.VarTupleType, inspect.SetType, inspect.FrozenSetType)
PLAIN: Final[Mapping[type[inspect.Type], Expected]] = {
    inspect.BoolType: expected.SWITCH,
    inspect.DecimalType: expected.number(),
    inspect.DateType: expected.DATE,
    inspect.TimeType: expected.CLOCK,
    inspect.StructType: expected.RECORD,
    inspect.DictType: expected.RECORD,
}


def expected_at(kind: Any, place: str, *, money: Money = expected.minor) -> Expected | None:
    """What `kind` expects at a place such as `rows[0].cut_off`; None where it does not say."""
    found, name = _at(_info(kind), place)
    return None if found is None else _told(found, name, money)


@lru_cache(maxsize=512)
def _info(kind: Any) -> inspect.Type | None:
    try:
        return inspect.type_info(kind)
    except TypeError:
        return None  # not a type that is read at a door


def _at(info: inspect.Type | None, place: str) -> tuple[inspect.Type | None, str]:
    name = ""
    for step in STEP.findall(place):
        if info is None:
            break
        is_index = step.startswith("[")
        info = _inside(info, "" if is_index else step)
        name = name if is_index else step
    return info, name


def _inside(info: inspect.Type, step: str) -> inspect.Type | None:
    """The type one step further; an index when `step` is empty."""
    for one in _choices(info):
        if step and isinstance(one, inspect.StructType):
            if found := next((field for field in one.fields if step in {field.encode_name, field.name}), None):
                return found.type
        elif isinstance(one, inspect.DictType):
            return one.value_type
        elif not step and isinstance(one, SEVERAL):
            return one.item_type
    return None


def _choices(info: inspect.Type) -> list[inspect.Type]:
    if isinstance(info, inspect.Metadata):
        return _choices(info.type)
    return [one for part in info.types for one in _choices(part)] if isinstance(info, inspect.UnionType) else [info]


def _told(info: inspect.Type, name: str, money: Money) -> Expected | None:
    for one in _choices(info):
        if isinstance(one, inspect.NoneType | inspect.CustomType | inspect.AnyType):
            continue
        return _of(one, name, money)
    return None


def _of(one: inspect.Type, name: str, money: Money) -> Expected | None:  # noqa: PLR0911 - a line for each type
    if type(one) in PLAIN:
        return PLAIN[type(one)]
    if isinstance(one, inspect.IntType):
        return (money if name.endswith(MINOR_SUFFIX) else expected.whole)(*_bounds(one))
    if isinstance(one, inspect.FloatType):
        return expected.number(one.ge, one.le)
    if isinstance(one, inspect.StrType):
        return _of_text(one)
    if isinstance(one, inspect.DateTimeType):
        return expected.INSTANT if one.tz else expected.MOMENT
    if isinstance(one, inspect.EnumType | inspect.LiteralType):
        return expected.one_of(one.values if isinstance(one, inspect.LiteralType) else [member.value for member in one.cls])
    return _of_several(one, name, money)


def _bounds(one: inspect.IntType) -> tuple[int | None, int | None]:
    least = one.ge if one.gt is None else one.gt + 1
    most = one.le if one.lt is None else one.lt - 1
    return least, most


def _of_several(one: inspect.Type, name: str, money: Money) -> Expected | None:
    if not isinstance(one, SEVERAL):
        return None
    is_plain = not isinstance(one.item_type, inspect.StructType)
    return expected.several(one.min_length or 0, one.max_length, _told(one.item_type, name, money) if is_plain else None)


def _of_text(one: inspect.StrType) -> Expected:
    pattern = one.pattern or ""
    if pattern in WHOLE:
        return WHOLE[pattern]
    length = expected.text(one.min_length or 0, one.max_length)
    if pattern in KINDS:
        return KINDS[pattern] if one.max_length is None else _joined(KINDS[pattern], length)
    return _joined(length, TEXTS[pattern]) if pattern in TEXTS else length


def _joined(first: Expected, then: Expected) -> Expected:
    return Expected(zh=f"{first.zh}，{then.zh}", en=f"{first.en}, {then.en}")


def read_expected(kind: Any, error: msgspec.ValidationError, *, money: Money = expected.minor) -> Expected | None:
    """What `kind` expects where msgspec has refused it; the error's own words may quote what was sent, and are not told."""
    _, _, place = str(error).rpartition(" - at `$")
    return expected_at(kind, place.rstrip("`").lstrip("."), money=money)
