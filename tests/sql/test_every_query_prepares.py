"""Every named statement of the product is understood by a real PostgreSQL, in a migrated merchant's schema, as the application's own role."""

import re
from importlib.resources import files
from pathlib import Path

import pytest

from paidan.runtime.queries import Queries

SOURCES = Path(str(files("paidan")))
PARAMETER = re.compile(r"%\((\w+)\)(?:s|t|b)")
# Tables that are not in a merchant's schema: made by the channel or the world beside it.
OWN_TABLES = {
    "world/taobao/queries.sql": "jdp_tb_trade",
    "channels/taobao/queries.sql": "jdp_tb_trade",
}


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


STATEMENTS = list(named_statements())


@pytest.mark.parametrize(("place", "statement"), [p for p in STATEMENTS if p.values[0] not in OWN_TABLES])
def test_every_query_prepares(database, place, statement):
    numbered, names = to_positions(statement)
    left_over = re.findall(r"(?<!%)%[a-zA-Z(]", PARAMETER.sub("", statement).replace("%%", ""))
    assert not left_over, f"a per cent sign that psycopg would stumble over: {left_over}"
    if without_comments(numbered).upper().startswith("COPY "):
        assert not names, "COPY takes no parameters"
        return
    with database.transaction() as tx:
        answer = tx.pgconn.prepare(b"", numbered.encode())
        message = answer.error_message.decode(errors="replace") if answer.error_message else ""
    assert not message, f"{place}: {message}"


def test_the_statements_were_found():
    assert len(STATEMENTS) > 100
    assert {"stock/queries.sql", "orders/queries.sql"} <= {p.values[0] for p in STATEMENTS}
