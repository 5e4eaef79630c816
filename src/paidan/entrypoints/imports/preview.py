"""What a person is shown of a file before it is imported: its first rows and the bad ones as they were read, and how often each thing is wrong.

A file of 50,000 rows is told in a few hundred: the good ones beyond the first look like the first.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from paidan.channels.sheet.read import Row
from paidan.entrypoints.imports.read import text_of
from paidan.kernel.expected import Expected
from paidan.kernel.outcomes import Effect
from paidan.kernel.reasons import Reason

FIRST_ROWS: Final = 20
PROBLEMS_SHOWN: Final = 1_000
CELL_SHOWN: Final = 120
"""Characters of a cell; the file itself keeps the rest."""
COLUMNS_SHOWN: Final = 100


class RowProblem(Struct, frozen=True, kw_only=True):
    """What is wrong where. Rows count from 1, the header being 1; `field` empty: the whole row. `column`: the field's heading in the template.

    `expected`: what would be right.
    """

    row: int
    field: str
    reason: Reason
    detail: str = ""
    column: str = ""
    expected: Expected | None = None


class PreviewHeading(Struct, frozen=True, kw_only=True):
    """A column of the file as it is headed there. `field` empty: nobody knows it, and it is not used."""

    text: str
    field: str


class PreviewRow(Struct, frozen=True, kw_only=True):
    """A row of the file: its number (the header is 1) and its cells as they were read, long ones cut.

    `effect`: what importing it would do with its record; null: it is not imported.
    """

    row: int
    cells: tuple[str, ...]
    effect: Literal["created", "changed", "same"] | None = None


class ProblemCount(Struct, frozen=True, kw_only=True):
    """How many times something is wrong in a column; `field` empty: with rows as a whole."""

    reason: Reason
    field: str
    column: str
    count: int


class EffectCounts(Struct, frozen=True, kw_only=True):
    """Rows whose records are new, that change what is stored, and that leave it as it is."""

    created: int
    changed: int
    same: int


class Preview(Struct, frozen=True, kw_only=True):
    """The first rows and those of the problems told; `counts` are of all problems, the commonest first, `effects` of all good rows."""

    headings: tuple[PreviewHeading, ...]
    rows: tuple[PreviewRow, ...]
    counts: tuple[ProblemCount, ...]
    effects: EffectCounts


def preview_of(
    rows: Sequence[Row], fields_by_place: Mapping[int, str], problems: Sequence[RowProblem], effects_by_row: Mapping[int, Effect]
) -> Preview:
    """The preview of a file: all of its problems are counted, the rows of `told_first` are shown. `effects_by_row`: of the good ones."""
    shown = {problem.row for problem in told_first(problems)}
    numbers = sorted(shown | set(_first_numbers(rows)))
    return Preview(
        headings=tuple(PreviewHeading(text=_cell(cell), field=fields_by_place.get(place, "")) for place, cell in enumerate(rows[0][:COLUMNS_SHOWN])),
        rows=tuple(
            PreviewRow(row=number, cells=tuple(_cell(cell) for cell in rows[number - 1][:COLUMNS_SHOWN]), effect=_written(effects_by_row.get(number)))
            for number in numbers
        ),
        counts=_counts(problems),
        effects=_effects(effects_by_row),
    )


def told_first(problems: Sequence[RowProblem], most: int = PROBLEMS_SHOWN) -> tuple[RowProblem, ...]:
    """At most so many problems by row, some of every kind: what is wrong once at the end of a file is not hidden behind a thousand of one kind."""
    if len(problems) <= most:
        return tuple(problems)
    seen: defaultdict[tuple[str, Reason], int] = defaultdict(int)
    ranked: list[tuple[int, int]] = []
    for place, problem in enumerate(problems):
        ranked.append((seen[problem.field, problem.reason], place))
        seen[problem.field, problem.reason] += 1
    return tuple(problems[place] for place in sorted(place for _, place in sorted(ranked)[:most]))


def _counts(problems: Sequence[RowProblem]) -> tuple[ProblemCount, ...]:
    counted = Counter(replace(problem, row=0, detail="") for problem in problems)
    return tuple(ProblemCount(reason=one.reason, field=one.field, column=one.column, count=count) for one, count in counted.most_common())


def _written(effect: Effect | None) -> Literal["created", "changed", "same"] | None:
    match effect:
        case Effect.CREATED:
            return "created"
        case Effect.CHANGED:
            return "changed"
        case Effect.SAME:
            return "same"
        case _:
            return None


def _effects(effects_by_row: Mapping[int, Effect]) -> EffectCounts:
    counted = Counter(effects_by_row.values())
    return EffectCounts(created=counted[Effect.CREATED], changed=counted[Effect.CHANGED], same=counted[Effect.SAME])


def _first_numbers(rows: Sequence[Row]) -> list[int]:
    found: list[int] = []
    for number, row in enumerate(rows[1:], start=2):
        if any(cell is not None and str(cell).strip() for cell in row):
            found.append(number)
            if len(found) == FIRST_ROWS:
                break
    return found


def _cell(cell: Any) -> str:
    try:
        text = text_of(cell)
    except ValueError:  # a number whose last digits the spreadsheet has lost
        text = str(cell)
    return text if len(text) <= CELL_SHOWN else f"{text[:CELL_SHOWN]}…"
