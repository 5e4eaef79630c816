"""Versions as ETags: a change must name the version it has seen (RFC 9110, 13.1.1; RFC 6585, 3)."""

import re
from typing import Annotated, Final

from litestar.params import HeaderParameter

from paidan.entrypoints.api.problems import Refused, invalid
from paidan.kernel.expected import ETAG
from paidan.kernel.reasons import Reason

IfMatch = Annotated[str, HeaderParameter(name="If-Match", max_length=40, description='ETag of the version you have seen, such as "v3"; * for any')]

_TAG: Final = re.compile(r'"v(?P<version>[0-9]{1,9})"')


def etag(version: int) -> dict[str, str]:
    """The header that tells a version."""
    return {"etag": f'"v{version}"'}


def seen(if_match: str) -> int | None:
    """The version the caller has seen; None: he takes any (`*`). Raises Refused: 428 when he does not say."""
    if not if_match.strip():
        raise Refused(Reason.VERSION_MISSING)
    if if_match.strip() == "*":
        return None
    found = _TAG.fullmatch(if_match.strip())
    if found is None:
        raise invalid("If-Match", expected=ETAG)
    return int(found["version"])
