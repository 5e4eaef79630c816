"""The shops within reach: each active shop of a platform that can be called, beside its client."""

from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from msgspec import Struct

from paidan.channels.platform import Channel, ListingQuantity
from paidan.channels.shopify.channel import access_of
from paidan.channels.shopify.graphql import ShopifyClient
from paidan.channels.shopify.stock import UNKNOWN_LISTING, ShopifyStock
from paidan.channels.taobao.channel import client_of
from paidan.channels.taobao.client import TopClient
from paidan.channels.taobao.look import look
from paidan.channels.taobao.merge import Candidate, Groups, merge_groups
from paidan.feedback.ports import Looker, Merger, Teller
from paidan.kernel.clock import Clock
from paidan.kernel.errors import SetupError
from paidan.network.accounts import AccountCache
from paidan.network.load import Network, Shop
from paidan.runtime.calling import Caller, CallRecord, RecordedRefusal
from paidan.runtime.database import Tx
from paidan.runtime.sealing import Sealer

log = structlog.get_logger(__name__)


class ShopLink(Struct, frozen=True, kw_only=True):
    """One shop within reach. `merger` None: this platform shows receivers in clear."""

    shop: Shop
    teller: Teller
    looker: Looker
    merger: Merger | None = None

    @property
    def counterpart(self) -> str:
        """Its name in the message log."""
        return f"shop:{self.shop.code}"


class ShopLinks:
    """Links by shop id, made anew when the network's version has changed. Threads may share it: a race costs a second making."""

    def __init__(self, channels: Mapping[str, Channel], caller: Caller, clock: Clock, sealer: Sealer, accounts: AccountCache | None = None) -> None:
        self._channels = channels
        self._caller = caller
        self._clock = clock
        self._accounts = accounts or AccountCache(sealer)
        self._made: tuple[int, dict[int, ShopLink]] | None = None

    def load(self, tx: Tx, network: Network) -> dict[int, ShopLink]:
        """The links at this version of the network. A shop whose settings are wrong is left out and told in the log."""
        known = self._made
        if known is None or known[0] != network.version:
            accounts = self._accounts.load(tx, network).values()
            links = [link for account in accounts if (link := self._link(account.shop, account.settings)) is not None]
            known = self._made = (network.version, {link.shop.id: link for link in links})
        return known[1]

    def is_told(self, shop: Shop) -> bool:
        """Whether the shop's platform wants to hear of anything at all; our own channels don't."""
        channel = self._channels.get(shop.platform)
        return channel is not None and channel.connect is not None

    def _link(self, shop: Shop, settings: Mapping[str, Any]) -> ShopLink | None:
        channel = self._channels.get(shop.platform)
        if channel is None or channel.connect is None:
            return None
        try:
            teller = channel.connect(settings, self._caller, self._clock).writer
            if shop.platform == "taobao":
                more = TaobaoMore(client_of(settings, self._caller, self._clock))
                return ShopLink(shop=shop, teller=teller, looker=more, merger=more)
            return ShopLink(shop=shop, teller=teller, looker=ShopifyLooker(ShopifyStock(ShopifyClient(access_of(settings), self._caller))))
        except SetupError as error:
            log.warning("shop out of reach", shop=shop.code, error=str(error))
            return None


class TaobaoMore:
    """What only Taobao's client offers: a look at the display, and who is the same receiver."""

    def __init__(self, client: TopClient) -> None:
        self._client = client

    def look(self, rows: Sequence[ListingQuantity]) -> tuple[Mapping[tuple[str, str], int], tuple[CallRecord, ...]]:
        """What these listings show now."""
        return look(self._client, rows)

    def groups(self, candidates: Sequence[Candidate]) -> Groups:
        """Ask about at most 100 trades."""
        return merge_groups(self._client, candidates)


class ShopifyLooker:
    """What a Shopify location shows."""

    def __init__(self, stock: ShopifyStock) -> None:
        self._stock = stock

    def look(self, rows: Sequence[ListingQuantity]) -> tuple[Mapping[tuple[str, str], int], tuple[CallRecord, ...]]:
        """What these (at most 100) variants show now; one not stocked there shows nothing."""
        shown, record = self._stock.read_quantities([row.sku_ref for row in rows])
        if any(row.sku_ref not in shown for row in rows):
            raise RecordedRefusal("inventory_levels: a listing is unknown", record=record, code=UNKNOWN_LISTING)
        return {(row.item_ref, row.sku_ref): shown[row.sku_ref].quantity or 0 for row in rows}, (record,)
