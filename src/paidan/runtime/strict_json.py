"""JSON that may be hostile, read strictly: every refusal is a BadInput, nothing is guessed, nothing is shown of the content.

`read_strictly` refuses NaN and Infinity, numbers beyond a double or over 30 digits, keys given twice, nesting beyond the interpreter, lone surrogates
and NUL (no database and no file would take them).
"""

import json
import math
import re
from collections.abc import Mapping
from typing import Any, Final, NoReturn

from paidan.kernel.errors import BadInput
from paidan.kernel.reasons import Reason

SIZE_MAX: Final = 1024 * 1024
TEXT_MAX: Final = 4000
_DIGITS_MAX = 30
_RISKY = re.compile(r"\\u(?:[dD][89a-fA-F]|0000)")


def read_strictly(text: str) -> Any:
    """The JSON value in `text`. Raises BadInput."""
    try:
        found = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_finite, parse_int=_short)
        if _RISKY.search(text):
            _storable(found)
    except (ValueError, RecursionError):  # the error would quote the text
        raise BadInput(Reason.BODY_UNREADABLE, "json") from None
    return found


def read_object(text: str, size_max: int = SIZE_MAX) -> dict[str, Any]:
    """The JSON object in `text`, of at most `size_max` characters. Raises BadInput, for other values too."""
    if len(text) > size_max:
        raise BadInput(Reason.BODY_TOO_LARGE)
    found = read_strictly(text)
    if not isinstance(found, dict):
        raise BadInput(Reason.BODY_UNREADABLE, "json: not an object")
    return found


def text_of(found: Mapping[str, Any], key: str) -> str:
    """A text, or an integer as text; empty when absent or null. BadInput for anything else or over 4,000 characters."""
    value = found.get(key)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise BadInput(Reason.FIELD_INVALID, key)
    text = str(value)
    if len(text) > TEXT_MAX:
        raise BadInput(Reason.FIELD_INVALID, key)
    return text


def objects_of(found: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    """A list of objects; empty when absent or null."""
    rows = found.get(key)
    if rows is None:
        return []
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise BadInput(Reason.FIELD_INVALID, key)
    return rows


def object_of(found: Mapping[str, Any], key: str) -> dict[str, Any]:
    """An object that must be there."""
    value = found.get(key)
    if value is None:
        raise BadInput(Reason.FIELD_MISSING, key)
    if not isinstance(value, dict):
        raise BadInput(Reason.FIELD_INVALID, key)
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is given twice")
    return found


def _no_constant(_text: str) -> NoReturn:
    raise ValueError("not a JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("beyond a double")
    return number


def _short(text: str) -> int:
    if len(text) > _DIGITS_MAX:
        raise ValueError("too many digits")
    return int(text)


def _storable(found: Any) -> None:
    """Raises ValueError for lone surrogates (UnicodeEncodeError is one) and NUL anywhere."""
    if isinstance(found, str):
        if b"\x00" in found.encode():
            raise ValueError("NUL")
    elif isinstance(found, dict):
        _storable([*found, *found.values()])
    elif isinstance(found, list):
        for part in found:
            _storable(part)
