"""The SQL clause and the Python function are one meaning: on a real PostgreSQL, over rows with NULLs, empty texts, edges of numbers and time."""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, assume, example, given, note, settings
from sqlalchemy.dialects import postgresql

from paidan.rules.check import check
from paidan.rules.compile_python import compile_first
from paidan.rules.compile_sql import compile_clause
from paidan.rules.conditions import AllOf, Compare, Condition, Not, Op
from paidan.runtime.provision import Installation
from rules.rule_cases import CATALOGUE, COLUMNS, NOW, conditions, rows, subject_of

ROWS = rows()
SUBJECTS = [subject_of(row) for row in ROWS]
CREATE = """CREATE TEMP TABLE subject (id int, units bigint, amount bigint, rate numeric, remark text, shop text, platform text, colour text,
    classes text[], is_cod boolean, paid_at timestamptz, clock time, city text)"""
Ask = Callable[[Condition], list[int]]


@pytest.fixture(scope="module")
def ids_by_sql(server: Installation) -> Iterator[Ask]:
    """Ask PostgreSQL which rows a condition holds for. '-' in the city column is read as NULL by the field's expression."""
    with psycopg.connect(server.owner_url) as connection:
        connection.execute(CREATE)
        insert = f"INSERT INTO subject VALUES ({', '.join(['%s'] * (len(COLUMNS) + 2))})"
        with connection.cursor() as cursor:
            cursor.executemany(insert, [_column_values(i, row) for i, row in enumerate(ROWS)])
        yield lambda condition: _ask(connection, condition)


def _column_values(i: int, row: dict[str, Any]) -> list[Any]:
    classes = None if row["classes"] is None else sorted(row["classes"])
    city = "-" if row["no_receiver"] else row["city"]
    return [i, *((classes if name == "classes" else row[name]) for name in COLUMNS), city]


def _ask(connection: psycopg.Connection[Any], condition: Condition) -> list[int]:
    clause = compile_clause(condition, CATALOGUE, NOW)
    query = sa.select(sa.column("id")).select_from(sa.table("subject")).where(clause).order_by(sa.column("id"))
    compiled = query.compile(dialect=postgresql.psycopg.dialect())
    return [row[0] for row in connection.execute(str(compiled).encode(), compiled.params)]


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@example(condition=Not(of=Compare(field="colour", op=Op.NOT_IN, value=("red",))))
@example(condition=Not(of=AllOf(of=())))
@example(condition=Compare(field="remark", op=Op.CONTAINS_ANY, value=("%", "_", "\\")))
@example(condition=Compare(field="remark", op=Op.ENDS_WITH, value="\u0301"))
@example(condition=Compare(field="clock", op=Op.BETWEEN, value=("22:00", "06:00")))
@given(condition=conditions())
def test_sql_and_python_choose_the_same_rows(ids_by_sql: Ask, condition: Condition) -> None:
    assume(not check(condition, CATALOGUE, for_lists=True))
    note(repr(condition))
    holds = compile_first([condition], CATALOGUE)
    assert ids_by_sql(condition) == [i for i, subject in enumerate(SUBJECTS) if holds(subject, NOW) == 0]


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(condition=conditions(max_leaves=3))
def test_a_condition_and_its_opposite_share_all_rows_between_them(ids_by_sql: Ask, condition: Condition) -> None:
    assert sorted(ids_by_sql(condition) + ids_by_sql(Not(of=condition))) == list(range(len(ROWS)))


def test_values_are_bound_and_their_number_does_not_change_the_statement() -> None:
    def text(*values: str) -> str:
        clause = compile_clause(Compare(field="shop", op=Op.IN, value=values), CATALOGUE, NOW)
        return str(clause.compile(dialect=postgresql.psycopg.dialect()))

    assert text("a'; DROP TABLE subject; --") == text("b", "c", "d")
