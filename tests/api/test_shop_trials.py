"""Trying a shop's account by the API, against the simulated platforms: before it is stored, and after."""

import pytest

from feedback.shop_world import SimCaller
from paidan.entrypoints.api import shop_trials
from paidan.runtime.clocks import FixedClock
from paidan.world.shopify import ShopifyPlatform
from paidan.world.shopify.platform import domain_of, token_of
from paidan.world.taobao import TaobaoPlatform, session_of
from scene import NOW
from world.taobao_client import APP_KEY, SECRET, make_day

TAOBAO = {"platform": "taobao", "connection_code": "TOP", "secrets": {"session": session_of("A")}}
SHOPIFY = {"platform": "shopify", "connection_code": "SHOPIFY", "account_ref": domain_of("A"), "secrets": {"token": token_of("A")}}
CONNECTIONS = [
    {"code": "TOP", "protocol": "taobao", "url": "https://a.example/router/rest", "account": {"app_key": APP_KEY}, "secrets": {"app_secret": SECRET}},
    {"code": "SHOPIFY", "protocol": "shopify", "url": "https://b.example"},
    {"code": "OFF", "protocol": "taobao", "url": "https://a.example/router/rest", "account": {"app_key": APP_KEY}, "is_active": False},
]


class Told:
    """The log of the module under test."""

    def __init__(self):
        self.lines = []

    def info(self, event, **more):
        self.lines.append(f"{event} {more}")


@pytest.fixture
def told(monkeypatch):
    told = Told()
    monkeypatch.setattr(shop_trials, "log", told)
    return told


@pytest.fixture
def platforms(world, monkeypatch):
    """Both platforms behind the API's way out, and connections to them."""
    by_host = {"a.example": TaobaoPlatform(make_day()), "b.example": ShopifyPlatform(make_day(platform="shopify"))}
    callers = {host: SimCaller(simulator, FixedClock(NOW)) for host, simulator in by_host.items()}

    class Calls:
        def call(self, verb, url, **more):
            return callers[url.split("/")[2]].call(verb, url, **more)

    monkeypatch.setitem(world.services.__dict__, "calls", Calls())
    assert [one["effect"] for one in world.post("/network/connections", {"rows": CONNECTIONS}).json()["results"]] == ["created"] * 3
    return by_host


def tried(world, body, language="en"):
    answer = world.post("/shops/trials", body, headers={"accept-language": language})
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.usefixtures("platforms")
@pytest.mark.parametrize(("body", "name"), [(TAOBAO, "店铺A"), (SHOPIFY, "店铺A (a.myshopify.com)")])
def test_a_good_account_is_told_by_its_name_before_anything_is_stored(world, told, body, name):
    trial = tried(world, body)
    assert (trial["outcome"], trial["name"], trial["reason"]) == ("reached", name, None)
    assert world.get("/shops").json()["items"] == []
    assert told.lines == [f"shop.tried {{'shop': '', 'platform': '{body['platform']}', 'reason': ''}}"]


@pytest.mark.usefixtures("platforms")
@pytest.mark.parametrize(
    ("language", "text", "step"),
    [
        ("zh", "店铺授权（session / access token）无效或已过期", "重新授权"),
        ("en", "The shop's session or access token is not valid, or is over", "authorise again"),
    ],
)
def test_a_bad_one_is_told_in_words_and_its_secret_never(world, told, language, text, step):
    for body in ({**TAOBAO, "secrets": {"session": "very-secret"}}, {**SHOPIFY, "secrets": {"token": "very-secret"}}):
        trial = tried(world, body, language)
        assert (trial["outcome"], trial["reason"], trial["text"]) == ("refused", "shop_session_wrong", text)
        assert step in trial["next_step"]
        assert "very-secret" not in str(trial) + str(told.lines)
        assert SECRET not in str(trial) + str(told.lines)


def test_a_stored_shop_is_tried_with_its_stored_secrets_and_with_new_ones_before_they_are_stored(world, platforms):
    row = {"code": "A", "name": "店铺A", **{name: TAOBAO[name] for name in ("platform", "connection_code", "secrets")}, "is_active": False}
    assert world.post("/shops", {"rows": [row]}).json()["results"][0]["effect"] == "created"
    stored = {**TAOBAO, "code": "A", "secrets": None}
    assert tried(world, stored)["name"] == "店铺A"
    assert tried(world, {**stored, "secrets": {"session": session_of("B")}})["name"] == "店铺B"
    for other in ({**SHOPIFY, "account_ref": "evil.example"}, {**TAOBAO, "account_ref": "B"}, {**TAOBAO, "connection_code": ""}):
        refused = world.post("/shops/trials", {**other, "code": "A", "secrets": None})  # what is stored goes nowhere else
        assert [(one["field"], one["reason"]) for one in refused.json()["errors"]] == [("secrets", "field_missing")]
    platforms["a.example"].end_session("A")
    trial = tried(world, stored)
    assert (trial["reason"], trial["detail"]) == ("shop_session_wrong", "session-expired")


def test_our_own_shop_has_nobody_to_ask(world):
    assert tried(world, {"platform": "direct"})["outcome"] == "nothing_to_ask"


@pytest.mark.usefixtures("platforms")
@pytest.mark.parametrize(
    ("body", "field", "reason"),
    [
        ({**TAOBAO, "connection_code": "NONE"}, "connection_code", "field_invalid"),
        ({**TAOBAO, "connection_code": "OFF"}, "connection_code", "field_invalid"),
        ({**TAOBAO, "connection_code": "SHOPIFY"}, "connection_code", "field_invalid"),
        ({**TAOBAO, "secrets": None, "code": "NONE"}, "code", "unknown_shop"),
        ({**TAOBAO, "platform": "ebay"}, "platform", "field_invalid"),
        ({**TAOBAO, "is_active": True}, "data.is_active", "unknown_field"),
    ],
)
def test_what_can_not_be_tried_is_refused(world, body, field, reason):
    answer = world.post("/shops/trials", body)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert [(one["field"], one["reason"]) for one in answer.json()["errors"]] == [(field, reason)]


@pytest.mark.usefixtures("platforms")
def test_only_who_may_edit_shops_may_try_them(world):
    assert world.post("/shops/trials", TAOBAO, scope="write").json()["reason"] == "not_allowed"
    assert world.person("li", "see", "masters").call("POST", "/shops/trials", TAOBAO).status_code == 403
    limited = world.person("wu", "see", "settings", shops=[])
    assert limited.call("POST", "/shops/trials", TAOBAO).status_code == 403
    assert world.person("zhang", "see", "settings").call("POST", "/shops/trials", TAOBAO).json()["name"] == "店铺A"
