"""Webhooks: signed deliveries of events to the merchant's application."""

import base64
import hashlib
import hmac
from collections.abc import Collection
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5

import msgspec

from paidan.world.shopify.rest import rest_order
from paidan.world.shopify.state import Order
from paidan.world.wire import Callback

TOPICS = frozenset({"orders/create", "orders/paid", "orders/updated", "orders/cancelled"})


def signature(secret: str, body: bytes) -> str:
    """`X-Shopify-Hmac-Sha256`: base64 of HMAC-SHA256 over the raw body, keyed with the application's client secret."""
    return base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()


class Webhooks:
    """Subscriptions of one store: the topics, all to one address. Collects deliveries until they are taken."""

    def __init__(self, url: str, secret: str, api_version: str, topics: Collection[str]) -> None:
        self._url = url
        self._secret = secret
        self._api_version = api_version
        self._topics = frozenset(topics)
        self._waiting: list[Callback] = []

    def tell(self, order: Order, now: datetime, topics: tuple[str, ...]) -> None:
        """An event of the order, one delivery for each topic subscribed to. The event's id is the same for all of them."""
        wanted = [topic for topic in topics if topic in self._topics]
        if not self._url or not wanted:
            return
        body = msgspec.json.encode(rest_order(order))
        event = uuid5(NAMESPACE_URL, f"{order.store.domain}/events/{order.number}/{order.told}")
        for topic in wanted:
            order.told += 1
            name = f"{order.store.domain}/webhooks/{order.number}/{order.told}"
            headers = {
                "Content-Type": "application/json",
                "User-Agent": "Shopify-Captain-Hook",
                "X-Shopify-Topic": topic,
                "X-Shopify-Hmac-Sha256": signature(self._secret, body),
                "X-Shopify-Shop-Domain": order.store.domain,
                "X-Shopify-API-Version": self._api_version,
                "X-Shopify-Webhook-Id": str(uuid5(NAMESPACE_URL, name)),
                "X-Shopify-Event-Id": str(event),
                "X-Shopify-Triggered-At": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f000Z"),
                "X-Shopify-Name": f"paidan {topic}",
            }
            key = f"shopify:{order.store.shop.code}:{order.number}#{order.told}"
            self._waiting.append(Callback(key=key, due_at=now, url=self._url, body=body, headers=headers))

    def take(self) -> list[Callback]:
        """What is to be delivered, oldest first."""
        taken, self._waiting = self._waiting, []
        return taken
