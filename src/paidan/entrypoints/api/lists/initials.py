"""Names as people type them: the first letters of their pinyin. 龙井茶 is `ljc`.

The 3,755 characters of level 1 of GB 2312-80 stand in the order of their pinyin, so the first character of each letter is all that must be known.
Rarer characters have no letter and are passed by; of a character read in two ways the commoner one counts.
"""

from bisect import bisect_right
from typing import Final

from paidan.runtime.database import Tx
from paidan.runtime.queries import load_queries
from paidan.runtime.rows import columns

queries = load_queries("paidan.entrypoints.api.lists", "lists.sql")

BATCH: Final = 20_000
LETTERS: Final = "abcdefghjklmnopqrstwxyz"
_FIRST: Final = [character.encode("gb2312") for character in "啊芭擦搭蛾发噶哈击喀垃妈拿哦啪期然撒塌挖昔压匝"]
_END: Final = bytes((0xD7, 0xFA))  # behind the last character of level 1


def initials_of(name: str) -> str:
    """Letters and digits as they are, in lower case; characters by their first letter; everything else is left out."""
    return "".join(map(_initial, name.lower()))


def _initial(character: str) -> str:
    if character.isascii():
        return character if character.isalnum() else ""
    try:
        code = character.encode("gb2312")
    except UnicodeEncodeError:
        return ""
    return LETTERS[bisect_right(_FIRST, code) - 1] if _FIRST[0] <= code < _END else ""


def refresh(tx: Tx) -> None:
    """Learn the initials of names that are new or have changed, a batch at a time."""
    while True:
        rows = tx.execute(queries.stale_names, {"limit": BATCH}).fetchall()
        if not rows:
            return
        told = [(kind, ref_id, name, initials_of(name)) for kind, ref_id, name in rows]
        tx.execute(queries.put_initials, columns(("kind", "ref_id", "name", "initials"), told))
