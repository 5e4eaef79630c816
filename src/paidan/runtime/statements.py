"""Cut an SQL file into statements: one statement per string, so that it works on every PostgreSQL, Citus included."""

import re
from collections.abc import Iterator
from typing import Final

# What may hide a semicolon, and the semicolon itself, in the order of trying. Lexical structure: PostgreSQL manual, 4.1.
TOKEN: Final = re.compile(
    r"""
      --[^\n]*                                                   # comment to the end of the line
    | (?P<comment> /\*)                                          # block comment; these nest
    | \b[eE]'(?:[^'\\]|\\.|'')*'                                 # string with escapes
    | '(?:[^']|'')*'                                             # string
    | "(?:[^"]|"")*"                                             # quoted name
    | (?<![\w$])(?P<dollar> \$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$) .*? (?P=dollar)   # dollar-quoted string
    | (?P<atomic> \bBEGIN\s+ATOMIC\b)                            # SQL-standard function body
    | (?P<end> ;)
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
COMMENT_EDGE: Final = re.compile(r"/\*|\*/")


def statements(text: str) -> list[str]:
    """The statements of `text` without their closing semicolons; parts that hold only comments are dropped.

    Raises ValueError for a quote or comment that does not end, and for BEGIN ATOMIC bodies: quote those with $$.
    """
    return [statement.strip() for statement, is_code in _parts(text) if is_code]


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """Yield (part, has code) for each part between semicolons."""
    start = place = 0
    code = ""
    while match := TOKEN.search(text, place):
        if match["atomic"]:
            raise ValueError("BEGIN ATOMIC bodies are not cut: quote the function's body with $$")
        between = text[place : match.start()]
        _refuse_open_quote(between)
        end = _after_comment(text, match.end()) if match["comment"] else match.end()
        code += between if match["comment"] or match[0].startswith("--") else between + match[0]
        place = end
        if match["end"]:
            yield text[start : match.start()], bool(code.strip("; \t\r\n"))
            start, code = place, ""
    _refuse_open_quote(text[place:])
    yield text[start:], bool((code + text[place:]).strip())


def _after_comment(text: str, place: int) -> int:
    """Where the block comment that was opened before `place` ends."""
    depth = 1
    while depth:
        edge = COMMENT_EDGE.search(text, place)
        if edge is None:
            raise ValueError("a block comment does not end")
        depth += 1 if edge[0] == "/*" else -1
        place = edge.end()
    return place


def _refuse_open_quote(code: str) -> None:
    """Between tokens there is no quote, unless one was opened and never closed."""
    if "'" in code or '"' in code or "$$" in code:
        raise ValueError(f"a quote does not end near: {code.strip()[:60]!r}")
