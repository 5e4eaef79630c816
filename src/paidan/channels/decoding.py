"""Typed JSON that may be hostile: every refusal is a BadInput with the place, nothing of the content is shown.

msgspec already refuses NaN, Infinity, numbers out of range in a field that is read, broken escapes, lone surrogates, nesting beyond the
interpreter and trailing bytes. Fields that nobody reads are skipped; of a key given twice the last counts: `check_strictly` is for doors
where anybody may knock and refuses all of it.
"""

import re
from datetime import UTC, datetime
from typing import Final, TypeVar

import msgspec

from paidan.kernel.errors import BadInput
from paidan.kernel.reasons import Reason
from paidan.runtime.strict_json import read_strictly

SIZE_MAX: Final = 8 * 1024 * 1024
TEXT_MAX: Final = 4000
REF_MAX: Final = 64
QUANTITY_MAX: Final = 9_999_999
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
    """Raises BadInput for what `read_strictly` refuses, and for what is not UTF-8 or too large."""
    if len(body) > SIZE_MAX:
        raise BadInput(Reason.BODY_TOO_LARGE)
    try:
        read_strictly(body.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise BadInput(Reason.ENCODING_WRONG, f"byte {error.start}") from None


def instant(text: str, field: str) -> datetime:
    """An ISO 8601 instant with an offset, in UTC. Raises BadInput."""
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is not None and text.isascii():
            return at.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise BadInput(Reason.FIELD_INVALID, field)
