"""The shops within reach: each active shop of a platform that can be called, beside its client."""

from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from msgspec import Struct

from paidan.channels.calling import Caller
from paidan.channels.platform import Channel
from paidan.channels.taobao.channel import client_of
from paidan.channels.taobao.client import TopClient
from paidan.channels.taobao.merge import Candidate, Groups, merge_groups
from paidan.feedback.ports import Merger, Teller
from paidan.kernel.clock import Clock
from paidan.kernel.errors import SetupError
from paidan.network.accounts import AccountCache
from paidan.network.load import Network, Shop
from paidan.runtime.database import Tx
from paidan.runtime.sealing import Sealer

log = structlog.get_logger(__name__)


class ShopLink(Struct, frozen=True, kw_only=True):
    """One shop within reach. `merger` None: this platform shows receivers in clear."""

    shop: Shop
    teller: Teller
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
            writer = channel.connect(settings, self._caller, self._clock).writer
            merger = TaobaoMerger(client_of(settings, self._caller, self._clock)) if shop.platform == "taobao" else None
        except SetupError as error:
            log.warning("shop out of reach", shop=shop.code, error=str(error))
            return None
        return ShopLink(shop=shop, teller=writer, merger=merger)


class TaobaoMerger:
    """`taobao.top.oaid.merge` for one shop."""

    def __init__(self, client: TopClient) -> None:
        self._client = client

    def groups(self, candidates: Sequence[Candidate]) -> Groups:
        """Ask about at most 100 trades."""
        return merge_groups(self._client, candidates)
