"""Taobao and Tmall as a channel."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from paidan.channels.facts import PlatformOrder
from paidan.channels.platform import Channel, Connection, ListingQuantity, PlatformParcel, StockOutcome, Told
from paidan.channels.taobao.client import CALLS_MAX, TopAccess, TopClient
from paidan.channels.taobao.greet import greet
from paidan.channels.taobao.orders import parse
from paidan.channels.taobao.pull import TaobaoPuller
from paidan.channels.taobao.ship import TaobaoShipper
from paidan.channels.taobao.stock import TaobaoStock
from paidan.kernel.clock import Clock
from paidan.kernel.errors import SetupError
from paidan.runtime.calling import Caller, RecordedFailure


class TaobaoCodec:
    """Reads trades."""

    def parse(self, body: bytes) -> PlatformOrder:
        """A trade, bare or in its envelope."""
        return parse(body)


class TaobaoWriter:
    """Tells parcels and quantities of one shop."""

    parcels_at_once = CALLS_MAX

    def __init__(self, client: TopClient) -> None:
        self._shipper = TaobaoShipper(client)
        self._stock = TaobaoStock(client)

    def ship_all(self, parcels: Sequence[PlatformParcel]) -> list[Told | RecordedFailure]:
        """Tell parcels, each by itself; a repeat is success."""
        return self._shipper.ship_all(parcels)

    def set_quantities(self, rows: Sequence[ListingQuantity], *, key: str) -> list[StockOutcome]:
        """Show exactly these quantities; setting is repeatable by nature, so the key is not sent."""
        del key
        return self._stock.set_quantities(rows)

    def change_quantities(self, rows: Sequence[ListingQuantity], *, key: str) -> list[StockOutcome]:
        """Add these differences once for `key`."""
        return self._stock.change_quantities(rows, key=key)


def client_of(settings: Mapping[str, Any], caller: Caller, clock: Clock) -> TopClient:
    """A client from a shop's settings (fields of TopAccess). Raises SetupError."""
    try:
        return TopClient(msgspec.convert(dict(settings), TopAccess), caller, clock)
    except msgspec.ValidationError as error:
        raise SetupError(f"settings of a Taobao shop: {error}") from error


def connect(settings: Mapping[str, Any], caller: Caller, clock: Clock) -> Connection:
    """A shop within reach."""
    client = client_of(settings, caller, clock)
    return Connection(puller=TaobaoPuller(client), writer=TaobaoWriter(client))


CHANNEL = Channel(platform="taobao", codec=TaobaoCodec(), connect=connect, greet=greet)
