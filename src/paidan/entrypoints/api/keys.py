"""API keys: pd_<prefix>_<secret><check>. Shown once; kept as HMAC-SHA-256 with the installation's pepper.

The prefix (40 bits) finds the row, the secret (160 bits) proves it, the check (CRC-32) tells a slip of the hand without asking the database.
"""

import base64
import hmac
import re
import secrets
import zlib
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

from msgspec import Struct

from paidan.runtime.database import Tx
from paidan.runtime.ids import IdSource
from paidan.runtime.queries import load_queries
from paidan.runtime.sealing import Sealer

queries = load_queries("paidan.entrypoints.api", "keys.sql")

_SHAPE: Final = re.compile(r"pd_(?P<prefix>[a-z2-7]{8})_(?P<secret>[a-z2-7]{32})(?P<check>[a-z2-7]{7})")
PREFIX_BYTES: Final = 5
SECRET_BYTES: Final = 20


class Scope(StrEnum):
    """What a key may do: read, write (and read), admin (everything, keys and connections too)."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"


GRANTS: Final = {
    Scope.READ: frozenset({Scope.READ}),
    Scope.WRITE: frozenset({Scope.READ, Scope.WRITE}),
    Scope.ADMIN: frozenset(Scope),
}


class Caller(Struct, frozen=True, kw_only=True):
    """Who calls. `name` is the key's, told in timelines as `user:<name>`."""

    key_id: int
    name: str
    scopes: frozenset[Scope]

    @property
    def actor(self) -> str:
        """How timelines and documents name the caller."""
        return f"user:{self.name}"

    def may(self, scope: Scope) -> bool:
        """Whether the key grants it."""
        return any(scope in GRANTS[own] for own in self.scopes)


def make_key(
    tx: Tx, ids: IdSource, sealer: Sealer, *, name: str, scopes: Sequence[Scope], now: datetime, expires_at: datetime | None = None
) -> tuple[int, str]:
    """A new key: (id, the key itself). It can't be read again."""
    prefix, secret = _random(PREFIX_BYTES), _random(SECRET_BYTES)
    key = f"pd_{prefix}_{secret}{_check(prefix + secret)}"
    (key_id,) = ids.take(1)
    named = {"id": key_id, "name": name, "prefix": prefix, "digest": sealer.pepper_digest(key)}
    tx.execute(queries.add_key, {**named, "scopes": sorted(scopes), "now": now, "expires_at": expires_at})
    return key_id, key


def find_caller(tx: Tx, sealer: Sealer, key: str, now: datetime) -> Caller | None:
    """Who has this key; None for anything that is not a living key. Compared in constant time."""
    shape = _SHAPE.fullmatch(key)
    if shape is None or _check(shape["prefix"] + shape["secret"]) != shape["check"]:
        return None
    row = tx.execute(queries.find_key, {"prefix": shape["prefix"]}).fetchone()
    if row is None or not hmac.compare_digest(row[2], sealer.pepper_digest(key)):
        return None
    expires_at, revoked_at = row[4], row[5]
    if revoked_at is not None or (expires_at is not None and expires_at <= now):
        return None
    return Caller(key_id=row[0], name=row[1], scopes=frozenset(Scope(scope) for scope in row[3]))


def _random(size: int) -> str:
    return base64.b32encode(secrets.token_bytes(size)).decode().lower()


def _check(text: str) -> str:
    return base64.b32encode(zlib.crc32(text.encode()).to_bytes(4, "big")).decode().lower().rstrip("=")
