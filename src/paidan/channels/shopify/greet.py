"""Asking Shopify who we are: the shop's name, and one order at most, for the right to read orders is what everything hangs upon.

Statuses: shopify.dev, status and error codes (401 token, 402 and 423 a shop that is frozen or locked, 403 rights, 404 no such shop).
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from msgspec import Struct

from paidan.channels.greeting import Greeting, turned_away, unfit, welcomed
from paidan.channels.shopify.graphql import ShopifyAccess, ShopifyClient
from paidan.kernel.clock import Clock
from paidan.kernel.reasons import Reason
from paidan.runtime.calling import Caller, RecordedFailure

REASONS: Final = {
    "http_401": Reason.SHOP_SESSION_WRONG,
    "http_402": Reason.SHOP_NOT_THERE,
    "http_403": Reason.SHOP_PERMISSION_MISSING,
    "http_404": Reason.SHOP_NOT_THERE,
    "http_423": Reason.SHOP_NOT_THERE,
    "ACCESS_DENIED": Reason.SHOP_PERMISSION_MISSING,
    "SHOP_INACTIVE": Reason.SHOP_NOT_THERE,
}


class _Shop(Struct, rename="camel"):
    name: str = ""
    myshopify_domain: str = ""


_SHOP: Final = msgspec.json.Decoder(_Shop)


def greet(settings: Mapping[str, Any], caller: Caller, clock: Clock) -> Greeting:
    """Who we are, or why we are nobody there."""
    del clock  # requests carry no time
    try:
        client = ShopifyClient(msgspec.convert(dict(settings), ShopifyAccess), caller)
    except msgspec.ValidationError as error:
        return unfit(error)
    if missing := next((name for name in ("shop", "token") if not getattr(client.access, name)), ""):
        return Greeting(reason=Reason.FIELD_MISSING, detail=missing)
    try:
        shop = client.call("greeting", {}).read("shop", _SHOP)
    except RecordedFailure as failure:
        return turned_away(failure, lambda one: REASONS.get(one.code))
    return welcomed(f"{shop.name} ({shop.myshopify_domain})" if shop.myshopify_domain else shop.name)
