"""A simulator of Shopify: order webhooks in REST shape, and the part of the GraphQL Admin API an order management system uses."""

from paidan.world.shopify.platform import ShopifyPlatform

__all__ = ["ShopifyPlatform"]
