"""Texts in columns: a Chinese letter takes two, a Latin one takes one."""

from collections.abc import Iterator
from unicodedata import east_asian_width


def columns_of(text: str) -> int:
    """How many columns the text takes."""
    return sum(map(_width, text))


def shortened(text: str, columns: int) -> str:
    """The text in at most so many columns; what does not fit ends in an ellipsis."""
    return text if columns_of(text) <= columns else _head(text, columns - 1).rstrip() + "…"


def wrapped(text: str, columns: int, lines_max: int) -> list[str]:
    """The text on lines of at most so many columns, broken after blanks where there are any; what is left after `lines_max` ends in an ellipsis."""
    lines = list(_lines(text.strip(), columns))
    if len(lines) > lines_max:
        return [*lines[: lines_max - 1], shortened(" ".join(lines[lines_max - 1 :]), columns)]
    return lines


def _lines(text: str, columns: int) -> Iterator[str]:
    while columns_of(text) > columns:
        head = _head(text, columns)
        if text[len(head)] != " " and " " in head.rstrip():
            blank = head.rstrip().rindex(" ") + 1
            # A blank far to the left would waste the line.
            head = head[:blank] if columns_of(head[:blank]) * 2 > columns else head
        yield head.rstrip()
        text = text[len(head) :].lstrip()
    if text:
        yield text


def _head(text: str, columns: int) -> str:
    """As many letters as fit, one at least."""
    left = columns
    for n, letter in enumerate(text):
        left -= _width(letter)
        if left < 0:
            return text[: max(n, 1)]
    return text


def _width(letter: str) -> int:
    return 2 if east_asian_width(letter) in "WF" else 1
