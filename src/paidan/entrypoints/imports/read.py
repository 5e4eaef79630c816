"""Files → rows of text. CSV in UTF-8 or GB18030 with any usual delimiter, XLSX, XLS, ODS; nothing is evaluated."""

import csv
import io
import math
from collections.abc import Collection
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final

from paidan.channels.sheet.read import DELIMITERS, Row, decoded, read_rows
from paidan.entrypoints.imports.columns import plain
from paidan.kernel.errors import BadInput
from paidan.kernel.reasons import Reason

WORKBOOKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
FIRST_LINE_MAX: Final = 32_767
ROWS_MAX: Final = 200_000
EXACT_MAX: Final = 2**53  # beyond it a spreadsheet has lost digits of a number
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def rows_of(content: bytes, headers: Collection[str]) -> list[Row]:
    """All rows, the header first. Raises BadInput for the file as a whole: unreadable, wrongly encoded, too large, empty."""
    rows = read_rows(content) if content[:4] in WORKBOOKS else _csv(decoded(content), headers)
    if len(rows) > ROWS_MAX:
        raise BadInput(Reason.BODY_TOO_LARGE, "rows")
    if not rows:
        raise BadInput(Reason.BODY_UNREADABLE, "file is empty")
    return rows


def _csv(text: str, headers: Collection[str]) -> list[Row]:
    first = text.lstrip("\r\n").split("\n", 1)[0][:FIRST_LINE_MAX]
    delimiter = max(DELIMITERS, key=lambda mark: sum(plain(cell.strip('"\r ')) in headers for cell in first.split(mark)))
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:  # a field beyond 131,072 characters
        raise BadInput(Reason.BODY_UNREADABLE, "csv") from None


def text_of(cell: Any) -> str:
    """What people see in a cell. Raises ValueError for a number that the spreadsheet has rounded.

    The apostrophe that an error file puts before text like a formula is taken off again.
    """
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, int | float):
        return _number(cell)
    if isinstance(cell, datetime | date | time):
        return cell.strftime("%H:%M") if isinstance(cell, time) else cell.isoformat()
    text = str(cell).strip()
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA_STARTS) else text


def _number(cell: float) -> str:
    if not math.isfinite(cell) or abs(cell) >= EXACT_MAX:
        raise ValueError("digits are lost")
    return str(int(cell)) if cell == int(cell) else format(Decimal(repr(cell)), "f")
