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
from paidan.runtime.rows import array, copy, copy_numbers

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
