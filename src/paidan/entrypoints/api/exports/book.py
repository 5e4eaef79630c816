"""Workbooks written as their rows come: constant memory however many rows. Long numbers are text; nothing is taken for a formula."""

import io
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, Final

import xlsxwriter

from paidan.channels.sheet.read import CELL_MAX
from paidan.entrypoints.imports.report import LONG_NUMBER, SAFE, neutral

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN_IN: Final = timezone(timedelta(hours=8))
STREAMED: Final = {**SAFE, "in_memory": False, "constant_memory": True}
WIDTH: Final = 18

Cell = str | bool | int | float | Decimal | datetime | None
"""What stands in a cell; a Decimal is an amount in major units."""
YES_NO: Final = {"zh": {True: "是", False: "否"}, "en": {True: "yes", False: "no"}}


def write_book(title: str, headers: Sequence[str], rows: Iterable[Sequence[Cell]], language: str) -> bytes:
    """The file: one header row, then the rows in their order. Cells wait in a file of their own, not in memory."""
    output = io.BytesIO()
    book = xlsxwriter.Workbook(output, STREAMED)
    sheet = book.add_worksheet(title)
    money, head = book.add_format({"num_format": "0.00"}), book.add_format({"bold": True})
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, max(len(headers) - 1, 0), WIDTH)
    for column, header in enumerate(headers):
        sheet.write_string(0, column, header, head)
    for line, row in enumerate(rows, 1):
        for column, cell in enumerate(row):
            _write(sheet, line, column, cell, money, language)
    book.close()
    return output.getvalue()


def _write(sheet: Any, line: int, column: int, cell: Cell, money: Any, language: str) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, bool):
        sheet.write_string(line, column, YES_NO[language][cell])
    elif isinstance(cell, Decimal):
        sheet.write_number(line, column, float(cell), money)
    elif isinstance(cell, int | float) and abs(cell) < LONG_NUMBER:
        sheet.write_number(line, column, cell)
    elif isinstance(cell, datetime):
        sheet.write_string(line, column, f"{cell.astimezone(SHOWN_IN):%Y-%m-%d %H:%M:%S}")
    else:
        sheet.write_string(line, column, neutral(str(cell))[:CELL_MAX])
