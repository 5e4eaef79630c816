from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from channels.platform_server import PlatformServer
from paidan.channels.shopify.graphql import ShopifyAccess, ShopifyClient
from paidan.channels.taobao.client import TopAccess, TopClient
from paidan.runtime.clocks import FixedClock
from paidan.runtime.http import HttpCaller

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


@pytest.fixture
def platform() -> Iterator[PlatformServer]:
    platform = PlatformServer()
    yield platform
    platform.close()


@pytest.fixture(scope="module")
def caller() -> Iterator[HttpCaller]:
    caller = HttpCaller(allow_loopback=True)
    yield caller
    caller.close()


@pytest.fixture
def top_client(platform: PlatformServer, caller: HttpCaller) -> TopClient:
    access = TopAccess(url=platform.url + "/router/rest", app_key="12345678", app_secret="app-secret", session="shop-session", timeout_s=2)
    return TopClient(access, caller, FixedClock(NOW))


@pytest.fixture
def shopify_client(platform: PlatformServer, caller: HttpCaller) -> ShopifyClient:
    access = ShopifyAccess(shop="example.myshopify.com", token="shop-token", url=platform.url, location_ref="77", timeout_s=2)
    return ShopifyClient(access, caller)
