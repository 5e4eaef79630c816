"""Files → rows of cells. CSV (UTF-8 with or without mark, UTF-16 with mark, GB18030; comma, semicolon, tab or bar) and XLSX, XLS, ODS.

Whatever looks like a formula stays the text it is: nothing is evaluated, nothing is stripped.
"""

import csv
import io
import zipfile
from typing import Any, Final

from python_calamine import CalamineError, CalamineWorkbook

from paidan.channels.sheet.columns import column_of
from paidan.kernel.errors import BadInput
from paidan.kernel.reasons import Reason

SIZE_MAX: Final = 32 * 1024 * 1024
UNPACKED_MAX: Final = 256 * 1024 * 1024
ROWS_MAX: Final = 200_000
CELL_MAX: Final = 32_767  # characters a spreadsheet cell may hold
DELIMITERS: Final = ",;\t|"
Row = list[Any]


def read_rows(content: bytes) -> list[Row]:
    """All rows of the (first) sheet, the header first; a row's number is its place, counted from 1. Raises BadInput for the file as a whole."""
    if len(content) > SIZE_MAX:
        raise BadInput(Reason.BODY_TOO_LARGE, "file")
    rows = _workbook(content) if content[:4] in {b"PK\x03\x04", b"\xd0\xcf\x11\xe0"} else _csv(decoded(content))
    if len(rows) > ROWS_MAX:
        raise BadInput(Reason.BODY_TOO_LARGE, "rows")
    return rows


def decoded(content: bytes) -> str:
    """The text of a CSV file. UTF-8 is tried first: text in GB18030 is hardly ever valid UTF-8. Raises BadInput."""
    encodings = ["utf-16"] if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise BadInput(Reason.ENCODING_WRONG, "file")


def delimiter_of(text: str) -> str:
    """The delimiter under which most cells of the first line are headers we know."""
    first = text.lstrip("\r\n").split("\n", 1)[0][:CELL_MAX]
    return max(DELIMITERS, key=lambda mark: sum(column_of(cell.strip('"\r ')) is not None for cell in first.split(mark)))


def _csv(text: str) -> list[Row]:
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text)))
    except csv.Error:  # a field beyond 131,072 characters
        raise BadInput(Reason.BODY_UNREADABLE, "csv") from None


def _workbook(content: bytes) -> list[Row]:
    try:
        if content[:2] == b"PK":
            _refuse_bomb(content)
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
        return [list(row) for row in sheet.to_python(skip_empty_area=False, nrows=ROWS_MAX + 1)]
    except (CalamineError, zipfile.BadZipFile, IndexError, OSError, ValueError):
        raise BadInput(Reason.BODY_UNREADABLE, "workbook") from None


def _refuse_bomb(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > UNPACKED_MAX:
            raise BadInput(Reason.BODY_TOO_LARGE, "workbook")
