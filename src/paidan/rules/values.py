"""From the value JSON carries to the value a field is compared with. Strict: what does not fit is refused, never bent."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Annotated, Any, Final

import msgspec

from paidan.rules.conditions import MAX_VALUES, OPERATORS, Op, Shape, Value
from paidan.rules.fields import Field, FieldType

Operand = bool | int | Decimal | str | datetime | time | timedelta
"""What a field is compared with; all operands of one field are of one type and can be ordered."""

INTEGER_MAX: Final = 2**63 - 1
TEXT_MAX: Final = 200
HOURS_MAX: Final = 87_600  # ten years
_DECIMAL: Final = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,9})?", re.ASCII)
_TIME: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?", re.ASCII)
_YEARS: Final = range(1970, 2200)
_AwareDatetime = Annotated[datetime, msgspec.Meta(tz=True)]

AGE_UNITS: Final = {FieldType.AGE_HOURS: timedelta(hours=1), FieldType.AGE_DAYS: timedelta(days=1)}


class Unfit(ValueError):
    """A value does not fit its field or operator; in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en


def operand(field: Field, op: Op, value: Value) -> tuple[Operand, ...]:
    """The values the operator compares with, in the field's own Python type: none, one, a pair, or many without repetitions.

    Raises Unfit.
    """
    shape = OPERATORS[field.type][op]
    if shape is Shape.NOTHING:
        if value is not None:
            raise Unfit("不需要值", "takes no value")
        return ()
    if shape is Shape.HOURS:
        return (timedelta(hours=_hours(value)),)
    if shape is Shape.ONE:
        return (_scalar(field, value),)
    return _pair(field, value) if shape is Shape.PAIR else _many(field, value)


def _pair(field: Field, value: Value) -> tuple[Operand, ...]:
    if not isinstance(value, tuple) or len(value) != 2:  # noqa: PLR2004 - a pair has two
        raise Unfit("需要两个值", "takes two values")
    low: Any = _scalar(field, value[0])
    high: Any = _scalar(field, value[1])
    if high < low and field.type is not FieldType.TIME_OF_DAY:
        raise Unfit("起始值大于结束值", "the first value is above the second")
    return low, high


def _many(field: Field, value: Value) -> tuple[Operand, ...]:
    if not isinstance(value, tuple) or not value:
        raise Unfit("需要至少一个值", "takes a list of values")
    if len(value) > MAX_VALUES:
        raise Unfit(f"最多 {MAX_VALUES} 个值", f"takes at most {MAX_VALUES} values")
    return tuple(dict.fromkeys(_scalar(field, one) for one in value))


def _scalar(field: Field, value: Value) -> Operand:
    return _READERS[field.type](field, value)


def _hours(value: Value) -> int:
    if type(value) is not int or not 1 <= value <= HOURS_MAX:
        raise Unfit(f"需要 1 到 {HOURS_MAX} 的小时数", f"takes hours from 1 to {HOURS_MAX}")
    return value


def _integer(_field: Field, value: Value) -> int:
    if type(value) is not int or abs(value) > INTEGER_MAX:
        raise Unfit("需要整数", "takes a whole number")
    return value


def _decimal(_field: Field, value: Value) -> Decimal:
    if type(value) is int:
        return Decimal(_integer(_field, value))
    if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
        raise Unfit('需要十进制数文本，如 "12.5"', 'takes a decimal as text, such as "12.5"')
    return Decimal(value)


def _text(_field: Field, value: Value) -> str:
    if not isinstance(value, str) or not 1 <= len(value) <= TEXT_MAX:
        raise Unfit(f"需要 1 到 {TEXT_MAX} 个字的文本", f"takes a text of 1 to {TEXT_MAX} characters")
    if "\0" in value or any("\ud800" <= char <= "\udfff" for char in value):
        raise Unfit("文本含有不可存储的字符", "the text has characters that cannot be stored")
    return value


def _code(field: Field, value: Value) -> str:
    code = _text(field, value)
    if field.options and all(option.code != code for option in field.options):
        raise Unfit(f"没有选项 {code}", f"has no option {code}")
    return code


def _boolean(_field: Field, value: Value) -> bool:
    if type(value) is not bool:
        raise Unfit("需要是或否", "takes true or false")
    return value


def _instant(_field: Field, value: Value) -> datetime:
    if isinstance(value, str):
        try:
            at = msgspec.convert(value, _AwareDatetime)
        except msgspec.ValidationError:
            pass
        else:
            if at.year in _YEARS:
                return at.astimezone(UTC)
    raise Unfit("需要带时区的时刻，如 2026-11-11T00:00:00+08:00", "takes an instant with its offset, such as 2026-11-11T00:00:00+08:00")


def _time_of_day(_field: Field, value: Value) -> time:
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        raise Unfit("需要时间，如 22:00", "takes a time of day, such as 22:00")
    return time.fromisoformat(value)


_READERS: Final[dict[FieldType, Callable[[Field, Value], Operand]]] = {
    FieldType.INTEGER: _integer,
    FieldType.MONEY_MINOR: _integer,
    FieldType.AGE_HOURS: _integer,
    FieldType.AGE_DAYS: _integer,
    FieldType.DECIMAL: _decimal,
    FieldType.TEXT: _text,
    FieldType.CODE: _code,
    FieldType.CODE_SET: _code,
    FieldType.BOOLEAN: _boolean,
    FieldType.INSTANT: _instant,
    FieldType.TIME_OF_DAY: _time_of_day,
}
