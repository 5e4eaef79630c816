"""Rows of a binary COPY come back as they went in, whatever wrote them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from paidan.entrypoints.installation import Installation
from paidan.runtime.copying import Cursor
from paidan.runtime.database import Tx
from paidan.runtime.rows import array, copied_together, copy, copy_numbers

INSTANTS = (
    datetime(2000, 1, 1, tzinfo=UTC),
    datetime(1999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    datetime(2026, 11, 11, 8, 0, 0, 1, tzinfo=timezone(timedelta(hours=8))),
    datetime(9999, 12, 31, tzinfo=UTC),
    datetime(1, 1, 1, tzinfo=UTC),
)


@pytest.fixture
def tx(server: Installation) -> Iterator[Tx]:
    """A connection that may make tables for the length of a test."""
    with psycopg.connect(server.owner_url, cursor_factory=Cursor) as connection:
        connection.execute("SET timezone TO 'UTC'")
        yield connection
        connection.rollback()


def test_what_is_copied_is_read_again(tx: Tx) -> None:
    rows = [
        (n, instant, {"a": [1, "一"], "n": None}, Jsonb({"b": {}}), [10, -3], [], [1 << 62], b"\x00\xff")
        for n, instant in enumerate((*INSTANTS, INSTANTS[0]))
    ]
    tx.execute("CREATE TEMP TABLE copied (n int8, at timestamptz, a jsonb, b jsonb, path int2[], none int2[], ids int8[], blob bytea)")
    types = "int8 timestamptz jsonb jsonb int2[] int2[] int8[] bytea".split()
    copy(tx, "COPY copied FROM STDIN (FORMAT BINARY)", [*rows, (99, None, None, None, None, None, None, None)], types=types)
    back = tx.execute("SELECT * FROM copied ORDER BY n").fetchall()
    assert back == [(*row[:3], row[3].obj, *row[4:]) for row in rows] + [(99, *[None] * 7)]
    assert tx.execute("SELECT array_lower(path, 1), array_ndims(path), array_ndims(none) FROM copied WHERE n = 0").fetchone() == (1, 1, None)


def test_an_instant_without_a_zone_is_refused(tx: Tx) -> None:
    tx.execute("CREATE TEMP TABLE copied (at timestamptz)")
    with pytest.raises(TypeError), tx.transaction():
        copy(tx, "COPY copied FROM STDIN (FORMAT BINARY)", [(datetime(2026, 1, 1),)], types=["timestamptz"])  # noqa: DTZ001 - what is refused


def test_numbers_are_copied_in_one_piece(tx: Tx) -> None:
    rows = [(1 << 62, -2, True, -(1 << 31)), (0, 32767, False, 7)]
    tx.execute("CREATE TEMP TABLE copied (a int8, b int2, c bool, d int4)")
    copy_numbers(tx, "COPY copied FROM STDIN (FORMAT BINARY)", rows, "int8 int2 bool int4".split())
    copy_numbers(tx, "COPY copied FROM STDIN (FORMAT BINARY)", [], "int8 int2 bool int4".split())
    assert tx.execute("SELECT * FROM copied ORDER BY a DESC").fetchall() == rows


def test_copies_said_together_are_one_command_and_the_rows_of_each_are_there(tx: Tx) -> None:
    tx.execute("CREATE TEMP TABLE one (a int8)")
    tx.execute("CREATE TEMP TABLE two (a int8, b text)")
    large = "大" * 100_000  # more than one block
    with copied_together(tx):
        copy(tx, "COPY one FROM STDIN (FORMAT BINARY)", [(1,), (2,)], types=["int8"])
        copy(tx, "COPY two FROM STDIN (FORMAT BINARY)", [(1, large), (2, None)], types=["int8", "text"])
        copy_numbers(tx, "COPY one FROM STDIN (FORMAT BINARY)", [(3,)], ["int8"])
        assert tx.execute("SELECT count(*) FROM one").fetchone() == (0,)
    assert tx.execute("SELECT a FROM one ORDER BY a").fetchall() == [(1,), (2,), (3,)]
    assert tx.execute("SELECT a, b FROM two ORDER BY a").fetchall() == [(1, large), (2, None)]
    with copied_together(tx):
        pass


@pytest.mark.parametrize("bad", ["first", "last"])
def test_a_copy_that_is_refused_tells_why_and_leaves_the_connection_in_order(tx: Tx, bad: str) -> None:
    tx.execute("CREATE TEMP TABLE first (a int8 CHECK (a > 0))")
    tx.execute("CREATE TEMP TABLE last (a int8 CHECK (a > 0))")

    def write() -> None:
        with tx.transaction(), copied_together(tx):
            copy(tx, "COPY first FROM STDIN (FORMAT BINARY)", [(-1 if bad == "first" else 1,)], types=["int8"])
            copy(tx, "COPY last FROM STDIN (FORMAT BINARY)", [(-1 if bad == "last" else 1,)], types=["int8"])

    with pytest.raises(psycopg.errors.CheckViolation):
        write()
    assert tx.execute("SELECT (SELECT count(*) FROM first), (SELECT count(*) FROM last)").fetchone() == (0, 0)


def test_nothing_is_copied_when_the_block_fails(tx: Tx) -> None:
    tx.execute("CREATE TEMP TABLE one (a int8)")

    def fail() -> None:
        with copied_together(tx):
            copy(tx, "COPY one FROM STDIN (FORMAT BINARY)", [(1,)], types=["int8"])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    copy(tx, "COPY one FROM STDIN (FORMAT BINARY)", [(2,)], types=["int8"])
    assert tx.execute("SELECT a FROM one").fetchall() == [(2,)]


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])  # nothing is written
@given(st.lists(st.one_of(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), st.none())))
def test_texts_are_read_as_they_were(tx: Tx, texts: list[str | None]) -> None:
    assert tx.execute("SELECT %(texts)s::text[]", {"texts": array(texts)}).fetchone() == (texts,)


@pytest.mark.parametrize("texts", [[""], ["NULL", "null"], ["a,b", "{c}"], [" "], ['"'], ["\\"], ["一", "b\n"]])
def test_texts_that_mean_something_in_an_array_are_texts(tx: Tx, texts: list[str]) -> None:
    assert tx.execute("SELECT %(texts)s::text[]", {"texts": array(texts)}).fetchone() == (texts,)


@pytest.mark.parametrize("values", [INSTANTS, [INSTANTS[2], None], [None]])
def test_instants_are_read_as_they_were(tx: Tx, values: list[datetime | None]) -> None:
    assert tx.execute("SELECT %(ats)s::timestamptz[]", {"ats": array(values)}).fetchone() == (list(values),)
