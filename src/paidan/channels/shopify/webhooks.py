"""Webhooks of Shopify: the signature over the raw body, and what the headers say. Source: shopify.dev, "Deliver webhooks through HTTPS"."""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct

from paidan.channels.decoding import check_strictly, instant
from paidan.kernel.errors import BadInput
from paidan.kernel.reasons import Reason

ORDER_TOPICS: Final = frozenset(
    {
        "orders/create",
        "orders/updated",
        "orders/paid",
        "orders/cancelled",
        "orders/fulfilled",
        "orders/partially_fulfilled",
    },
)
_WORD = re.compile(r"[A-Za-z0-9_./-]{1,120}")
_SHOP = re.compile(r"[a-z0-9][a-z0-9.-]{0,120}")


class Webhook(Struct, frozen=True, kw_only=True):
    """What the headers of a genuine webhook say. One delivery keeps its `webhook_ref` on every retry; one event may reach several subscriptions."""

    webhook_ref: str
    event_ref: str
    topic: str
    shop: str  # example.myshopify.com
    api_version: str
    triggered_at: datetime | None

    @property
    def is_order(self) -> bool:
        """The body is a whole order."""
        return self.topic in ORDER_TOPICS


def webhook_sign(secret: str, body: bytes) -> str:
    """base64(HMAC-SHA256(secret, raw body))."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def is_genuine(body: bytes, signature: str, secrets: Sequence[str]) -> bool:
    """Whether one of the secrets (two while rotating) made the signature; constant time, all secrets tried. Without secrets nothing is genuine."""
    return any([hmac.compare_digest(webhook_sign(secret, body).encode(), signature.encode()) for secret in secrets if secret])  # noqa: C419 - no short cut


def read_webhook(headers: Mapping[str, str], body: bytes, secrets: Sequence[str]) -> Webhook:
    """Check a delivery and read its headers (any case). Raises BadInput: SIGNATURE_WRONG first, then headers, then a body that is not strict JSON."""
    found = {name.lower(): value for name, value in headers.items()}
    if not is_genuine(body, found.get("x-shopify-hmac-sha256", ""), secrets):
        raise BadInput(Reason.SIGNATURE_WRONG, "x-shopify-hmac-sha256")
    triggered = found.get("x-shopify-triggered-at")
    webhook = Webhook(
        webhook_ref=_word(found, "x-shopify-webhook-id"),
        event_ref=found.get("x-shopify-event-id", ""),
        topic=_word(found, "x-shopify-topic"),
        shop=_shop(found),
        api_version=found.get("x-shopify-api-version", ""),
        triggered_at=instant(triggered, "x-shopify-triggered-at") if triggered else None,
    )
    check_strictly(body)
    return webhook


def _word(headers: Mapping[str, str], name: str) -> str:
    value = headers.get(name, "")
    if _WORD.fullmatch(value) is None:
        raise BadInput(Reason.FIELD_INVALID if value else Reason.FIELD_MISSING, name)
    return value


def _shop(headers: Mapping[str, str]) -> str:
    value = headers.get("x-shopify-shop-domain", "").lower()
    if _SHOP.fullmatch(value) is None:
        raise BadInput(Reason.UNKNOWN_SHOP, "x-shopify-shop-domain")
    return value
