"""Trying a shop's account before anything hangs upon it: the platform is really asked who we are. No secret is in the answer or the log."""

from typing import Annotated, Any, Literal

import structlog
from litestar import Request, Router
from litestar.params import JSONBody
from msgspec import Meta, Struct

from paidan.channels.greeting import Greeting
from paidan.channels.registry import channel_of
from paidan.entrypoints.api.guard import needs
from paidan.entrypoints.api.language import language_of
from paidan.entrypoints.api.people.rights import Right
from paidan.entrypoints.api.problems import invalid
from paidan.entrypoints.api.services import Given, HandlerContext
from paidan.entrypoints.api.verbs import post
from paidan.kernel import expected
from paidan.kernel.reasons import Reason, next_step, words
from paidan.network.accounts import settings_of, stored_account
from paidan.network.connections import Connection, read_connections
from paidan.network.rows import Code, OptionalCode, Text
from paidan.runtime.database import Tx

log = structlog.get_logger(__name__)


class TrialBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A shop's account as it is typed or stored. `secrets` null: those stored for the shop `code`, and then the rest is as it is stored, too."""

    platform: Literal["taobao", "shopify", "direct"]
    code: OptionalCode = ""
    connection_code: OptionalCode = ""
    account_ref: Text = ""
    secrets: Annotated[dict[Code, Text], Meta(max_length=50)] | None = None

    def __repr__(self) -> str:
        """Without the secrets."""
        return f"TrialBody(platform={self.platform!r}, code={self.code!r})"


class Trial(Struct, frozen=True, kw_only=True):
    """What came of it. `outcome`: reached (as `name`), refused (with its reason, and what to check), or nothing to ask.

    `detail`: the platform's own code, or the name of the setting that is missing or wrong.
    """

    outcome: Literal["reached", "refused", "nothing_to_ask"]
    name: str = ""
    reason: Reason | None = None
    text: str = ""
    next_step: str = ""
    detail: str = ""


@post(
    "/shops/trials",
    opt=needs(Right.SETTINGS, everywhere=True),
    status_code=200,
    sync_to_thread=True,
    summary="Try a shop's account",
    tags=["shops"],
)
def try_shop(services: Given, request: Request[Any, Any, Any], data: JSONBody[TrialBody]) -> Trial:
    """Ask the platform who we are, with this account; nothing is stored. Own shops have nobody to ask."""
    with services.database.transaction() as tx:
        connection = _connection(services, tx, data)
        secrets = _secrets(services, tx, data)
    ask = channel_of(data.platform).greet
    if ask is None:
        return Trial(outcome="nothing_to_ask")
    # A call may take seconds: no connection of the database is held meanwhile.
    greeting = ask(settings_of(data.account_ref, connection, secrets), services.calls, services.clock)
    log.info("shop.tried", shop=data.code, platform=data.platform, reason=greeting.reason.value if greeting.reason else "")
    return _told(greeting, language_of(request.headers.get("accept-language", "")))


def _connection(services: HandlerContext, tx: Tx, data: TrialBody) -> Connection | None:
    if not data.connection_code:
        return None
    found = next((one for one in read_connections(tx, services.sealer) if one.code == data.connection_code), None)
    if found is None:
        raise invalid("connection_code", expected=expected.LIVE_CONNECTION)
    if found.protocol != data.platform:
        raise invalid("connection_code", expected=expected.of_protocol(data.platform))
    return found


def _secrets(services: HandlerContext, tx: Tx, data: TrialBody) -> dict[str, str]:
    if data.secrets is not None or not data.code:
        return data.secrets or {}
    stored = stored_account(tx, services.sealer, data.code)
    if stored is None:
        raise invalid("code", Reason.UNKNOWN_SHOP)
    if (stored.platform, stored.account_ref, stored.connection_code) != (data.platform, data.account_ref, data.connection_code):
        # What is stored goes to the account it was stored for. Whoever tries another one knows its secrets.
        raise invalid("secrets", Reason.FIELD_MISSING, expected=expected.SECRETS_ANEW)
    return stored.secrets


def _told(greeting: Greeting, language: str) -> Trial:
    reason = greeting.reason
    if reason is None:
        return Trial(outcome="reached", name=greeting.name)
    return Trial(outcome="refused", reason=reason, text=words(reason, language), next_step=next_step(reason, language), detail=greeting.detail)


ROUTER = Router("/", route_handlers=[try_shop])
