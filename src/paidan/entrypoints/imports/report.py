"""What became of a file: counts, problems by row and column, and an error file of the bad rows that can be corrected and imported again."""

import io
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, Final

import xlsxwriter
from msgspec import Struct
from msgspec.structs import replace

from paidan.channels.sheet.read import CELL_MAX, Row
from paidan.entrypoints.imports.columns import Field
from paidan.entrypoints.imports.preview import Preview, RowProblem, preview_of
from paidan.entrypoints.imports.read import FORMULA_STARTS
from paidan.kernel.outcomes import Effect
from paidan.kernel.reasons import words
from paidan.runtime.database import Tx

REASON_HEADERS: Final = ("原因", "Reason")
LONG_NUMBER: Final = 10**11  # spreadsheets show longer ones as 1.23E+11, and lose digits from 2^53 on
SAFE: Final = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": True,
    "nan_inf_to_errors": True,
}


class ImportReport(Struct, frozen=True, kw_only=True):
    """Rows accepted and rejected; `error_file` (XLSX) holds the rejected ones with their reasons, empty when there are none.

    `preview` is for the person who decides whether the file is taken: made only when it is asked for. `taken`: the orders' numbers on the platform,
    or the records' ids, so that these alone can be looked at.
    """

    kind: str
    accepted: int
    rejected: int
    preview: Preview | None = None
    problems: tuple[RowProblem, ...] = ()
    ignored_headers: tuple[str, ...] = ()
    error_file: bytes = b""
    taken: tuple[str, ...] = ()


class Header(Struct, frozen=True, kw_only=True):
    """What the first row says: the field of each place that has one, and the headers nobody knows."""

    fields_by_place: Mapping[int, str]
    ignored: Sequence[str]


Write = Callable[[Tx], ImportReport]


def report_of(
    kind: str,
    rows: Sequence[Row],
    effects_by_row: Mapping[int, Effect],
    problems: Sequence[RowProblem],
    header: Header,
    names: Mapping[str, str],
    *,
    is_previewed: bool,
) -> ImportReport:
    """The report on a file; `effects_by_row`: what its good rows did; `names`: the header of each field, for the error file."""
    told = tuple(replace(one, column=names.get(one.field, one.field)) for one in sorted(problems, key=lambda problem: problem.row))
    by_row: dict[int, list[RowProblem]] = {}
    for problem in problems:
        by_row.setdefault(problem.row, []).append(problem)
    return ImportReport(
        kind=kind,
        accepted=len(effects_by_row),
        rejected=len(by_row),
        preview=preview_of(rows, header.fields_by_place, told, effects_by_row) if is_previewed else None,
        problems=told,
        ignored_headers=tuple(header.ignored),
        error_file=error_file(rows, by_row, names) if by_row else b"",
    )


def error_file(rows: Sequence[Row], problems_by_row: Mapping[int, Sequence[RowProblem]], names: Mapping[str, str]) -> bytes:
    """The bad rows as they came, with why in zh and en behind them."""
    width = max(len(rows[0]), *(len(rows[number - 1]) for number in problems_by_row))
    table = [[*_padded(rows[0], width), *REASON_HEADERS]]
    for number in sorted(problems_by_row):
        told = [_sentences(problems_by_row[number], language, names) for language in ("zh", "en")]
        table.append([*_padded(rows[number - 1], width), *told])
    return workbook({"errors": table})


def _padded(row: Row, width: int) -> Row:
    return [*row, *[None] * (width - len(row))]


def _sentences(problems: Sequence[RowProblem], language: str, names: Mapping[str, str]) -> str:
    parts = []
    for problem in problems:
        where = names.get(problem.field, problem.field)
        detail = "".join(f" ({told})" for told in (problem.detail, _expected(problem, language)) if told)
        parts.append(f"{where}: {words(problem.reason, language)}{detail}" if where else f"{words(problem.reason, language)}{detail}")
    return "; ".join(parts)


def _expected(problem: RowProblem, language: str) -> str:
    if problem.expected is None:
        return ""
    return ("要求：" if language == "zh" else "expected: ") + problem.expected.words(language)


def workbook(sheets: Mapping[str, Sequence[Sequence[Any]]]) -> bytes:
    """An XLSX file. Formulas and links are off, text like a formula gets an apostrophe, long numbers stay text."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, SAFE)
    for name, table in sheets.items():
        sheet = book.add_worksheet(name)
        for row, cells in enumerate(table):
            for column, cell in enumerate(cells):
                _write(sheet, row, column, cell)
    book.close()
    return buffer.getvalue()


def _write(sheet: Any, row: int, column: int, cell: Any) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    elif isinstance(cell, int | float) and abs(cell) < LONG_NUMBER:
        sheet.write_number(row, column, cell)
    elif isinstance(cell, float):
        sheet.write_string(row, column, str(int(cell)) if cell == cell and abs(cell) != float("inf") else "")  # noqa: PLR0124 - NaN differs from itself
    else:
        text = cell.isoformat() if isinstance(cell, datetime | date | time) else str(cell)
        sheet.write_string(row, column, neutral(text)[:CELL_MAX])


def neutral(text: str) -> str:
    """Text that a spreadsheet would take for a formula, made harmless. `text_of` undoes it when the file comes back."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def template(fields: Sequence[Field]) -> bytes:
    """An empty file with the headers, and a sheet that explains them."""
    headers = [("*" if field.is_needed else "") + field.zh[0] for field in fields]
    explained: list[list[Any]] = [["列", "Column", "必填 Required", "说明 Note"]]
    explained += [[field.zh[0], field.en[0], "*" if field.is_needed else "", field.hint] for field in fields]
    return workbook({"rows": [headers], "columns": explained})
