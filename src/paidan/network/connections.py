"""Reads how counterparts are talked to, secrets opened, once per version of the network. Nothing here knows a protocol."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from paidan.network.masters import connection_bond
from paidan.runtime.database import Tx
from paidan.runtime.queries import load_queries
from paidan.runtime.sealing import Sealer

queries = load_queries("paidan.network")

_decode = msgspec.json.Decoder(dict[str, str]).decode


class Connection(Struct, frozen=True, kw_only=True):
    """One counterpart: `account` is what may be shown, `secrets` what may not. Its repr shows neither."""

    id: int
    code: str
    protocol: str
    url: str
    account: Mapping[str, Any]
    secrets: Mapping[str, str]

    def __repr__(self) -> str:
        return f"Connection(id={self.id}, code={self.code!r}, protocol={self.protocol!r})"


class ConnectionCache:
    """The active connections, read again when the network's version has changed. Threads may share it: a race costs a second reading."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer
        self._read: tuple[int, tuple[Connection, ...]] | None = None

    def load(self, tx: Tx, version: int) -> tuple[Connection, ...]:
        """The connections as of this transaction, by id; one statement when the network has changed, none otherwise."""
        known = self._read
        if known is None or known[0] != version:
            known = self._read = (version, read_connections(tx, self._sealer))
        return known[1]


def read_connections(tx: Tx, sealer: Sealer) -> tuple[Connection, ...]:
    """All active connections, secrets opened."""
    return tuple(
        Connection(
            id=row[0],
            code=row[1],
            protocol=row[2],
            url=row[3],
            account=row[4],
            secrets={} if row[5] is None else _decode(sealer.unseal(row[5], bound_to=connection_bond(row[0]))),
        )
        for row in tx.execute(queries.connections)
    )
