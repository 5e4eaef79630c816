"""A simulator of Shopify: order webhooks in REST shape, and the part of the GraphQL Admin API an order management system uses."""

from paidan.world.shopify.platform import ShopifyPlatform, domain_of, location_of, token_of

__all__ = ["ShopifyPlatform", "domain_of", "location_of", "token_of"]
