"""Flags (旗帜): our own mark on an order, one of five colours. What each means is the merchant's word, kept in the table `setting`."""

from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from paidan.kernel.errors import BadInput
from paidan.kernel.reasons import Reason
from paidan.runtime.database import Tx
from paidan.runtime.queries import load_queries

queries = load_queries("paidan.orders", "flags.sql")

COLOURS: Final[tuple[tuple[str, str], ...]] = (("红", "red"), ("黄", "yellow"), ("绿", "green"), ("蓝", "blue"), ("紫", "purple"))
"""Of the flags 1 to 5, as sellers know them from their platforms; 0 is no flag."""
NONE: Final = ("无旗帜", "no flag")

Word = Annotated[str, Meta(max_length=12, pattern=r"^[^\x00-\x1f]*$")]


class FlagWords(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the flags 1 to 5 mean to the merchant; empty: the colour alone."""

    words: Annotated[tuple[Word, ...], Meta(min_length=5, max_length=5)] = ("",) * 5


def read_flag_words(tx: Tx) -> tuple[FlagWords, int]:
    """The words in force and their version; 0: they were never set."""
    row = tx.execute(queries.read_flag_words).fetchone()
    return (FlagWords(), 0) if row is None else (msgspec.json.decode(row[0], type=FlagWords), row[1])


def write_flag_words(tx: Tx, wanted: FlagWords, *, seen: int | None) -> int:
    """Put words in force; gives their version. Raises BadInput with VERSION_CONFLICT when another version is in force than was seen."""
    row = tx.execute(queries.write_flag_words, {"value": msgspec.json.encode(wanted).decode(), "seen": seen}).fetchone()
    if row is None:
        raise BadInput(Reason.VERSION_CONFLICT)
    version: int = row[0]
    return version


def flag_name(flag: int, words: tuple[str, ...], language: str) -> str:
    """A flag in words: its colour, and what it means where that was said."""
    if not 0 < flag <= len(COLOURS):
        return (NONE[0] if language == "zh" else NONE[1]) if flag == 0 else str(flag)
    colour = COLOURS[flag - 1][0 if language == "zh" else 1]
    meaning = words[flag - 1] if flag <= len(words) else ""
    return f"{colour} · {meaning}" if meaning else colour
