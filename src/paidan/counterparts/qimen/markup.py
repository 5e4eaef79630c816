"""Writing XML by hand, quickly and correctly: each function gives one element as text, or nothing for an absent value."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from paidan.counterparts.china_time import china_text
from paidan.counterparts.qimen.messages import Properties

DECLARATION: Final = '<?xml version="1.0" encoding="utf-8"?>'
REPLACEMENT: Final = "\ufffd"
# What XML 1.0 (section 2.2, production 2) forbids, and what means something; a bare CR would be read back as LF.
_SPECIAL = re.compile(r"[&<>\r\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_STAND_INS: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")


def escape(text: str) -> str:
    """The text as element content. Characters that XML 1.0 forbids (controls, lone surrogates, U+FFFE, U+FFFF) become U+FFFD."""
    if _SPECIAL.search(text) is None:
        return text
    return _SPECIAL.sub(lambda found: _STAND_INS.get(found[0], REPLACEMENT), text)


def leaf(name: str, text: str) -> str:
    """An element with text; nothing for an empty one."""
    if not text:
        return ""
    if text.isalnum():  # most codes and Chinese words: nothing to look for
        return f"<{name}>{text}</{name}>"
    return f"<{name}>{escape(text)}</{name}>"


def whole(name: str, number: int | None) -> str:
    """An element with an integer."""
    return "" if number is None else f"<{name}>{number}</{name}>"


def yuan(name: str, amount_minor: int | None) -> str:
    """An element with an amount of fen, written in yuan with two places."""
    if amount_minor is None:
        return ""
    if amount_minor < 0:
        return f"<{name}>{places(amount_minor, 2)}</{name}>"
    return f"<{name}>{amount_minor // 100}.{amount_minor % 100:02d}</{name}>"  # nearly all


def scaled(name: str, number: int | None, digits: int) -> str:
    """An element with `number / 10**digits`, all places written (520 g with 3 digits is `0.520` kg)."""
    return "" if number is None else f"<{name}>{places(number, digits)}</{name}>"


def places(number: int, digits: int) -> str:
    """`number / 10**digits` in exact decimal text."""
    unit = 10**digits
    size = abs(number)
    return f"{'-' if number < 0 else ''}{size // unit}.{size % unit:0{digits}d}"


def instant(name: str, at: datetime | None) -> str:
    """An element with a date and time, China local."""
    return "" if at is None else f"<{name}>{china_text(at)}</{name}>"


def flag(name: str, *, yes: bool) -> str:
    """An element with Y or N."""
    return f"<{name}>{'Y' if yes else 'N'}</{name}>"


def group(name: str, parts: Iterable[str]) -> str:
    """An element with elements; nothing when all of them are absent."""
    inner = "".join(parts)
    return f"<{name}>{inner}</{name}>" if inner else ""


def extension(properties: Properties) -> str:
    """`<extendProps>`. Raises ValueError for a key that can't be an element name."""
    for name, _ in properties:
        if _NAME.fullmatch(name) is None:
            raise ValueError(f"not an element name: {name!r}")
    return group("extendProps", (leaf(name, text) for name, text in properties))


def request(parts: Iterable[str]) -> bytes:
    """A whole request body, UTF-8."""
    return f"{DECLARATION}<request>{''.join(parts)}</request>".encode()
