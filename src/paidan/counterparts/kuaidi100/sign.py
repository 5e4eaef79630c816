"""Signatures of kuaidi100 (vendor SDK samples): upper-case hex MD5 over the exact `param` text, as sent or received."""

import hashlib
import hmac

from paidan.kernel.errors import BadInput
from paidan.kernel.reasons import Reason


def query_sign(param: str, key: str, customer: str) -> str:
    """For our query: MD5(param + key + customer)."""
    return _md5(param + key + customer)


def push_sign(param: str, salt: str) -> str:
    """For their push: MD5(param + salt); the salt is what we gave when subscribing."""
    return _md5(param + salt)


def verify_push(param: str, salt: str, given: str) -> None:
    """Raises BadInput unless the signature belongs to the param; takes the same time wherever they differ."""
    if not salt:
        raise BadInput(Reason.SIGNATURE_WRONG, "salt")
    if not hmac.compare_digest(given.upper().encode(), push_sign(param, salt).encode()):
        raise BadInput(Reason.SIGNATURE_WRONG, "sign")


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest().upper()
