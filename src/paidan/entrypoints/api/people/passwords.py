"""Passwords: Argon2id (RFC 9106), with the parameters OWASP gives for small machines; first ones drawn by lot."""

import secrets
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LENGTH_MIN: Final = 10
LENGTH_MAX: Final = 200
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_NOBODY: Final = _HASHER.hash(secrets.token_urlsafe(16))


def hashed(password: str) -> str:
    """The password as it is kept."""
    return _HASHER.hash(password)


def is_right(kept: str, password: str) -> bool:
    """Whether it is the password; an empty `kept` takes as long as a wrong password does, and is never right."""
    try:
        _HASHER.verify(kept or _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return bool(kept)


def drawn() -> str:
    """A password nobody has thought of: 96 bits, easy to read out."""
    return secrets.token_urlsafe(12)
