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
from typing import Final

from paidan.entrypoints.api.people.caller import Caller
from paidan.entrypoints.api.people.rights import rights_of
from paidan.runtime.database import Tx
from paidan.runtime.ids import IdSource
from paidan.runtime.queries import load_queries
from paidan.runtime.sealing import Sealer

queries = load_queries("paidan.entrypoints.api", "keys.sql")

_SHAPE: Final = re.compile(r"pd_(?P<prefix>[a-z2-7]{8})_(?P<secret>[a-z2-7]{32})(?P<check>[a-z2-7]{7})")
PREFIX_BYTES: Final = 5
SECRET_BYTES: Final = 20


def make_key(
    tx: Tx,
    ids: IdSource,
    sealer: Sealer,
    *,
    name: str,
    scopes: Sequence[str],
    now: datetime,
    expires_at: datetime | None = None,
    shop_ids: Sequence[int] | None = None,
    warehouse_ids: Sequence[int] | None = None,
) -> tuple[int, str]:
    """A new key: (id, the key itself). It can't be read again. `scopes`: scopes or rights; shops and warehouses None: all of them."""
    prefix, secret = _random(PREFIX_BYTES), _random(SECRET_BYTES)
    key = f"pd_{prefix}_{secret}{_check(prefix + secret)}"
    (key_id,) = ids.take(1)
    named = {"id": key_id, "name": name, "prefix": prefix, "digest": sealer.pepper_digest(key)}
    limits = {"shop_ids": None if shop_ids is None else list(shop_ids), "warehouse_ids": None if warehouse_ids is None else list(warehouse_ids)}
    tx.execute(queries.add_key, {**named, **limits, "scopes": sorted(map(str, scopes)), "now": now, "expires_at": expires_at})
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
    return Caller(
        key_id=row[0],
        name=row[1],
        rights=rights_of(row[3]),
        shops=None if row[6] is None else tuple(row[6]),
        warehouses=None if row[7] is None else tuple(row[7]),
        title=row[1],
    )


def _random(size: int) -> str:
    return base64.b32encode(secrets.token_bytes(size)).decode().lower()


def _check(text: str) -> str:
    return base64.b32encode(zlib.crc32(text.encode()).to_bytes(4, "big")).decode().lower().rstrip("=")
