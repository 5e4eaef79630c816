"""Whether a platform lets us in, told before anything hangs upon it. What went wrong is a reason of the closed list; nothing here holds a secret."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec
from msgspec import Struct

from paidan.kernel.clock import Clock
from paidan.kernel.errors import CallLater
from paidan.kernel.reasons import Reason
from paidan.runtime.calling import HTTP_TOO_MANY, Caller, RecordedFailure

NAME_MAX: Final = 200
CODE_MAX: Final = 80
_FIELD = re.compile(r"required field `(?P<missing>\w{1,60})`|at `\$\.(?P<wrong>\w{1,60})`")


class Greeting(Struct, frozen=True, kw_only=True):
    """`name`: as whom we are signed in. `reason`: why we are not. `detail`: the platform's own code, or the name of a setting."""

    name: str = ""
    reason: Reason | None = None
    detail: str = ""


Greet = Callable[[Mapping[str, Any], Caller, Clock], Greeting]
"""Asks a platform who we are, with a shop's settings: one or two cheap reads. Never raises for what the platform or the settings say."""


def welcomed(name: str) -> Greeting:
    """The platform knows us by this name."""
    return Greeting(name=name[:NAME_MAX])


def unfit(error: msgspec.ValidationError) -> Greeting:
    """Settings that no client can be made of; told is the name of the first."""
    found = _FIELD.search(str(error))
    name = (found["missing"] or found["wrong"]) if found else ""
    return Greeting(reason=Reason.FIELD_MISSING if found and found["missing"] else Reason.FIELD_INVALID, detail=name)


def turned_away(failure: RecordedFailure, reason_by_code: Callable[[RecordedFailure], Reason | None]) -> Greeting:
    """Why a call failed: what the platform's own code means, else how far the call came."""
    reason = reason_by_code(failure) or _by_distance(failure)
    return Greeting(reason=reason, detail=failure.code[:CODE_MAX])


def _by_distance(failure: RecordedFailure) -> Reason:
    record = failure.records[-1]
    if failure.code in {"address_refused", "scheme_refused"}:
        return Reason.ADDRESS_NOT_CALLED
    if isinstance(failure, CallLater):
        return Reason.PLATFORM_UNREACHABLE if not record.status else Reason.TOO_MANY_REQUESTS
    if not record.status:
        return Reason.PLATFORM_SILENT
    if record.status == HTTP_TOO_MANY:
        return Reason.TOO_MANY_REQUESTS
    return (
        Reason.PLATFORM_SILENT
        if failure.code.startswith("http_5")
        else Reason.NOT_THE_PLATFORM
        if _is_strange(failure)
        else Reason.COUNTERPART_REFUSED
    )


def _is_strange(failure: RecordedFailure) -> bool:
    """An answer that is not in the platform's words: another address, or somebody between."""
    return not failure.code or failure.code.startswith("http_")
