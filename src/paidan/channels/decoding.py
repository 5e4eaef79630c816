"""Typed JSON that may be hostile: every refusal is a BadInput with the place, nothing of the content is shown.

msgspec already refuses NaN, Infinity, numbers out of range in a field that is read, broken escapes, lone surrogates, nesting beyond the
interpreter and trailing bytes. Fields that nobody reads are skipped; of a key given twice the last counts: `check_strictly` is for doors
where anybody may knock and refuses all of it.
"""

import json
import math
import re
from datetime import UTC, datetime
from typing import Any, Final, NoReturn, TypeVar

import msgspec

from paidan.kernel.errors import BadInput
from paidan.kernel.reasons import Reason

SIZE_MAX: Final = 8 * 1024 * 1024
TEXT_MAX: Final = 4000
REF_MAX: Final = 64
QUANTITY_MAX: Final = 9_999_999
_DIGITS_MAX: Final = 30
_PLACE = re.compile(r"at `(?:key in )?\$\.?([A-Za-z0-9_.\[\]]{0,120})")
_FIELD = re.compile(r"field `([A-Za-z0-9_]{1,40})`")
_T = TypeVar("_T")


def decode(decoder: msgspec.json.Decoder[_T], body: bytes) -> _T:
    """The struct in `body`. Raises BadInput: too large, not UTF-8, not JSON, or a field (with its path) missing, unknown or of a wrong type."""
    if len(body) > SIZE_MAX:
        raise BadInput(Reason.BODY_TOO_LARGE)
    if b"\\u0000" in body:
        check_strictly(body)
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        raise refusal(str(error)) from None
    except UnicodeDecodeError as error:
        raise BadInput(Reason.ENCODING_WRONG, f"byte {error.start}") from None
    except (msgspec.DecodeError, RecursionError):
        raise BadInput(Reason.BODY_UNREADABLE, "json") from None


def refusal(message: str) -> BadInput:
    """BadInput for a message of msgspec: only names of fields of ours and plain words pass."""
    place, field = _PLACE.search(message), _FIELD.search(message)
    parts = [found[1] for found in (place, field) if found and found[1]]
    reason = Reason.FIELD_INVALID
    if message.startswith("Object missing"):
        reason = Reason.FIELD_MISSING
    elif message.startswith("Object contains unknown"):
        reason = Reason.UNKNOWN_FIELD
    return BadInput(reason, ".".join(parts) or "json")


def check_strictly(body: bytes) -> None:
    """Raises BadInput for JSON with a key given twice, NaN, numbers beyond a double or 30 digits, lone surrogates, NUL, or not UTF-8."""
    if len(body) > SIZE_MAX:
        raise BadInput(Reason.BODY_TOO_LARGE)
    try:
        found = json.loads(body.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_finite, parse_int=_short)
        if b"\\u" in body or b"\x00" in body:
            _storable(found)
    except UnicodeDecodeError as error:
        raise BadInput(Reason.ENCODING_WRONG, f"byte {error.start}") from None
    except (ValueError, RecursionError):  # the error would quote the text
        raise BadInput(Reason.BODY_UNREADABLE, "json") from None


def instant(text: str, field: str) -> datetime:
    """An ISO 8601 instant with an offset, in UTC. Raises BadInput."""
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is not None and text.isascii():
            return at.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise BadInput(Reason.FIELD_INVALID, field)


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
    """Raises ValueError for lone surrogates (UnicodeEncodeError is one) and NUL: no database would take them."""
    if isinstance(found, str):
        if b"\x00" in found.encode():
            raise ValueError("NUL")
    elif isinstance(found, dict):
        _storable([*found, *found.values()])
    elif isinstance(found, list):
        for part in found:
            _storable(part)
