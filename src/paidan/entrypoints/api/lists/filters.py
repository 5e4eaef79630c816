"""Reads the filters of the list of orders, as its address says them. Closed: anything else is refused, with what the field takes."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from paidan.entrypoints.api.lists.askable import FILTER, operators_of, values_of
from paidan.entrypoints.api.lists.former import as_asked_now
from paidan.entrypoints.api.lists.kinds import FEW_VALUES, TEXT_MAX, VALUES_MAX, Field, Filter, Kind, Moment, Op
from paidan.entrypoints.api.problems import invalid

NUMBER_MAX: Final = 2**53


def read_filter(text: str, fields: dict[str, Field], moment: Moment) -> Filter:
    """`field:op:value|value`. Raises Refused, naming the filter's field, for whatever is not of the closed list."""
    name, _, rest = as_asked_now(text).partition(":")
    op_name, _, told = rest.partition(":")
    field = fields.get(name)
    if field is None or field.ask is None or op_name not in field.operators or "\0" in told:
        told_name = name[:40] if name.isidentifier() else ""
        raise invalid("f", detail=told_name, expected=operators_of(field) if field is not None and field.operators else FILTER)
    op = Op(op_name)
    parts = told.split("|")
    if len(parts) > VALUES_MAX or len(parts) != FEW_VALUES.get(op, len(parts)):
        raise invalid("f", detail=name, expected=values_of(field, op))
    try:
        values = tuple(_read(field, op, part.strip(), moment) for part in parts)
    except (ValueError, OverflowError):
        raise invalid("f", detail=name, expected=values_of(field, op)) from None
    return Filter(field=field, op=op, values=values)


_RELATIVE: Final = re.compile(r"now(?:(?P<sign>[+-])(?P<count>[0-9]{1,4})(?P<unit>[mhd]))?")
_UNITS: Final = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_FLAGS: Final = {"true": True, "false": False}


def _read(field: Field, op: Op, text: str, moment: Moment) -> Any:
    if op == Op.NONE or field.kind == Kind.FLAG:
        if text not in _FLAGS:
            raise ValueError(text)
        return _FLAGS[text]
    if field.kind in {Kind.NUMBER, Kind.MONEY}:
        number = int(text)
        if abs(number) > NUMBER_MAX:
            raise ValueError(text)
        return number
    if field.kind == Kind.INSTANT:
        return _instant(text, moment.now)
    if not text or len(text) > TEXT_MAX or not field.knows(text):
        raise ValueError(text)
    return text


def _instant(text: str, now: datetime) -> datetime:
    """ISO 8601 with offset, or `now`, `now-7d`, `now+2h`, `now+30m`."""
    if found := _RELATIVE.fullmatch(text):
        if found["sign"] is None:
            return now
        shift = int(found["count"]) * _UNITS[found["unit"]]
        return now + shift if found["sign"] == "+" else now - shift
    # An unescaped + of an offset comes as a blank.
    instant = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
    if instant.tzinfo is None:
        raise ValueError(text)
    return instant.astimezone(UTC)
