"""Cells → values of the direct format. A refusal says why, never what stood there."""

import math
import re
from datetime import date, datetime, time, tzinfo
from decimal import Decimal
from typing import Any, Final

from paidan.channels.sheet.columns import CHOICES, FLAGS, Column
from paidan.channels.sheet.read import CELL_MAX
from paidan.kernel.errors import BadInput
from paidan.kernel.reasons import Reason

_EXACT_MAX: Final = 2**53  # beyond it a spreadsheet has lost digits of a number
_COUNT_DIGITS_MAX: Final = 12
_SLASHES = re.compile(r"([0-9]{4})[/.年]([0-9]{1,2})[/.月]([0-9]{1,2})日?(.*)")
_CLOCK = re.compile(r"[ T]?([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")


def value_of(cell: Any, column: Column, zone: tzinfo) -> Any:
    """What goes into the direct format; None for an empty cell. Raises BadInput with the column."""
    if cell is None or cell == "" or (isinstance(cell, str) and not cell.strip()):
        return None
    try:
        return _READERS[column.kind](cell, column, zone)
    except (ValueError, KeyError, OverflowError):
        raise BadInput(Reason.FIELD_INVALID, column.field) from None


def _text(cell: Any, _column: Column, _zone: tzinfo) -> str:
    text = cell.strip() if isinstance(cell, str) else _number(cell)
    if len(text) > CELL_MAX:
        raise ValueError("longer than a cell")
    return text


def _number(cell: Any) -> str:
    """A number as people wrote it. Raises ValueError when the spreadsheet has rounded it."""
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        raise ValueError("not a number")  # noqa: TRY004 - a refusal like the others
    if not math.isfinite(cell) or abs(cell) >= _EXACT_MAX:
        raise ValueError("digits are lost")
    return str(int(cell)) if cell == int(cell) else format(Decimal(repr(cell)), "f")


def _count(cell: Any, _column: Column, _zone: tzinfo) -> int:
    text = _text(cell, _column, _zone)
    if not (text.isascii() and text.isdigit()) or len(text) > _COUNT_DIGITS_MAX:
        raise ValueError("not a count")
    return int(text)


def _instant(cell: Any, _column: Column, zone: tzinfo) -> str:
    """Cells without a zone are the shop's time."""
    if isinstance(cell, datetime):
        at = cell
    elif isinstance(cell, date):
        at = datetime.combine(cell, time())
    else:
        at = _written(_text(cell, _column, zone))
    return (at if at.tzinfo else at.replace(tzinfo=zone)).isoformat()


def _written(text: str) -> datetime:
    if not text.isascii() and "年" not in text:
        raise ValueError("not a time")
    found = _SLASHES.fullmatch(text)
    if found is None:
        return datetime.fromisoformat(text)
    clock = _CLOCK.fullmatch(found[4]) if found[4].strip() else None
    if found[4].strip() and clock is None:
        raise ValueError("not a time")
    hour, minute, second = (int(part or 0) for part in clock.groups()) if clock else (0, 0, 0)
    return datetime(int(found[1]), int(found[2]), int(found[3]), hour, minute, second)  # noqa: DTZ001 - the zone is put on above


def _flag(cell: Any, _column: Column, zone: tzinfo) -> bool:
    return cell if isinstance(cell, bool) else FLAGS[_text(cell, _column, zone).lower()]


def _choice(cell: Any, column: Column, zone: tzinfo) -> str:
    return CHOICES[column.field][_text(cell, column, zone).lower()]


_READERS: Final = {"text": _text, "ref": _text, "amount": _text, "count": _count, "instant": _instant, "flag": _flag, "choice": _choice}
