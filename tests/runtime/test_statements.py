from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paidan.runtime.migrations import schema_folder
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


def test_the_migrations_themselves_are_cut_whole() -> None:
    for file in sorted((schema_folder() / "migrations").glob("*.sql")):
        cut = statements(file.read_text(encoding="utf-8"))
        assert len(cut) > 1  # a whole file taken for one statement would be one
        assert all(statements(statement) == [statement] for statement in cut)
