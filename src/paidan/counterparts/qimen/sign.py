"""Signatures over the raw query and the raw body. Source: Alibaba open platform, appendix on Qimen signatures.

`sign = UPPER(HEX(MD5(secret + Σ(key + value) + body + secret)))`, Σ over the decoded parameters in byte order of their keys,
without `sign` itself and without empty values. Two keyed variants: HMAC-MD5 and HMAC-SHA256 over `Σ + body`.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from paidan.counterparts.china_time import china_instant
from paidan.counterparts.forms import unique_pairs
from paidan.kernel.errors import BadInput
from paidan.kernel.reasons import Reason

METHOD_PREFIX: Final = "taobao.qimen."
WINDOW_S: Final = 600  # how far the clocks of both sides may be apart
_QUERY_MAX = 4096


def sign(secret: str, parameters: Mapping[str, str], body: bytes) -> str:
    """The signature of a request, upper-case hex; the method is `parameters["sign_method"]`, md5 when it is not given.

    Raises ValueError for a method that the protocol does not know.
    """
    joined = "".join([f"{key}{parameters[key]}" for key in sorted(parameters) if key != "sign" and parameters[key]]).encode()
    key = secret.encode()
    method = parameters.get("sign_method") or "md5"
    if method == "md5":
        return hashlib.md5(b"".join((key, joined, body, key)), usedforsecurity=False).hexdigest().upper()
    if method in {"hmac", "hmac-md5"}:
        return hmac.new(key, joined + body, "md5").hexdigest().upper()
    if method == "hmac-sha256":
        return hmac.new(key, joined + body, "sha256").hexdigest().upper()
    raise ValueError("unknown sign_method")


def read_query(query: str) -> dict[str, str]:
    """The decoded parameters of a raw query string. Raises BadInput for broken escapes, broken UTF-8 or a parameter given twice."""
    if len(query) > _QUERY_MAX:
        raise BadInput(Reason.BODY_TOO_LARGE, "query")
    return unique_pairs(query, "query")


def verify(secret: str, parameters: Mapping[str, str], body: bytes) -> None:
    """Raises BadInput unless `sign` belongs to these parameters and these received bytes. Takes the same time wherever they differ."""
    try:
        expected = sign(secret, parameters, body)
    except ValueError as error:
        raise BadInput(Reason.SIGNATURE_WRONG, "sign_method") from error
    if not hmac.compare_digest(parameters.get("sign", "").upper().encode(), expected.encode()):
        raise BadInput(Reason.SIGNATURE_WRONG, "sign")


def check_timestamp(parameters: Mapping[str, str], now: datetime, window_s: int = WINDOW_S) -> None:
    """Raises BadInput when the `timestamp` is unreadable or farther than `window_s` from `now`, either way."""
    try:
        at = china_instant(parameters.get("timestamp", ""))
    except ValueError as error:
        raise BadInput(Reason.TIMESTAMP_WRONG, "timestamp") from error
    if abs((at - now).total_seconds()) > window_s:
        raise BadInput(Reason.TIMESTAMP_WRONG, "timestamp")


def plain_method(method: str) -> str:
    """Both spellings of a method (`taobao.qimen.order.cancel`, `order.cancel`) as the short one."""
    return method.removeprefix(METHOD_PREFIX)
