"""Connections of the network as the counterparts' clients want them: a warehouse system (qimen), a tracking service (kuaidi100).

`connection.account` of a qimen connection: app_key, customer_id, owner_code; sign_method, version, target_app_key, method_prefix (when not the
gateway's); retry_codes, not_found_codes, unknown_item_codes (each product of a warehouse system has its own); batch_create; sender_name,
sender_mobile; stock_query_at ("03:30": when its warehouses are asked for their stock, on their own clocks; "never"). Its secrets:
{"secret": …}. Of a kuaidi100 connection: customer, callback_url, query_url; secrets: {"key": …, "salt": …}.
"""

from datetime import time
from typing import Any, Final

from msgspec import Struct, field

from paidan.counterparts.kuaidi100.client import Kuaidi100Connection
from paidan.counterparts.qimen.client import RETRY_CODES, QimenConnection
from paidan.counterparts.qimen.sign import METHOD_PREFIX
from paidan.kernel.errors import SetupError
from paidan.network.connections import Connection, ConnectionCache
from paidan.network.load import Network
from paidan.runtime.database import Tx

WMS: Final = "wms:"
QUIET: Final = time(3, 30)
NEVER: Final = "never"
CARRIER: Final = "carrier:"
# Refusals of the gateway or of HTTP, not of the warehouse: something is set up wrongly, the order is not to blame.
GATEWAY_CODES: Final = ("TOP", "http_")


class WmsLink(Struct, frozen=True, kw_only=True):
    """A warehouse system. The codes are its own words for "no such document" and "no such item"."""

    id: int
    code: str
    qimen: QimenConnection
    batch_create: bool = True
    not_found_codes: frozenset[str] = frozenset({"S003"})
    unknown_item_codes: frozenset[str] = frozenset({"S006"})
    sender_name: str = ""
    sender_mobile: str = ""
    stock_query_at: time | None = QUIET

    @property
    def counterpart(self) -> str:
        """Its name in the message log."""
        return WMS + self.code


class TrackerLink(Struct, frozen=True, kw_only=True):
    """A tracking service."""

    id: int
    code: str
    kuaidi100: Kuaidi100Connection

    @property
    def counterpart(self) -> str:
        """Its name in the message log."""
        return CARRIER + self.code


class Links(Struct, frozen=True, kw_only=True):
    """All links at one version of the network."""

    wms: dict[int, WmsLink] = field(default_factory=dict)  # by connection id
    trackers: tuple[TrackerLink, ...] = ()

    def of_warehouse(self, network: Network, warehouse_id: int) -> WmsLink | None:
        """The system of a warehouse; None: nobody to call."""
        warehouse = network.warehouses.get(warehouse_id)
        return self.wms.get(warehouse.connection_id) if warehouse is not None and warehouse.connection_id is not None else None

    def by_customer(self, customer_id: str) -> WmsLink | None:
        """The system that signs with this customer id."""
        return next((link for link in self.wms.values() if link.qimen.customer_id == customer_id), None)

    def by_counterpart(self, counterpart: str) -> WmsLink | None:
        """The system of this name in the message log."""
        return next((link for link in self.wms.values() if link.counterpart == counterpart), None)


class LinkCache:
    """The links, made anew when the network's version has changed."""

    def __init__(self, connections: ConnectionCache) -> None:
        self._connections = connections
        self._made: tuple[tuple[Connection, ...], Links] | None = None

    def load(self, tx: Tx, version: int) -> Links:
        """The links as of this transaction."""
        read = self._connections.load(tx, version)
        known = self._made
        if known is None or known[0] is not read:
            known = self._made = (read, links_of(read))
        return known[1]


def links_of(connections: tuple[Connection, ...]) -> Links:
    """Raises KeyError naming what a connection lacks."""
    return Links(
        wms={c.id: _wms(c) for c in connections if c.protocol == "qimen"},
        trackers=tuple(TrackerLink(id=c.id, code=c.code, kuaidi100=_kuaidi100(c)) for c in connections if c.protocol == "kuaidi100"),
    )


def is_gateway(code: str) -> bool:
    """Whether a refusal tells of wrong settings rather than of the document."""
    return code.startswith(GATEWAY_CODES)


def _wms(connection: Connection) -> WmsLink:
    account = connection.account
    return WmsLink(
        id=connection.id,
        code=connection.code,
        qimen=QimenConnection(
            url=connection.url,
            app_key=account["app_key"],
            secret=connection.secrets["secret"],
            customer_id=account["customer_id"],
            owner_code=account.get("owner_code", ""),
            version=account.get("version", "2.0"),
            sign_method=account.get("sign_method", "md5"),
            method_prefix=account.get("method_prefix", METHOD_PREFIX),
            target_app_key=account.get("target_app_key", ""),
            retry_codes=RETRY_CODES | frozenset(account.get("retry_codes", ())),
        ),
        **_told(account),
    )


def _told(account: Any) -> dict[str, Any]:
    """The options an operator has set; the rest keeps its default."""
    plain = {name: account[name] for name in ("batch_create", "sender_name", "sender_mobile") if name in account}
    codes = {name: frozenset(account[name]) for name in ("not_found_codes", "unknown_item_codes") if name in account}
    return plain | codes | ({"stock_query_at": _time_of(account["stock_query_at"])} if account.get("stock_query_at") else {})


def _time_of(text: Any) -> time | None:
    """Raises SetupError for what is no time of day."""
    if text == NEVER:
        return None
    try:
        return time.fromisoformat(str(text))
    except ValueError as error:
        raise SetupError("stock_query_at of a qimen connection: a time of day like 03:30, or never") from error


def _kuaidi100(connection: Connection) -> Kuaidi100Connection:
    account = connection.account
    query_url = {"query_url": account["query_url"]} if "query_url" in account else {}
    return Kuaidi100Connection(
        subscribe_url=connection.url,
        customer=account["customer"],
        key=connection.secrets["key"],
        salt=connection.secrets["salt"],
        callback_url=account["callback_url"],
        **query_url,
    )
