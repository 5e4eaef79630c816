from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paidan.runtime.migrations import schema_folder
from paidan.runtime.provision import Installation
from paidan.runtime.statements import statements


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("  ;;\n-- only words; here\n;", []),
        ("SELECT 1", ["SELECT 1"]),
        ("SELECT 1; SELECT 2;", ["SELECT 1", "SELECT 2"]),
        ("SELECT ';'; SELECT 2", ["SELECT ';'", "SELECT 2"]),
        ("SELECT 'it''s;'; SELECT 2", ["SELECT 'it''s;'", "SELECT 2"]),
        (r"SELECT E'\';'; SELECT 2", [r"SELECT E'\';'", "SELECT 2"]),
        (r"SELECT '\'; SELECT 2", [r"SELECT '\'", "SELECT 2"]),
        ('SELECT ";""" FROM t; SELECT 2', ['SELECT ";""" FROM t', "SELECT 2"]),
        ("SELECT $$;$$; SELECT 2", ["SELECT $$;$$", "SELECT 2"]),
        ("SELECT $a$ $$;$$ $b$;$b$ $a$; SELECT 2", ["SELECT $a$ $$;$$ $b$;$b$ $a$", "SELECT 2"]),
        ("SELECT a$b$c; SELECT d$b$e", ["SELECT a$b$c", "SELECT d$b$e"]),
        ("SELECT 1 -- it's; fine\n; SELECT 2", ["SELECT 1 -- it's; fine", "SELECT 2"]),
        ("SELECT 1 /* ; /* ' ; */ ; */; SELECT 2", ["SELECT 1 /* ; /* ' ; */ ; */", "SELECT 2"]),
        ("-- what it is\nSELECT 1;", ["-- what it is\nSELECT 1"]),
        ("SELECT 5 % 2; SELECT '%'", ["SELECT 5 % 2", "SELECT '%'"]),
    ],
)
def test_a_file_is_cut_where_statements_end(text: str, expected: Any) -> None:
    assert statements(text) == expected


@pytest.mark.parametrize(
    "text", ["SELECT 'open", 'SELECT "open', "SELECT $$open", "SELECT 1 /* open", "CREATE FUNCTION f() BEGIN ATOMIC SELECT 1; END"]
)
def test_what_does_not_end_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"does not end|BEGIN ATOMIC"):
        statements(text)


pieces = st.sampled_from(
    ["SELECT 1", "a", " ", "\n", "'x;''y'", '"q;q"', "$$b;'--$$", "$t$;$$;$t$", "/* c; /* ' */ */", "-- d;'\n", "E'\\';'", "1.5", "(,)"]
)


@given(st.lists(st.lists(pieces, max_size=6).map(" ".join), max_size=6))
def test_joining_what_was_cut_gives_the_same_statements_again(parts: list[str]) -> None:
    written = [f"SELECT {part}" for part in parts]
    cut = statements(";\n".join(written))
    assert cut == [part.strip() for part in written]
    assert statements(";".join(f"{part}\n" for part in cut)) == cut


def counted_by_the_server(owner: psycopg.Connection[Any], text: str) -> int:
    """How many statements PostgreSQL itself finds in a text: sent whole, it gives one answer for each of them."""
    cursor = owner.execute(text.encode())
    count = 1
    while cursor.nextset():
        count += 1
    return count


def test_the_server_s_own_count_tells_statements_apart(server: Installation) -> None:
    with psycopg.connect(server.owner_url) as owner:
        assert [
            counted_by_the_server(owner, text) for text in ("SELECT ';'", "SELECT 1; SELECT $$;$$;", "DO $$BEGIN NULL; END$$; SELECT 1; -- ;")
        ] == [1, 2, 2]
        owner.rollback()


def test_the_migrations_themselves_are_cut_where_the_server_cuts_them(server: Installation) -> None:
    files = sorted((schema_folder() / "migrations").glob("*.sql"))
    assert files
    with psycopg.connect(server.owner_url) as owner:
        owner.execute("CREATE SCHEMA m_cut AUTHORIZATION paidan_owner")
        owner.execute("SET LOCAL ROLE paidan_owner")
        owner.execute("SET LOCAL search_path = m_cut")
        for file in files:
            text = file.read_text(encoding="utf-8")
            cut = statements(text)
            assert len(cut) == counted_by_the_server(owner, text), file.name
            assert all(statements(statement) == [statement] for statement in cut)
        owner.rollback()
