"""Trying a shop's account: what the simulated platforms say to good and bad ones, and what the network does."""

import json
from urllib.parse import urlsplit

import pytest

from channels.platform_server import Said, top, top_error
from feedback.shop_world import SimCaller
from paidan.channels.registry import CHANNELS
from paidan.entrypoints.serving import held_port
from paidan.kernel.reasons import Reason
from paidan.runtime.clocks import FixedClock
from paidan.runtime.http import HttpCaller
from paidan.world.shopify import ShopifyPlatform
from paidan.world.shopify.platform import domain_of, token_of
from paidan.world.taobao import TaobaoPlatform, session_of
from world.taobao_client import APP_KEY, OPENS, SECRET, make_day

TOP = {"url": "https://sim.example/router/rest", "app_key": APP_KEY, "app_secret": SECRET, "session": session_of("A")}
SHOPIFY = {"url": "https://sim.example", "shop": domain_of("A"), "token": token_of("A")}


def greeted(platform, settings, simulator):
    clock = FixedClock(OPENS)
    return CHANNELS[platform].greet(settings, SimCaller(simulator, clock), clock)


@pytest.mark.parametrize(
    ("change", "reason", "detail"),
    [
        ({}, None, ""),
        ({"app_secret": "another"}, Reason.SHOP_KEY_WRONG, "25"),
        ({"app_key": "999"}, Reason.SHOP_KEY_WRONG, "29"),
        ({"session": "nobody's"}, Reason.SHOP_SESSION_WRONG, "27"),
        ({"session": ""}, Reason.FIELD_MISSING, "session"),
        ({"app_secret": None}, Reason.FIELD_MISSING, "app_secret"),
        ({"calls_at_once": "many"}, Reason.FIELD_INVALID, "calls_at_once"),
        ({"url": "https://sim.example/elsewhere"}, Reason.NOT_THE_PLATFORM, "http_404"),
    ],
)
def test_taobao_tells_who_we_are_or_why_we_are_nobody(change, reason, detail):
    settings = {name: value for name, value in {**TOP, **change}.items() if value is not None}
    greeting = greeted("taobao", settings, TaobaoPlatform(make_day()))
    assert (greeting.reason, greeting.detail, greeting.name) == (reason, detail, "" if reason else "店铺A")


def test_a_session_of_taobao_that_ran_out_is_told_as_such():
    simulator = TaobaoPlatform(make_day())
    simulator.end_session("A")
    greeting = greeted("taobao", TOP, simulator)
    assert (greeting.reason, greeting.detail) == (Reason.SHOP_SESSION_WRONG, "session-expired")
    assert greeted("taobao", {**TOP, "session": session_of("B")}, simulator).name == "店铺B"


@pytest.mark.parametrize(
    ("change", "reason", "detail"),
    [
        ({}, None, ""),
        ({"token": "another"}, Reason.SHOP_SESSION_WRONG, "http_401"),
        ({"token": None}, Reason.FIELD_MISSING, "token"),
        ({"shop": ""}, Reason.FIELD_MISSING, "shop"),
        ({"version": "2026-04/elsewhere"}, Reason.SHOP_NOT_THERE, "http_404"),
    ],
)
def test_shopify_tells_who_we_are_or_why_we_are_nobody(change, reason, detail):
    settings = {name: value for name, value in {**SHOPIFY, **change}.items() if value is not None}
    greeting = greeted("shopify", settings, ShopifyPlatform(make_day(platform="shopify")))
    assert (greeting.reason, greeting.detail, greeting.name) == (reason, detail, "" if reason else "店铺A (a.myshopify.com)")


def test_our_own_shop_has_nobody_to_ask():
    assert CHANNELS["direct"].greet is None


SELLER, TRADES = "taobao.user.seller.get", "taobao.trades.sold.get"
DENIED = json.dumps({"data": None, "errors": [{"message": "no", "extensions": {"code": "ACCESS_DENIED"}}]}).encode()


@pytest.mark.parametrize(
    ("refusals", "reason", "name"),
    [
        ({SELLER: top_error(11)}, None, ""),  # it may read trades, and that is what it is for
        ({TRADES: top_error(11, "isv.permission-api-package-limit")}, Reason.SHOP_PERMISSION_MISSING, ""),
        ({SELLER: top_error(27, "invalid-sessionkey")}, Reason.SHOP_SESSION_WRONG, ""),
        ({SELLER: top_error(31)}, Reason.TIMESTAMP_WRONG, ""),
        ({SELLER: top_error(7, "accesscontrol.limited-by-api-access-count")}, Reason.TOO_MANY_REQUESTS, ""),
        ({SELLER: top_error(15, "isv.something-else")}, Reason.COUNTERPART_REFUSED, ""),
        ({SELLER: Said(b"<html>who are you?</html>")}, Reason.NOT_THE_PLATFORM, ""),
        ({SELLER: Said(b"{}", status=502)}, Reason.PLATFORM_SILENT, ""),
        ({SELLER: None}, Reason.PLATFORM_SILENT, ""),
    ],
)
def test_what_taobao_s_codes_mean(platform, caller, refusals, reason, name):
    good = {SELLER: top(SELLER, {"user": {"nick": "店"}}), TRADES: top(TRADES, {"total_results": 0})}
    platform.answer = lambda got: {**good, **refusals}[got.form["method"]]
    settings = {**TOP, "url": f"{platform.url}/router/rest", "timeout_s": 2}
    greeting = CHANNELS["taobao"].greet(settings, caller, FixedClock(OPENS))
    assert (greeting.reason, greeting.name) == (reason, name)
    assert {got.form.get("page_size", "1") for got in platform.got} == {"1"}


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (Said(DENIED), Reason.SHOP_PERMISSION_MISSING),
        (Said(b"{}", status=403), Reason.SHOP_PERMISSION_MISSING),
        (Said(b"{}", status=423), Reason.SHOP_NOT_THERE),
        (Said(b"{}", status=429), Reason.TOO_MANY_REQUESTS),
        (Said(b"", status=503), Reason.PLATFORM_SILENT),
        (Said(b"hello"), Reason.NOT_THE_PLATFORM),
    ],
)
def test_what_shopify_s_answers_mean(platform, caller, said, reason):
    platform.answer = lambda _got: said
    assert CHANNELS["shopify"].greet({**SHOPIFY, "url": platform.url, "timeout_s": 2}, caller, FixedClock(OPENS)).reason is reason


@pytest.mark.parametrize(("platform_name", "settings"), [("taobao", TOP), ("shopify", SHOPIFY)])
def test_a_closed_port_is_not_reachable_and_a_private_address_is_not_called(caller, platform_name, settings):
    with held_port() as port:  # bound, and nobody listens
        url = urlsplit(settings["url"])._replace(scheme="http", netloc=f"127.0.0.1:{port}").geturl()
        greet = CHANNELS[platform_name].greet
        assert greet({**settings, "url": url}, caller, FixedClock(OPENS)).reason is Reason.PLATFORM_UNREACHABLE
        for way_out in (HttpCaller(), HttpCaller(allow_plain=True)):
            assert greet({**settings, "url": url}, way_out, FixedClock(OPENS)).reason is Reason.ADDRESS_NOT_CALLED
