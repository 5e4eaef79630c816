"""SQL lives in `queries.sql` beside the code that runs it; this hands it out by name."""

import re
from functools import cache
from importlib.resources import files
from typing import LiteralString

NAME_LINE = re.compile(r"^-- name: *(?P<name>[a-z][a-z0-9_]*) *$", re.MULTILINE)


class Queries:
    """The named statements of one file: `queries.lock_balances` is the SQL below `-- name: lock_balances`."""

    def __init__(self, text: str, place: str) -> None:
        self._place = place
        self._by_name = dict(_named(text, place))

    def __getattr__(self, name: str) -> LiteralString:
        try:
            # Text of a packaged file, not of a caller: as safe as a literal.
            return self._by_name[name]
        except KeyError:
            raise AttributeError(f"no query named {name} in {self._place}") from None

    def names(self) -> list[str]:
        """All names, in the order of the file."""
        return list(self._by_name)


@cache
def load_queries(package: str, file: str = "queries.sql") -> Queries:
    """Read the package's SQL file. Raises ValueError for a name used twice or an empty statement."""
    return Queries((files(package) / file).read_text(encoding="utf-8"), f"{package}/{file}")


def _named(text: str, place: str) -> list[tuple[str, str]]:
    """Cut a file into (name, statement); comments above a statement stay with it, for they show up in pg_stat_statements."""
    marks = list(NAME_LINE.finditer(text))
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    named = [(mark["name"], text[mark.end() : end].strip()) for mark, end in zip(marks, ends, strict=True)]
    names = [name for name, _ in named]
    if len(set(names)) != len(names):
        raise ValueError(f"a name is used twice in {place}")
    if empty := [name for name, statement in named if not statement]:
        raise ValueError(f"no statement below {empty} in {place}")
    return named
