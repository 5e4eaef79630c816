"""An order of Shopify → PlatformOrder, from the REST shape (webhooks) and the GraphQL shape (pulls): the same order gives the same result."""

import re
from typing import Final

from paidan.channels.decoding import decode
from paidan.channels.facts import PlatformOrder
from paidan.channels.shopify import graphql_wire, rest_wire
from paidan.channels.shopify.told import order_of

_WRAPPED: Final = re.compile(rb'\s*\{\s*"order"\s*:')
_GRAPHQL: Final = b'"displayFinancialStatus"'  # we always ask for it; within a text its quotes would be escaped


def parse(body: bytes) -> PlatformOrder:
    """The order in the body. Raises BadInput with the field's path."""
    if _GRAPHQL in body:
        return order_of(graphql_wire.told_of(decode(graphql_wire.ORDER, body)))
    if _WRAPPED.match(body):
        return order_of(rest_wire.told_of(decode(rest_wire.WRAPPED, body).order))
    return order_of(rest_wire.told_of(decode(rest_wire.ORDER, body)))
