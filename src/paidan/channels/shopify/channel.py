"""Shopify as a channel."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from paidan.channels.facts import PlatformOrder
from paidan.channels.platform import Channel, Connection, ListingQuantity, PlatformParcel, StockOutcome, Told
from paidan.channels.shopify.graphql import ShopifyAccess, ShopifyClient
from paidan.channels.shopify.greet import greet
from paidan.channels.shopify.orders import parse
from paidan.channels.shopify.pull import ShopifyPuller
from paidan.channels.shopify.ship import ShopifyShipper
from paidan.channels.shopify.stock import ShopifyStock
from paidan.kernel.clock import Clock
from paidan.kernel.errors import SetupError
from paidan.runtime.calling import Caller, RecordedFailure


class ShopifyCodec:
    """Reads orders."""

    def parse(self, body: bytes) -> PlatformOrder:
        """An order of either shape."""
        return parse(body)


class ShopifyWriter:
    """Tells parcels and quantities of one shop."""

    parcels_at_once = 1

    def __init__(self, client: ShopifyClient) -> None:
        self._shipper = ShopifyShipper(client)
        self._stock = ShopifyStock(client)

    def ship_all(self, parcels: Sequence[PlatformParcel]) -> list[Told | RecordedFailure]:
        """Tell parcels, one after the other; a repeat is success."""
        return [self._ship(parcel) for parcel in parcels]

    def _ship(self, parcel: PlatformParcel) -> Told | RecordedFailure:
        try:
            return self._shipper.ship(parcel)
        except RecordedFailure as failure:
            return failure

    def set_quantities(self, rows: Sequence[ListingQuantity], *, key: str) -> list[StockOutcome]:
        """Show exactly these quantities."""
        return self._stock.set_quantities(rows, key=key)

    def change_quantities(self, rows: Sequence[ListingQuantity], *, key: str) -> list[StockOutcome]:
        """Add these differences once for `key`."""
        return self._stock.change_quantities(rows, key=key)


def access_of(settings: Mapping[str, Any]) -> ShopifyAccess:
    """A shop's settings (fields of ShopifyAccess). Raises SetupError."""
    try:
        return msgspec.convert(dict(settings), ShopifyAccess)
    except msgspec.ValidationError as error:
        raise SetupError(f"settings of a Shopify shop: {error}") from error


def connect(settings: Mapping[str, Any], caller: Caller, clock: Clock) -> Connection:
    """A shop within reach."""
    del clock  # requests carry no time
    client = ShopifyClient(access_of(settings), caller)
    return Connection(puller=ShopifyPuller(client), writer=ShopifyWriter(client))


CHANNEL = Channel(platform="shopify", codec=ShopifyCodec(), connect=connect, greet=greet)
