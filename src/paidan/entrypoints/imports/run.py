"""Import of files: `import_file` does it, `read_file` for a transaction of the caller's. A bad row comes back with why and never stops the others."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from paidan.channels.sheet.read import Row
from paidan.entrypoints.imports.columns import Field, by_header, plain
from paidan.entrypoints.imports.kinds import KINDS, Kind, Means, Values
from paidan.entrypoints.imports.orders import FIELDS as ORDER_FIELDS
from paidan.entrypoints.imports.orders import ORDERS, read_orders_file
from paidan.entrypoints.imports.preview import RowProblem
from paidan.entrypoints.imports.read import rows_of, text_of
from paidan.entrypoints.imports.report import Header, ImportReport, Write, report_of, template
from paidan.entrypoints.imports.stored import Told, with_stored
from paidan.kernel.errors import BadInput
from paidan.kernel.expected import Expected, after_row
from paidan.kernel.expected import amount as money
from paidan.kernel.outcomes import Effect, Outcome
from paidan.kernel.reasons import Reason
from paidan.runtime.database import Tx
from paidan.runtime.expectations import expected_at, read_expected

FILE_KINDS: Final = (*KINDS, ORDERS)


class Record(Told, kw_only=True):
    """Rows that are one record: their numbers, the struct made of them, and the fields that they told of it."""

    numbers: list[int]


def import_file(means: Means, kind: str, content: bytes, *, shop: str = "", actor: str = "user:import") -> ImportReport:
    """Import a file in one transaction. `shop`: code of the shop orders are for.

    Raises BadInput for the file as a whole: unreadable, wrongly encoded, too large, without a needed column, of an unknown kind.
    """
    write = read_file(means, kind, content, shop=shop, actor=actor)
    with means.database.transaction() as tx:
        return write(tx)


def read_file(means: Means, kind: str, content: bytes, *, shop: str = "", actor: str = "user:import", is_previewed: bool = False) -> Write:
    """Read and check a file as `import_file` does; what it gives writes the good rows in a transaction and tells what became of all of them.

    `is_previewed`: the report has a preview, for a person who has not decided yet.

    A large file is read longer than a transaction may sit idle, so none is open meanwhile.
    """
    if kind == ORDERS:
        return read_orders_file(means, content, shop, is_previewed=is_previewed)
    if kind not in KINDS:
        raise BadInput(Reason.FIELD_INVALID, "kind")
    return _read_masters(means, KINDS[kind], content, actor, is_previewed=is_previewed)


def template_of(kind: str) -> bytes:
    """An empty XLSX file of this kind. Raises BadInput for an unknown one."""
    if kind == ORDERS:
        return template(ORDER_FIELDS)
    if kind not in KINDS:
        raise BadInput(Reason.FIELD_INVALID, "kind")
    return template(KINDS[kind].fields)


def _read_masters(means: Means, kind: Kind, content: bytes, actor: str, *, is_previewed: bool) -> Write:
    known = by_header(kind.fields)
    rows = rows_of(content, known.keys())
    columns, ignored = _header(rows[0], known, kind.fields)
    wrong: list[RowProblem] = []
    records = _records(kind, rows, columns, wrong)
    header = Header(fields_by_place={place: field.name for place, field in columns.items()}, ignored=ignored)

    def write(tx: Tx) -> ImportReport:
        written = with_stored(tx, kind, records)
        outcomes = kind.write(tx, means, written, means.clock.now(), actor) if written else []
        problems = list(wrong)
        effects: dict[int, Effect] = {}
        for record, outcome in zip(records, outcomes, strict=True):
            if outcome.effect == Effect.REFUSED:
                problems += _told(record, outcome)
            else:
                effects |= dict.fromkeys(record.numbers, outcome.effect)
        names = {field.name: field.zh[0] for field in kind.fields}
        report = report_of(kind.name, rows, effects, problems, header, names, is_previewed=is_previewed)
        return replace(report, taken=tuple(str(outcome.id) for outcome in outcomes if outcome.id))

    return write


def _header(row: Row, known: dict[str, Field], fields: Sequence[Field]) -> tuple[dict[int, Field], list[str]]:
    """Field of each place, and the headers nobody knows. The reason columns of an error file are passed over."""
    found = [(place, plain(cell)) for place, cell in enumerate(row) if cell is not None and plain(cell)]
    columns = {place: known[header] for place, header in found if header in known}
    names = [field.name for field in columns.values()]
    missing = [field.heading for field in fields if field.is_needed and field.name not in names]
    if missing:
        raise BadInput(Reason.FIELD_MISSING, ", ".join(missing))
    if twice := [name for name in names if names.count(name) > 1]:
        raise BadInput(Reason.DUPLICATE_KEY, twice[0])
    return columns, [header[:60] for _, header in found if header not in known and header not in {"原因", "reason"}]


def _records(kind: Kind, rows: Sequence[Row], columns: dict[int, Field], problems: list[RowProblem]) -> list[Record]:
    """The records that can be written; what is wrong with the others is added to `problems`."""
    groups: dict[str, list[tuple[int, Values]]] = {}
    spoiled: dict[str, int] = {}
    for number, row in enumerate(rows[1:], start=2):
        if all(cell is None or not str(cell).strip() for cell in row):
            continue
        values, wrong = _values(kind, number, row, columns)
        problems += wrong
        key = str(values.get(kind.group, number)) if kind.group else str(number)
        groups.setdefault(key, []).append((number, values))
        if wrong:
            spoiled.setdefault(key, number)
    records = []
    for key, group in groups.items():
        numbers = [number for number, _ in group]
        if key in spoiled:
            bad = {problem.row for problem in problems}
            problems += [RowProblem(row=n, field="", reason=Reason.FIELD_INVALID, expected=after_row(spoiled[key])) for n in numbers if n not in bad]
        elif (record := _record(kind, numbers, [values for _, values in group], problems)) is not None:
            records.append(record)
    return records


def _values(kind: Kind, number: int, row: Row, columns: dict[int, Field]) -> tuple[Values, list[RowProblem]]:
    """The values of a row; empty cells leave what is stored, or the default."""
    values: dict[str, Any] = {}
    wrong: list[RowProblem] = []
    for place, field in columns.items():
        try:
            text = text_of(row[place] if place < len(row) else None)
            if text:
                values[field.name] = field.turn(text)
            elif field.is_needed:
                wrong.append(RowProblem(row=number, field=field.name, reason=Reason.FIELD_MISSING))
        except (ValueError, KeyError, ArithmeticError):
            wrong.append(RowProblem(row=number, field=field.name, reason=Reason.FIELD_INVALID, expected=_expected(kind, field)))
    return values, wrong


def _expected(kind: Kind, field: Field) -> Expected | None:
    """What a cell of this column should hold: as its column says, figures with the bounds of the record."""
    return (expected_at(kind.row, field.name, money=money) if field.is_figure else None) or field.expected


def _record(kind: Kind, numbers: list[int], rows: Sequence[Values], problems: list[RowProblem]) -> Record | None:
    try:
        values = kind.join(rows)
        given_by_row = [frozenset(row) for row in rows]
        return Record(numbers=numbers, row=msgspec.convert(values, kind.row), given=frozenset(values), given_by_row=given_by_row)
    except msgspec.ValidationError as error:
        field = _place(str(error))
        told = read_expected(kind.row, error, money=money)
        problems += [RowProblem(row=number, field=field, reason=Reason.FIELD_INVALID, expected=told) for number in numbers]
        return None


def _place(message: str) -> str:
    """`… - at `$.parts[0].quantity`` → parts; the text itself may quote values and is not shown."""
    _, _, path = message.partition("`$.")
    return path.rstrip("`").partition(".")[0].partition("[")[0]


def _told(record: Record, outcome: Outcome) -> list[RowProblem]:
    return [RowProblem(row=n, field=p.field, reason=p.reason, detail=p.detail, expected=p.expected) for n in record.numbers for p in outcome.problems]
