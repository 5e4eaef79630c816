"""Every named statement of the product is understood by a real PostgreSQL, in a migrated merchant's schema, as the application's own role."""

import re
from importlib.resources import files
from pathlib import Path

import psycopg
import pytest
from psycopg.pq import ExecStatus

from paidan.runtime.queries import Queries, load_queries

SOURCES = Path(str(files("paidan")))
PARAMETER = re.compile(r"%\((\w+)\)(?:s|t|b)")
# The platform's own push database: the world makes its table, the channel reads it.
BESIDE = ("world/taobao/queries.sql", "channels/taobao/queries.sql")


def named_statements():
    for path in sorted(SOURCES.rglob("*.sql")):
        text = path.read_text(encoding="utf-8")
        if "-- name:" not in text:
            continue
        place = path.relative_to(SOURCES).as_posix()
        queries = Queries(text, place)
        for name in queries.names():
            yield pytest.param(place, getattr(queries, name), id=f"{place}:{name}")


def to_positions(statement):
    """psycopg's named parameters → $1, $2…; doubled per cent signs → one. Returns the statement and the names in order."""
    names = list(dict.fromkeys(PARAMETER.findall(statement)))
    numbered = PARAMETER.sub(lambda match: f"${names.index(match[1]) + 1}", statement)
    return numbered.replace("%%", "%"), names


def without_comments(statement):
    return "\n".join(line for line in statement.splitlines() if not line.lstrip().startswith("--")).strip()


def complaint(tx, statement):
    """What PostgreSQL says against a statement; empty when it understands it."""
    numbered, names = to_positions(statement)
    if without_comments(numbered).upper().startswith("COPY "):
        return "COPY takes no parameters" if names else ""
    left_over = re.findall(r"%.?", PARAMETER.sub("", statement).replace("%%", ""))
    if names and left_over:
        return f"psycopg would stumble over {left_over}"
    answer = tx.pgconn.prepare(b"", numbered.encode())
    return answer.error_message.decode(errors="replace") if answer.status == ExecStatus.FATAL_ERROR else ""


STATEMENTS = list(named_statements())


@pytest.mark.parametrize(("place", "statement"), [p for p in STATEMENTS if p.values[0] not in BESIDE])
def test_every_query_prepares(database, place, statement):
    with database.transaction() as tx:
        said = complaint(tx, statement)
        tx.rollback()
    assert said == "", place


def test_queries_on_the_platforms_push_database_prepare(server):
    ours = [p.values for p in STATEMENTS if p.values[0] in BESIDE]
    making = load_queries("paidan.world.taobao")
    with psycopg.connect(server.owner_url) as owner:
        owner.execute(making.make_schema)
        owner.execute("SET LOCAL search_path = sys_info")
        owner.execute(making.make_table)
        wrong = {(place, name): said for place, name in ours if (said := complaint(owner, name))}
        owner.rollback()
    assert len(ours) > 3
    assert wrong == {}


@pytest.mark.parametrize("statement", ["SELECT nothing_like_this FROM sales_order", "SELECT 1; SELECT 2", "SELECT %(a)s::int % 2", "SELEC 1"])
def test_a_wrong_statement_is_found(database, statement):
    with database.transaction() as tx:
        said = complaint(tx, statement)
        tx.rollback()
    assert said != ""


def test_the_statements_were_found():
    assert len(STATEMENTS) > 100
    assert {"stock/queries.sql", "orders/queries.sql"} <= {p.values[0] for p in STATEMENTS}
