"""The pretend provider is as strict as a real one: else our own tests would prove nothing."""

import base64
import json
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import parse_qs, quote_plus, urlencode, urlsplit

import pytest

from paidan.world.openid.provider import CODE_LIVES_S, Member, OpenIdProvider
from paidan.world.wire import Request

NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
SECRET = "x:y%"
BACK = "http://oms.example/back"
ASKED = {
    "response_type": "code",
    "client_id": "c d",
    "redirect_uri": BACK,
    "scope": "openid profile",
    "state": "s",
    "nonce": "n",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}
FORM = {"grant_type": "authorization_code", "redirect_uri": BACK, "code_verifier": VERIFIER}


class Clock:
    at_s = 1_000_000.0

    def __call__(self):
        return self.at_s


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def provider(clock):
    li = Member(subject="1", claims={"preferred_username": "li"})
    return OpenIdProvider(client_id="c d", client_secret=SECRET, redirect_uris=[BACK], members=[li], real_s=clock)


def call(provider, verb, path, query="", body="", **headers):
    return provider.answer(Request(verb=verb, path=path, query=query, headers={"host": "id.example", **headers}, body=body.encode()), NOW)


def decided(provider, subject="1", **changes):
    """Where the page leads: parameters of the redirect, or the status of a refusal."""
    asked = {name: value for name, value in {**ASKED, **changes}.items() if value}
    answer = call(provider, "POST", "/decide", body=urlencode({"query": urlencode(asked), "as": subject}))
    if answer.status != 302:
        return answer.status
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


def tokens(provider, code, *, secret=SECRET, **changes):
    basic = base64.b64encode(f"{quote_plus('c d')}:{quote_plus(secret)}".encode()).decode()
    answer = call(provider, "POST", "/token", body=urlencode({**FORM, "code": code, **changes}), authorization=f"Basic {basic}")
    return answer.status, json.loads(answer.body)


def test_a_code_is_good_once_for_who_asked_with_his_verifier(provider):
    back = decided(provider)
    assert (back["state"], back["iss"]) == ("s", "http://id.example")
    status, told = tokens(provider, back["code"])
    assert status == 200
    claims = json.loads(base64.urlsafe_b64decode(told["id_token"].split(".")[1] + "=="))
    assert (claims["iss"], claims["aud"], claims["sub"], claims["nonce"]) == ("http://id.example", "c d", "1", "n")
    assert claims["preferred_username"] == "li"
    assert tokens(provider, back["code"]) == (400, {"error": "invalid_grant"})


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"code_verifier": "w" * 43}, 400, "invalid_grant"),
        ({"code_verifier": ""}, 400, "invalid_grant"),
        ({"redirect_uri": "http://oms.example/other"}, 400, "invalid_grant"),
        ({"code": "made up"}, 400, "invalid_grant"),
        ({"grant_type": "password"}, 400, "invalid_grant"),
        ({"secret": "wrong"}, 401, "invalid_client"),
    ],
)
def test_anything_else_is_refused(provider, changes, status, error):
    code = decided(provider)["code"]
    assert tokens(provider, changes.pop("code", code), **changes) == (status, {"error": error})


def test_a_code_gets_old(provider, clock):
    code = decided(provider)["code"]
    clock.at_s += CODE_LIVES_S + 1
    assert tokens(provider, code)[0] == 400


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"client_id": "another"}, 400),
        ({"redirect_uri": "http://evil.example/back"}, 400),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"state": ""}, "invalid_request"),
        ({"nonce": ""}, "invalid_request"),
        ({"subject": ""}, "access_denied"),
        ({"subject": "2"}, "access_denied"),
    ],
)
def test_a_question_that_is_not_in_order_gets_no_code(provider, changes, said):
    back = decided(provider, **changes)
    assert (back if isinstance(back, int) else back["error"]) == said
    assert isinstance(back, int) or "code" not in back


def test_the_page_shows_who_may_sign_in_and_nothing_of_the_question_as_html(provider):
    page = call(provider, "GET", "/authorize", urlencode({**ASKED, "state": '"><script>'})).body.decode()
    assert '<button name="as" value="1">' in page
    assert "<script>" not in page


@pytest.mark.parametrize("kind", ["RSA", "EC"])
def test_keys_that_rotate_are_published_alone(provider, kind):
    provider.rotate("second", kind)
    [key] = json.loads(call(provider, "GET", "/jwks").body)["keys"]
    assert (key["kid"], key["kty"]) == ("second", kind)


def test_who_shows_no_token_is_told_nothing_of_people(provider):
    assert call(provider, "GET", "/userinfo").status == 401
    assert call(provider, "GET", "/userinfo", authorization="Bearer x").status == 401
