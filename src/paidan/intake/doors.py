"""The doors of a shop: by which feeds its orders can be fetched. Platforms with more than a list of changes have a function here."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

import msgspec
from msgspec import Struct, structs
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from paidan.channels.decoding import decode
from paidan.channels.platform import Known, Puller, PullPage, RawOrder, nothing_known
from paidan.channels.registry import channel_of
from paidan.channels.shopify.channel import access_of
from paidan.channels.shopify.created import ShopifyCreated
from paidan.channels.shopify.graphql import ShopifyClient
from paidan.channels.shopify.pull import ShopifyPuller
from paidan.channels.taobao.bulk import BulkReader
from paidan.channels.taobao.channel import client_of
from paidan.channels.taobao.client import TopClient
from paidan.channels.taobao.messages import MessageService
from paidan.channels.taobao.pull import CREATED, TaobaoPuller
from paidan.channels.taobao.refunds import RefundPuller
from paidan.channels.taobao.windows import WindowRules
from paidan.intake.ports import Feed, Reader
from paidan.intake.pushes import MessageDoor
from paidan.kernel.clock import Clock
from paidan.kernel.errors import BadInput, SetupError
from paidan.network.accounts import Account
from paidan.network.load import Shop
from paidan.runtime.calling import Caller

BULK_DSN: Final = "bulk_dsn"  # a secret of the shop: where the platform writes its trades
BULK_SCHEMA: Final = "sys_info"
WHOLE_HOURS: Final = WindowRules(length_s=3600, widest_s=3600, overlap_s=0, lag_s=0)
PERMIT: Final = "taobao.tmc.user.permit"


class Doors(Struct, frozen=True, kw_only=True):
    """What can be asked about a shop. `puller` reads single orders again; `messages` is polled for pushes; `group` names who shares them."""

    shop: Shop
    puller: Puller | None = None
    readers: Mapping[Feed, Reader] = {}
    messages: MessageDoor | None = None
    group: str = ""
    covered: frozenset[Feed] = frozenset()  # feeds whose news come with the orders themselves here

    def serves(self, feed: Feed) -> bool:
        """Whether this feed is read here. Notices are worked off wherever single orders can be read again."""
        return self.puller is not None and (feed is Feed.PUSH or feed in self.readers or feed in self.covered)


def doors_of(account: Account, caller: Caller, clock: Clock) -> Doors:
    """The doors of an account. Raises SetupError for an unknown platform or missing settings."""
    return PLATFORMS.get(account.shop.platform, _plain)(account, caller, clock)


def permit_messages(account: Account, caller: Caller, clock: Clock) -> None:
    """Ask Taobao once to send this seller's messages to our application (`taobao.tmc.user.permit`, all topics). Raises CounterpartError."""
    client_of(account.settings, caller, clock).call(PERMIT, {})


def _plain(account: Account, caller: Caller, clock: Clock) -> Doors:
    connect = channel_of(account.shop.platform).connect
    if connect is None:
        return Doors(shop=account.shop)
    puller = connect(account.settings, caller, clock).puller
    return Doors(shop=account.shop, puller=puller, readers={Feed.ORDERS: puller})


def _taobao(account: Account, caller: Caller, clock: Clock) -> Doors:
    client = client_of(account.settings, caller, clock)
    puller = TaobaoPuller(client)
    readers: dict[Feed, Reader] = {
        Feed.ORDERS: puller,
        Feed.REFUNDS: RefundPuller(client),
        Feed.CREATED: TaobaoPuller(client, WHOLE_HOURS, CREATED),
    }
    if dsn := account.settings.get(BULK_DSN):
        readers[Feed.BULK] = OwnTrades(BulkReader(_with_schema(str(dsn))), account.shop.account_ref)
    return Doors(shop=account.shop, puller=puller, readers=readers, messages=MessageService(client), group=_group(client))


def _shopify(account: Account, caller: Caller, clock: Clock) -> Doors:
    del clock
    puller = ShopifyPuller(ShopifyClient(access_of(account.settings), caller))
    return Doors(
        shop=account.shop, puller=puller, readers={Feed.ORDERS: puller, Feed.CREATED: ShopifyCreated(puller)}, covered=frozenset({Feed.REFUNDS})
    )


def _with_schema(dsn: str) -> str:
    """The platform writes its tables into a schema of this name, unless the DSN has options that say otherwise. Raises SetupError."""
    try:
        options = conninfo_to_dict(dsn).get("options")
        return dsn if options else make_conninfo(dsn, options=f"-c search_path={BULK_SCHEMA}")
    except ProgrammingError:
        raise SetupError("bulk_dsn of a shop is no PostgreSQL DSN") from None  # the error would quote it


def _group(client: TopClient) -> str:
    return f"{client.access.app_key}/{client.access.message_group}"


PLATFORMS: Final[dict[str, Callable[[Account, Caller, Clock], Doors]]] = {"taobao": _taobao, "shopify": _shopify}


class _Trade(Struct):
    """Whose trade it is."""

    seller_nick: str | None = None


class _Inside(Struct):
    """The envelope's inside."""

    trade: _Trade


class _Envelope(Struct):
    """A row of the push database."""

    trade_fullinfo_get_response: _Inside


_ENVELOPE: Final[msgspec.json.Decoder[Any]] = msgspec.json.Decoder(_Envelope)


class OwnTrades:
    """A push database holds the trades of all sellers of an application: this leaves those of one. Without a nick, all are ours."""

    def __init__(self, reader: Reader, seller_nick: str) -> None:
        self._reader = reader
        self._seller_nick = seller_nick

    def start_cursor(self, at: datetime) -> str:
        """As the database has it."""
        return self._reader.start_cursor(at)

    def pull(self, cursor: str, *, now: datetime, known: Known = nothing_known) -> Iterator[PullPage]:
        """The pages with the trades of others left out. One that can't be read is nobody else's: intake sets it aside for all to see."""
        for page in self._reader.pull(cursor, now=now, known=known):
            yield structs.replace(page, orders=tuple(raw for raw in page.orders if self._is_ours(raw)))

    def _is_ours(self, raw: RawOrder) -> bool:
        try:
            nick = decode(_ENVELOPE, raw.body).trade_fullinfo_get_response.trade.seller_nick
        except BadInput:
            return True
        return not self._seller_nick or nick in {None, "", self._seller_nick}
