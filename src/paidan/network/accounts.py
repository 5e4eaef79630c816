"""Our accounts with platforms: what a channel's `connect` needs to reach a shop, secrets opened, once per version of the network."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from paidan.network.connections import Connection, ConnectionCache
from paidan.network.load import Network, Shop
from paidan.network.masters import read_shop_secrets, shop_bond
from paidan.runtime.database import Tx
from paidan.runtime.queries import load_queries
from paidan.runtime.sealing import Sealer

queries = load_queries("paidan.network")

_decode = msgspec.json.Decoder(dict[str, str]).decode

Accounts = Mapping[int, "Account"]  # by shop id


class Account(Struct, frozen=True, kw_only=True):
    """One shop's account. `settings`: the connection's url, account and secrets, then the shop's own secrets, later ones winning.

    `shop.account_ref` stands in them as `shop` (Shopify: the shop's domain). The repr shows no setting.
    """

    shop: Shop
    settings: Mapping[str, Any]

    def __repr__(self) -> str:
        return f"Account(shop={self.shop.code!r})"


class AccountCache:
    """The accounts of active shops, read again when the network's version has changed. Threads may share it: a race costs a second reading."""

    def __init__(self, sealer: Sealer, connections: ConnectionCache | None = None) -> None:
        self._sealer = sealer
        self._connections = connections or ConnectionCache(sealer)
        self._read: tuple[int, Accounts] | None = None

    def load(self, tx: Tx, network: Network) -> Accounts:
        """The accounts as of this version of the network; two statements when it has changed, none otherwise."""
        known = self._read
        if known is None or known[0] != network.version:
            connections = self._connections.load(tx, network.version)
            found = accounts_of(network.shops.values(), connections, read_shop_secrets(tx, self._sealer))
            known = self._read = (network.version, found)
        return known[1]


def accounts_of(shops: Iterable[Shop], connections: Iterable[Connection], secrets: Mapping[int, Mapping[str, str]]) -> dict[int, Account]:
    """The account of each shop that has a connection or secrets of its own; a shop with neither is nobody's to call. Pure."""
    by_id = {connection.id: connection for connection in connections}
    found = {}
    for shop in shops:
        connection = by_id.get(shop.connection_id) if shop.connection_id is not None else None
        own = secrets.get(shop.id, {})
        if connection is not None or own:
            found[shop.id] = Account(shop=shop, settings=settings_of(shop.account_ref, connection, own))
    return found


def settings_of(account_ref: str, connection: Connection | None, own: Mapping[str, str]) -> dict[str, Any]:
    """What a channel is given to reach a shop. Pure."""
    shared = {"url": connection.url, **connection.account, **connection.secrets} if connection else {}
    return {**({"shop": account_ref} if account_ref else {}), **shared, **own}


class StoredAccount(Struct, frozen=True, kw_only=True):
    """The account of one shop as it is stored. `secrets` in clear: to reach that account and no other, never to be shown."""

    platform: str
    account_ref: str
    connection_code: str
    secrets: dict[str, str]

    def __repr__(self) -> str:
        """Without the secrets."""
        return f"StoredAccount(platform={self.platform!r}, account_ref={self.account_ref!r})"


def stored_account(tx: Tx, sealer: Sealer, shop_code: str) -> StoredAccount | None:
    """The account of one shop, active or not. None: there is no such shop."""
    row = tx.execute(queries.secrets_of_shop, {"code": shop_code}).fetchone()
    if row is None:
        return None
    shop_id, sealed, platform, account_ref, connection_code = row
    secrets = {} if sealed is None else _decode(sealer.unseal(sealed, bound_to=shop_bond(shop_id)))
    return StoredAccount(platform=platform, account_ref=account_ref, connection_code=connection_code, secrets=secrets)
