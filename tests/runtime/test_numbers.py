from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paidan.runtime.database import Database
from paidan.runtime.numbers import NumberSource, check_digits, is_valid, parse, render

DAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("digits", "kind", "expected"),
    [
        ("7992739871", "check", "3"),  # the example of ISO/IEC 7812
        ("0", "check", "0"),
        ("SO-18", "check", "2"),
        ("794", "check97", "44"),  # the example of ISO 7064
    ],
)
def test_check_digits_agree_with_the_standards(digits: str, kind: str, expected: Any) -> None:
    assert check_digits(digits, kind) == expected


@pytest.mark.parametrize(
    ("pattern", "count", "gene", "expected"),
    [
        ("SO{yymmdd}{gene:2}{seq:6}", 42, 7, "SO26030207000042"),
        ("F{yyyy}-{mm}-{dd}-{seq:3}", 1234, 0, "F2026-03-02-1234"),
        ("{seq:4}{check}", 1, 0, "00018"),
    ],
)
def test_numbers_are_written_as_the_pattern_says(pattern: str, count: int, gene: int, expected: Any) -> None:
    assert render(parse(pattern), DAY, count, gene) == expected


@pytest.mark.parametrize(
    "pattern",
    [
        "SO",
        "SO{seq}",
        "SO{seq:0}",
        "{seq:3}X",
        "{seq:3}{dd}",
        "{seq:3}{seq:3}",
        "{check}{seq:3}",
        "so{seq:3}",
        "{gene:1}{gene:1}{seq:3}",
        "A{seq:3",
        "",
    ],
)
def test_patterns_that_could_repeat_or_can_not_be_read_are_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse(pattern)


parts = st.sampled_from(["SO", "9", "{yymmdd}", "{yy}", "{mm}", "{dd}", "{gene:2}"])
patterns = (
    st.lists(parts, max_size=4)
    .map("".join)
    .filter(lambda head: head.count("gene") < 2)
    .flatmap(lambda head: st.sampled_from([head + "{seq:1}", head + "{seq:2}{check}", head + "{seq:3}{check97}"]))
)
dates = st.integers(0, 800).map(lambda days: DAY + timedelta(days=days))


class OwnCounts:
    """Counts as number_block does, by period."""

    def __init__(self) -> None:
        self.next = {}

    def take(self, pattern: str, on_date: date) -> int:
        key = tuple(on_date.strftime(f) for name, f in [("yymmdd", "%y%m%d"), ("{yy}", "%y"), ("mm}", "%m"), ("dd}", "%d")] if name in pattern)
        self.next[key] = self.next.get(key, 0) + 1
        return self.next[key]


@given(patterns, st.lists(st.tuples(dates, st.integers(0, 63)), min_size=2, max_size=60))
def test_numbers_of_one_pattern_never_repeat_whatever_the_dates_and_genes(pattern: str, asked: list[tuple[date, int]]) -> None:
    counts, read = OwnCounts(), parse(pattern)
    numbers = [render(read, on_date, counts.take(pattern, on_date) * 7, gene) for on_date, gene in asked]
    assert len(set(numbers)) == len(numbers)
    assert all(is_valid(number, pattern) for number in numbers)


@given(st.integers(0, 10**8), st.integers(0, 7), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(count: int, at: Any, change: Any) -> None:
    number = render(parse("SO{seq:8}{check}"), DAY, count)
    digit = 2 + at
    wrong = number[:digit] + str((int(number[digit]) + change) % 10) + number[digit + 1 :]
    assert not is_valid(wrong, "SO{seq:8}{check}")


def test_threads_and_processes_never_get_the_same_number(database: Database) -> None:
    sources = [NumberSource(database, block=7) for _ in range(3)]
    pattern = "SO{yymmdd}{gene:2}{seq:2}{check}"

    def work(turn: int) -> list[str]:
        return sources[turn % 3].take(pattern, turn % 11, DAY + timedelta(days=turn % 2), [turn % 64] * (turn % 11))

    with ThreadPoolExecutor(4) as pool:
        numbers = [number for batch in pool.map(work, range(120)) for number in batch]
    assert len(numbers) == sum(turn % 11 for turn in range(120))
    assert len(set(numbers)) == len(numbers)


def test_a_day_without_year_goes_on_counting_next_year(database: Database) -> None:
    source = NumberSource(database, block=1)
    assert source.take("{mm}{dd}{seq:3}", 1, DAY) == ["0302001"]
    assert source.take("{mm}{dd}{seq:3}", 1, DAY.replace(year=2027)) == ["0302002"]


def test_one_gene_is_wanted_for_each_number(database: Database) -> None:
    with pytest.raises(ValueError, match="one gene per number"):
        NumberSource(database).take("{gene:2}{seq:3}", 2, DAY, [1])
    with pytest.raises(ValueError, match="does not fit"):
        NumberSource(database).take("{gene:1}{seq:3}", 1, DAY, [10])
