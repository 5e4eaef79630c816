"""Signing in by OpenID Connect, through the real API and a provider on loopback that shares no code with it."""

from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest
from joserfc.errors import SecurityWarning

from browser import PASSWORD
from paidan.entrypoints.api.people.openid import attempts
from paidan.entrypoints.api.people.openid.attempts import HOME, own_page, told_at
from paidan.entrypoints.api.people.openid.published import ASK_AGAIN_S
from paidan.entrypoints.api.people.store import PersonChange, add_person, make_first_person
from paidan.entrypoints.api.services import HandlerContext
from paidan.runtime.clocks import FixedClock
from paidan.runtime.ids import CountingIds
from paidan.runtime.sealing import Sealer, new_keyring
from paidan.world.openid.provider import Knobs
from paidan.world.openid.signing import make_rsa_key
from paidan.world.wire import Faults
from scene import NOW
from vouching import BACK, LI, START, Traveller, new_provider, on_loopback, settings_for, told_in

HERE = "http://testserver.local"
KEPT_FOR_LATER = "/console/orders?f=state:is:paid&open=12"


@pytest.fixture(scope="module")
def provider():
    return new_provider(HERE)


@pytest.fixture(scope="module")
def host(provider):
    with on_loopback(provider) as there:
        yield there


@pytest.fixture(scope="module")
def issuer(host):
    return host.base_url("openid")


@pytest.fixture(scope="module")
def services(database, issuer):
    settings = settings_for(issuer)
    return HandlerContext(database=database, ids=CountingIds(), sealer=Sealer(new_keyring()), clock=FixedClock(NOW), settings=settings)


@pytest.fixture(autouse=True)
def calm(provider, services):
    """Each test begins with a provider that does nothing wrong, and with nothing kept of it."""
    provider.knobs = Knobs()
    services.__dict__.pop("provider", None)


@pytest.fixture(scope="module")
def settled(still):
    """A world with its first administrator and the roles of a new installation."""
    with still.services.database.transaction() as tx:
        make_first_person(tx, still.services.ids, PASSWORD, NOW)
    return still


@pytest.fixture
def house(settled):
    """The same, once nobody else is left and nothing has failed: quicker than a new world for each of so many tests."""
    with settled.services.database.transaction() as tx:
        tx.execute(
            """
            DELETE FROM session; DELETE FROM sign_in_failure; DELETE FROM sign_in_done; DELETE FROM person_identity;
            DELETE FROM person_role WHERE person_id <> (SELECT id FROM person WHERE name = 'admin');
            DELETE FROM person WHERE name <> 'admin';
            DELETE FROM role WHERE code LIKE 'r-%'
            """
        )
    return settled


@pytest.fixture
def traveller(house):
    return Traveller(house.client)


@pytest.fixture
def set_to(house, monkeypatch, issuer):
    """The same installation with other settings."""

    def change(**more):
        monkeypatch.setattr(house.services, "settings", settings_for(issuer, **more))
        house.services.__dict__.pop("provider", None)

    yield change
    house.services.__dict__.pop("provider", None)


def user(world, name):
    return next((u for u in world.get("/users").json()["items"] if u["name"] == name), None)


def changed(address, **parameters):
    """The same address with other parameters; None takes one away."""
    parts = urlsplit(address)
    said = {name: value for name, value in {**dict(parse_qsl(parts.query)), **parameters}.items() if value is not None}
    return f"{parts.path}?{urlencode(said)}"


# The happy way.


def test_somebody_new_signs_in_and_has_the_roles_of_his_groups(house, traveller):
    answer = traveller.travel("s-li", to=KEPT_FOR_LATER, language="en")
    assert (answer.status_code, answer.headers["location"]) == (303, KEPT_FOR_LATER)
    assert answer.headers["cache-control"] == "no-store"
    me = traveller.me()
    assert (me["name"], me["title"], me["language"], me["has_password"], me["must_change_password"]) == ("li.na", "李娜", "en", False, False)
    assert {"see", "audit", "reveal"} <= set(me["rights"])
    assert "people" not in me["rights"]
    found = user(house, "li.na")
    assert (found["roles"], found["provider"], found["has_password"]) == (["auditor", "viewer"], "linked", False)


def test_the_session_is_one_as_by_password(traveller):
    answer = traveller.travel("s-li")
    told = next(header for header in answer.headers.get_list("set-cookie") if header.startswith("paidan_session=")).lower()
    assert all(word in told for word in ("httponly", "samesite=lax", "path=/;", "max-age=604800"))
    assert [session["address"] for session in traveller.ask("/api/v1/me/sessions").json()] == ["testclient"]
    cookie = {"cookie": f"paidan_session={traveller.cookies['paidan_session']}"}
    assert traveller.client.put("/api/v1/me/language", json={"language": "en"}, headers=cookie).json()["reason"] == "csrf_wrong"
    csrf = {**cookie, "x-csrf": traveller.me()["csrf"]}
    assert traveller.client.put("/api/v1/me/language", json={"language": "en"}, headers=csrf).status_code == 204
    assert traveller.client.post("/api/v1/sign-out", headers=cookie).status_code == 204
    assert traveller.ask("/api/v1/me").status_code == 401


@pytest.mark.parametrize(("name", "public_url", "is_secure"), [("", "", False), ("oms.example.com", "https://oms.example.com", True)])
def test_the_cookie_of_an_attempt_is_for_its_way_back_alone(traveller, set_to, name, public_url, is_secure):
    set_to(public_url=public_url)
    answer = traveller.client.get(START, headers={"host": name} if name else {}, follow_redirects=False)
    told = answer.headers["set-cookie"].lower()
    assert all(word in told for word in ("httponly", "samesite=lax", f"path={START};", "max-age=600"))
    assert ("secure" in told) == is_secure
    asked = parse_qs(urlsplit(answer.headers["location"]).query)
    assert asked["redirect_uri"] == [(public_url or HERE) + BACK]
    assert asked["code_challenge_method"] == ["S256"]
    assert not {"state", "nonce"} & {word for word in told.split() if asked["state"][0] in word or asked["nonce"][0] in word}


def test_whoever_comes_again_is_known_by_his_subject_whatever_he_is_called_now(house, traveller, provider):
    traveller.travel("s-li")
    provider.knobs.claims = {"preferred_username": "li.married", "groups": ["oms-admins"]}
    again = Traveller(house.client)
    assert told_in(again.travel("s-li")) == ""
    assert again.me()["name"] == "li.na"
    assert user(house, "li.na")["roles"] == ["admin"]
    assert user(house, "li.married") is None


def test_keys_change_between_two_sign_ins_and_kinds_of_keys_too(traveller, provider, house):
    for kid, kind in (("second", "EC"), ("third", "RSA")):
        assert told_in(traveller.travel("s-li")) == "", kid
        provider.rotate(kid, kind)
        house.services.provider.published._asked_again_s = float("-inf")
    assert told_in(traveller.travel("s-li")) == ""


def test_an_unknown_key_is_asked_for_only_so_often(house, traveller, provider, monkeypatch):
    now_s = [1000.0]
    published = house.services.provider.published
    monkeypatch.setattr(published, "_real_s", lambda: now_s[0])
    assert told_in(traveller.travel("s-li")) == ""
    provider.knobs.header = {"kid": "made up"}
    asked = provider.calls["/jwks"]
    for _ in range(4):
        assert told_in(traveller.travel("s-li")) == "sign_in_token_wrong"
    assert provider.calls["/jwks"] == asked + 1
    now_s[0] += ASK_AGAIN_S
    assert told_in(traveller.travel("s-li")) == "sign_in_token_wrong"
    assert provider.calls["/jwks"] == asked + 2


def test_what_the_provider_publishes_is_kept_for_an_hour(house, traveller, provider, monkeypatch):
    now_s = [0.0]
    monkeypatch.setattr(house.services.provider.published, "_real_s", lambda: now_s[0])
    document = "/.well-known/openid-configuration"
    before = provider.calls.get(document, 0)
    for at_s in (0.0, 3599.0, 3601.0):
        now_s[0] = at_s
        traveller.travel("s-li")
    assert provider.calls[document] == before + 2


@pytest.mark.parametrize("methods", [["client_secret_basic"], ["client_secret_post"], ["private_key_jwt", "client_secret_post"]])
def test_we_prove_ourselves_as_the_provider_wants_it(traveller, provider, methods):
    provider.knobs.document = {"token_endpoint_auth_methods_supported": methods}
    assert told_in(traveller.travel("s-li")) == ""


def test_a_token_that_tells_no_more_than_it_must_is_made_whole_by_userinfo(house, traveller, provider):
    provider.knobs.is_thin = True
    assert told_in(traveller.travel("s-li")) == ""
    assert user(house, "li.na")["roles"] == ["auditor", "viewer"]
    provider.knobs.userinfo = {"sub": "s-wang"}
    assert told_in(Traveller(house.client).travel("s-li")) == "sign_in_token_wrong"


# What can't be trusted.

OTHER = "https://other.example"
NO_MORE = {"/userinfo": (200, b'{"sub": "s-li"}')}


@pytest.mark.parametrize(
    ("knobs", "reason"),
    [
        ({"claims": {"nonce": "another"}}, "sign_in_token_wrong"),
        ({"claims": {"nonce": None}}, "sign_in_token_wrong"),
        ({"claims": {"nonce": ["a"]}}, "sign_in_token_wrong"),
        ({"claims": {"aud": "another client"}}, "sign_in_token_wrong"),
        ({"claims": {"aud": []}}, "sign_in_token_wrong"),
        ({"claims": {"aud": None}}, "sign_in_token_wrong"),
        ({"claims": {"aud": ["paidan at the merchant's", "another"]}}, "sign_in_token_wrong"),
        ({"claims": {"aud": ["paidan at the merchant's", "another"], "azp": "another"}}, "sign_in_token_wrong"),
        ({"claims": {"azp": "another"}}, "sign_in_token_wrong"),
        ({"claims": {"aud": ["paidan at the merchant's", "another"], "azp": "paidan at the merchant's"}}, ""),
        ({"claims": {"aud": ["paidan at the merchant's"]}}, ""),
        ({"claims": {"iss": OTHER}}, "sign_in_token_wrong"),
        ({"claims": {"iss": None}}, "sign_in_token_wrong"),
        ({"claims": {"sub": None}}, "sign_in_token_wrong"),
        ({"claims": {"sub": ""}}, "sign_in_token_wrong"),
        ({"claims": {"sub": 7}}, "sign_in_token_wrong"),
        ({"claims": {"sub": "s" * 256}}, "sign_in_token_wrong"),
        ({"claims": {"sub": "a\0b"}}, "sign_in_token_wrong"),
        ({"claims": {"exp": None}}, "sign_in_token_wrong"),
        ({"claims": {"exp": "tomorrow"}}, "sign_in_token_wrong"),
        ({"claims": {"exp": True}}, "sign_in_token_wrong"),
        ({"claims": {"iat": None}}, "sign_in_token_wrong"),
        ({"claims": {"nbf": 9_999_999_999}}, "sign_in_token_wrong"),
        ({"claims": {"exp": 10**400}}, "sign_in_token_wrong"),
        ({"expires_in_s": -61}, "sign_in_token_wrong"),
        ({"expires_in_s": -30}, ""),
        ({"issued_ago_s": 700, "expires_in_s": 900}, "sign_in_token_wrong"),
        ({"issued_ago_s": -90}, "sign_in_token_wrong"),
        ({"issued_ago_s": -30}, ""),
        ({"signs": "other key"}, "sign_in_token_wrong"),
        ({"signs": "not at all"}, "sign_in_token_wrong"),
        ({"signs": "by client secret"}, "sign_in_token_wrong"),
        ({"signs": "by public key"}, "sign_in_token_wrong"),
        ({"header": {"alg": "RS384"}}, "sign_in_token_wrong"),
        ({"header": {"alg": "ES256"}}, "sign_in_token_wrong"),
        ({"header": {"alg": None}}, "sign_in_token_wrong"),
        ({"header": {"alg": ["RS256"]}}, "sign_in_token_wrong"),
        ({"header": {"kid": 7}}, "sign_in_token_wrong"),
        ({"header": {"crit": ["exp"], "exp": 1}}, "sign_in_token_wrong"),
        ({"header": {"b64": False, "crit": ["b64"]}}, "sign_in_token_wrong"),
        ({"header": {"b64": True, "crit": ["b64"]}}, "sign_in_token_wrong"),
        ({"header": {"kid": None}}, ""),  # the only key there is
        ({"header": {"x5t": "abc", "something": "new"}}, ""),
        ({"answers": {"/token": (200, b'{"access_token": "x"}')}}, "sign_in_provider_away"),
        ({"answers": {"/token": (200, b'{"id_token": "x"}')}}, "sign_in_token_wrong"),
        ({"answers": {"/token": (200, b'{"id_token": "x.y.z"}')}}, "sign_in_token_wrong"),
        ({"answers": {"/token": (200, b'{"id_token": ""}')}}, "sign_in_token_wrong"),
        ({"answers": {"/token": (200, b"<html>")}}, "sign_in_provider_away"),
        ({"answers": {"/token": (500, b"<html>")}}, "sign_in_provider_away"),
        ({"answers": {"/token": (400, b"<html>")}}, "sign_in_provider_away"),
        ({"answers": {"/token": (401, b'{"error": "invalid_client"}')}}, "sign_in_provider_away"),
        ({"answers": {"/token": (400, b'{"error": "invalid_grant"}')}}, "sign_in_expired"),
        ({"answers": {"/jwks": (500, b"")}}, "sign_in_provider_away"),
        ({"answers": {"/jwks": (200, b'{"keys": 1}')}}, "sign_in_provider_away"),
        ({"answers": {"/jwks": (200, b'{"keys": []}')}}, "sign_in_token_wrong"),
        (
            {"answers": {"/jwks": (200, b'{"keys": [{"kty": "RSA", "kid": "first", "n": "AQAB", "e": "AQAB"}, {"kty": 1}, {}]}')}},
            "sign_in_token_wrong",
        ),
        ({"answers": {"/userinfo": (500, b"")}, "is_thin": True}, "sign_in_provider_away"),
        ({"answers": {"/userinfo": (200, b"[]")}, "is_thin": True}, "sign_in_provider_away"),
        ({"refuses": "access_denied"}, "sign_in_refused_there"),
        ({"refuses": "server_error"}, "sign_in_refused_there"),
        ({"returns": {"state": "another"}}, "sign_in_expired"),
        ({"returns": {"state": ""}}, "sign_in_expired"),
        ({"returns": {"code": "another"}}, "sign_in_expired"),
        ({"returns": {"code": ""}}, "sign_in_expired"),
        ({"returns": {"iss": OTHER}}, "sign_in_token_wrong"),
        ({"returns": {"iss": ""}}, "sign_in_token_wrong"),
        ({"claims": {"preferred_username": None}, "is_thin": True}, ""),  # told by userinfo
        ({"claims": {"preferred_username": "two words"}}, ""),  # then his address is his name
        ({"claims": {"preferred_username": None, "email": None}, "answers": NO_MORE}, "sign_in_name_missing"),
        ({"claims": {"preferred_username": None, "email_verified": False}, "answers": NO_MORE}, "sign_in_name_missing"),
        ({"claims": {"preferred_username": "two words", "email": "x" * 41}, "answers": NO_MORE}, "sign_in_name_missing"),
        ({"claims": {"preferred_username": "a/b", "email": 7}, "answers": NO_MORE}, "sign_in_name_missing"),
        ({"claims": {"preferred_username": "admin"}}, "sign_in_name_taken"),
        ({"claims": {"groups": []}}, "sign_in_no_role"),
        ({"claims": {"groups": ["nothing"]}}, "sign_in_no_role"),
        ({"claims": {"groups": "oms-admins"}}, ""),
        ({"claims": {"groups": {"oms-admins": 1}}}, "sign_in_no_role"),
    ],
)
def test_whatever_the_provider_says_wrong_is_refused_with_its_reason(house, traveller, provider, knobs, reason):
    for name, value in knobs.items():
        setattr(provider.knobs, name, value)
    answer = traveller.travel("s-li", to=KEPT_FOR_LATER)
    assert (answer.status_code, told_in(answer)) == (303, reason)
    assert urlsplit(answer.headers["location"]).path == "/console/orders"
    assert ("paidan_session" in traveller.cookies) == (reason == "")
    assert "paidan_sign_in" not in traveller.cookies
    for language in ("zh", "en"):
        told = house.client.get(f"/api/v1/sign-in/ways?told={reason}", headers={"accept-language": language}).json()["told"]
        assert (told is None) == (reason == "")
        assert told is None or (told["reason"] == reason and told["title"] and told["next_step"])


def test_a_key_that_is_too_short_signs_nobody_in(traveller, provider, monkeypatch):
    monkeypatch.setattr(provider, "keys", [make_rsa_key("short", 1024)])
    with pytest.warns(SecurityWarning):
        assert told_in(traveller.travel("s-li")) == "sign_in_token_wrong"


def test_an_answer_that_is_lost_signs_nobody_in_and_the_attempt_is_over(house, traveller, provider, host):
    back = traveller.decide(traveller.start(), "s-li")
    kept = dict(traveller.cookies)
    host.set_faults(Faults(lost_answer=1.0))
    assert told_in(traveller.ask(back)) == "sign_in_provider_away"
    host.set_faults(Faults())
    assert user(house, "li.na") is None
    assert provider.books()["spent"] > 0
    traveller.cookies = kept
    assert told_in(traveller.ask(back)) == "sign_in_expired"
    assert told_in(traveller.travel("s-li")) == ""


@pytest.mark.parametrize(
    "document",
    [
        {"issuer": OTHER},
        {"token_endpoint": 7},
        {"jwks_uri": None},
        {"authorization_endpoint": None},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": "/authorize"},
    ],
)
def test_a_document_that_speaks_for_somebody_else_or_not_at_all_begins_nothing(traveller, provider, document):
    provider.knobs.document = document
    answer = traveller.ask(f"{START}?to=/console/stock")
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/stock?sign_in=sign_in_provider_away")
    assert "paidan_sign_in" not in traveller.cookies


def test_a_provider_that_is_away_is_not_asked_by_everybody_in_turn(traveller, provider):
    document = "/.well-known/openid-configuration"
    provider.knobs.answers = {document: (503, b"")}
    asked = provider.calls.get(document, 0)
    for _ in range(3):
        assert told_in(traveller.ask(START)) == "sign_in_provider_away"
    assert provider.calls[document] == asked + 1


# The same answer twice, somebody else's answer, no answer of ours.


def test_an_answer_counts_once_even_for_who_kept_the_cookie_and_a_provider_that_forgets(house, traveller, provider):
    provider.knobs.takes_spent_codes = True
    back = traveller.decide(traveller.start(), "s-li")
    kept = dict(traveller.cookies)
    assert told_in(traveller.ask(back)) == ""
    asked = provider.calls["/token"]
    thief = Traveller(house.client)
    thief.cookies = kept
    assert told_in(thief.ask(back)) == "sign_in_expired"
    assert "paidan_session" not in thief.cookies
    assert provider.calls["/token"] == asked


def test_an_answer_is_the_browser_s_that_asked_for_it(house, traveller, provider):
    mine = traveller.decide(traveller.start(), "s-li")
    stranger = Traveller(house.client)
    assert told_in(stranger.ask(mine)) == "sign_in_expired"
    stranger.start()
    assert told_in(stranger.ask(mine)) == "sign_in_expired"  # signed in as me without knowing it: what the state is for
    stranger.start()
    state = attempts.opened(stranger.cookies["paidan_sign_in"], house.services.sealer).state
    assert told_in(stranger.ask(changed(mine, state=state))) == "sign_in_expired"  # my code in his attempt: what PKCE is for
    assert provider.books()["codes"] > 0


@pytest.mark.parametrize("cookie", ["", "x", "AAAA", "x" * 5000, "%00", "é"])
def test_a_cookie_that_is_none_of_ours_is_no_attempt(house, cookie):
    headers = {"cookie": f"paidan_sign_in={cookie}".encode()}
    answer = house.client.get(f"{BACK}?state=x&code=y", headers=headers, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{HOME}?sign_in=sign_in_expired")


def test_an_attempt_of_another_installation_or_an_old_one_is_over(house, traveller):
    back = traveller.decide(traveller.start(), "s-li")
    attempt = attempts.opened(traveller.cookies["paidan_sign_in"], house.services.sealer)
    traveller.cookies["paidan_sign_in"] = attempts.sealed(attempt, Sealer(new_keyring()))
    assert told_in(traveller.ask(back)) == "sign_in_expired"
    back = traveller.decide(traveller.start(), "s-li")
    attempt = attempts.opened(traveller.cookies["paidan_sign_in"], house.services.sealer)
    aged = type(attempt)(**{name: getattr(attempt, name) for name in attempt.__struct_fields__} | {"at_s": attempt.at_s - 601})
    traveller.cookies["paidan_sign_in"] = attempts.sealed(aged, house.services.sealer)
    assert told_in(traveller.ask(back)) == "sign_in_expired"


@pytest.mark.parametrize(
    ("wanted", "leads_to"),
    [
        ("/console/orders?f=state:is:paid&f=shop:is:1#x", "/console/orders?f=state:is:paid&f=shop:is:1#x"),
        ("/console/", "/console/"),
        ("/console", "/console"),
        ("/pda", "/pda"),
        ("/pda/receive?x=%E6%9D%8E", "/pda/receive?x=%E6%9D%8E"),
        ("", HOME),
        ("/", HOME),
        ("orders", HOME),
        ("https://evil.example/", HOME),
        ("//evil.example/console/", HOME),
        ("/\\evil.example", HOME),
        ("/console/\\..\\..\\\\evil.example", HOME),
        ("/console/../..//evil.example", HOME),
        ("/console//evil.example", HOME),
        ("/console@evil.example", HOME),
        ("/consoleevil", HOME),
        ("/console.evil.example/", HOME),
        ("\t//evil.example", HOME),
        ("/console/\r\nset-cookie: x=y", HOME),
        ("/console/ x", HOME),
        ("/console/é", HOME),
        ("javascript:alert(1)", HOME),
        ("/api/v1/sign-out", HOME),
        ("/console/" + "x" * 1000, HOME),
    ],
)
def test_a_sign_in_leads_to_pages_of_ours_alone(house, traveller, wanted, leads_to):
    assert own_page(wanted) == leads_to
    traveller.start(to=wanted)
    assert attempts.opened(traveller.cookies["paidan_sign_in"], house.services.sealer).to == leads_to


@pytest.mark.parametrize("wanted", ["/pda/receive", "//evil.example/", "https://evil.example/console/"])
def test_nor_does_the_way_back_lead_elsewhere(traveller, wanted):
    at = urlsplit(traveller.travel("s-li", to=wanted).headers["location"])
    assert (at.scheme, at.netloc) == ("", "")
    assert at.path in {"/pda/receive", HOME}


def test_what_a_page_is_told_stands_beside_what_it_was_asked_for():
    assert told_at("/console/orders?f=a|b&f=c&sign_in=old#x", "new") == "/console/orders?f=a%7Cb&f=c&sign_in=new"


@pytest.mark.parametrize("told", ["no-such", "internal_error", "not_allowed", "<script>", "\0", "sign_in"])
def test_a_link_makes_the_page_say_nothing_but_its_own_words(still, told):
    answer = still.client.get("/api/v1/sign-in/ways", params={"told": told})
    assert answer.status_code in {200, 422}
    assert answer.status_code == 422 or answer.json()["told"] is None


# Roles.


def test_groups_that_change_change_the_roles_at_the_next_sign_in(house, traveller, provider):
    traveller.travel("s-wang")
    version = user(house, "wang")["version"]
    provider.knobs.claims = {"groups": ["CN=clerks,OU=oms"]}
    assert told_in(Traveller(house.client).travel("s-wang")) == ""
    assert user(house, "wang")["roles"] == ["auditor", "viewer"]
    assert user(house, "wang")["version"] == version + 1
    assert "people" not in traveller.me()["rights"]  # the session that was there already, too
    assert told_in(Traveller(house.client).travel("s-wang")) == ""
    assert user(house, "wang")["version"] == version + 1


def test_who_loses_every_group_is_refused_and_signed_out_everywhere(house, traveller, provider):
    traveller.travel("s-li")
    provider.knobs.claims = {"groups": []}
    assert told_in(Traveller(house.client).travel("s-li")) == "sign_in_no_role"
    assert user(house, "li.na")["roles"] == []
    assert traveller.ask("/api/v1/me").status_code == 401
    assert told_in(Traveller(house.client).travel("s-li")) == "sign_in_no_role"


def test_the_last_administrator_keeps_his_roles_and_is_told(house, traveller, provider):
    traveller.travel("s-wang")
    first = user(house, "admin")
    body = {"roles": ["admin"], "is_active": False}
    assert house.call("PUT", f"/users/{first['id']}", json=body, headers={"if-match": "*"}).status_code == 200
    for groups in (["CN=clerks,OU=oms"], []):
        provider.knobs.claims = {"groups": groups}
        answer = Traveller(house.client).travel("s-wang", to="/console/people")
        assert answer.headers["location"] == "/console/people?sign_in=last_administrator_kept"
        assert user(house, "wang")["roles"] == ["admin"]
    house.call("PUT", f"/users/{first['id']}", json={"roles": ["admin"]}, headers={"if-match": "*"})
    provider.knobs.claims = {"groups": ["CN=clerks,OU=oms"]}
    assert told_in(Traveller(house.client).travel("s-wang")) == ""
    assert user(house, "wang")["roles"] == ["auditor", "viewer"]


def test_without_a_group_that_counts_the_default_role_is_given_if_there_is_one(house, traveller, set_to):
    assert told_in(traveller.travel("s-zhao")) == "sign_in_no_role"
    assert user(house, "zhao") is None
    set_to(oidc_default_role="viewer")
    assert told_in(traveller.travel("s-zhao")) == ""
    assert user(house, "zhao")["roles"] == ["viewer"]


def test_without_a_mapping_roles_are_the_administrator_s_business(house, traveller, set_to):
    set_to(oidc_roles="")
    assert told_in(traveller.travel("s-li")) == "sign_in_no_role"
    set_to(oidc_roles="", oidc_default_role="viewer")
    assert told_in(traveller.travel("s-li")) == ""
    found = user(house, "li.na")
    house.call("PUT", f"/users/{found['id']}", json={"roles": ["planner"]}, headers={"if-match": "*"})
    assert told_in(Traveller(house.client).travel("s-li")) == ""
    assert user(house, "li.na")["roles"] == ["planner"]


def test_roles_may_lie_deep_in_a_claim(house, traveller, provider, set_to):
    set_to(oidc_role_claim="realm_access.roles")
    provider.knobs.claims = {"realm_access": {"roles": ["oms-admins"]}}
    assert told_in(traveller.travel("s-li")) == ""
    assert user(house, "li.na")["roles"] == ["admin"]


# People who were here before.


def test_a_name_that_is_somebody_s_is_his_only_when_an_administrator_says_so(house, traveller):
    house.post("/users", {"name": "li.na", "title": "小李", "password": PASSWORD, "roles": ["planner"], "shops": []})
    assert told_in(traveller.travel("s-li")) == "sign_in_name_taken"
    found = user(house, "li.na")
    assert (found["provider"], found["has_password"], found["roles"]) == ("none", True, ["planner"])
    assert house.call("POST", f"/users/{found['id']}/provider").status_code == 204
    assert user(house, "li.na")["provider"] == "awaited"
    assert told_in(traveller.travel("s-li")) == ""
    found = user(house, "li.na")
    assert (found["provider"], found["title"], found["shops"], found["roles"]) == ("linked", "小李", [], ["auditor", "viewer"])
    assert house.sign_in("li.na", PASSWORD).status_code == 204  # his password goes on
    # Who comes by the provider is not asked to change a password he never typed.
    assert traveller.ask("/api/v1/me").json()["must_change_password"] is False
    assert traveller.ask("/api/v1/orders").status_code == 200
    assert house.call("DELETE", f"/users/{found['id']}/provider").status_code == 204
    assert traveller.ask("/api/v1/me").status_code == 401
    assert told_in(Traveller(house.client).travel("s-li")) == "sign_in_name_taken"


def test_a_person_awaited_is_not_touched_by_who_has_no_role(house, traveller, provider):
    made = house.post("/users", {"name": "li.na", "roles": ["planner"], "awaits_provider": True}).json()
    assert (made["provider"], made["has_password"]) == ("awaited", False)
    provider.knobs.claims = {"groups": []}
    assert told_in(traveller.travel("s-li")) == "sign_in_no_role"
    assert (user(house, "li.na")["roles"], user(house, "li.na")["provider"]) == (["planner"], "awaited")


def test_who_is_switched_off_is_refused(house, traveller):
    traveller.travel("s-li")
    found = user(house, "li.na")
    house.call("PUT", f"/users/{found['id']}", json={"roles": ["viewer"], "is_active": False}, headers={"if-match": "*"})
    assert told_in(Traveller(house.client).travel("s-li")) == "person_switched_off"
    assert user(house, "li.na")["roles"] == ["viewer"]


def test_another_issuer_s_person_of_the_same_number_is_somebody_else(house, traveller):
    with house.services.database.transaction() as tx:
        told = PersonChange(title="", language="zh", roles=["admin"], shops=None, warehouses=None, is_active=True)
        person_id = add_person(tx, house.services.ids, "elsewhere", "", told, NOW)
        tx.execute("INSERT INTO person_identity (person_id, issuer, subject, since) VALUES (%s, %s, 's-li', now())", (person_id, OTHER))
    assert user(house, "elsewhere")["provider"] == "none"
    traveller.travel("s-li")
    assert traveller.me()["name"] == "li.na"


def test_whoever_has_no_password_is_told_so_when_he_wants_to_change_it(traveller):
    traveller.travel("s-li")
    headers = {"cookie": f"paidan_session={traveller.cookies['paidan_session']}", "x-csrf": traveller.me()["csrf"], "accept-language": "en"}
    answer = traveller.client.put("/api/v1/me/password", json={"present": "x", "new": "another password"}, headers=headers)
    assert (answer.status_code, answer.json()["reason"]) == (409, "no_password")
    assert "provider" in answer.json()["next_step"]
    assert traveller.client.post("/api/v1/sign-in", json={"name": "li.na", "password": "x"}).status_code == 401


# Passwords beside the provider, or not.


def test_without_passwords_the_first_administrator_alone_still_has_one(house, set_to):
    house.post("/users", {"name": "chen", "password": PASSWORD, "roles": ["viewer"]})
    assert house.client.get("/api/v1/sign-in/ways").json()["has_password"] is True
    set_to(password_sign_in=False)
    assert house.client.get("/api/v1/sign-in/ways").json()["has_password"] is False
    for name in ("chen", "nobody"):
        answer = house.sign_in(name, PASSWORD)
        assert (answer.status_code, answer.json()["reason"]) == (403, "password_sign_in_off")
    assert house.sign_in("admin", PASSWORD).status_code == 204
    assert house.post("/users", {"name": "qian", "password": PASSWORD}).json()["errors"][0]["reason"] == "password_sign_in_off"
    chen = user(house, "chen")
    assert house.post(f"/users/{chen['id']}/password", {"password": PASSWORD}).json()["reason"] == "password_sign_in_off"
    assert house.post(f"/users/{user(house, 'admin')['id']}/password", {"password": PASSWORD}).status_code == 204


def test_without_passwords_nobody_is_asked_to_change_his(house, set_to):
    chen = house.person("chen", "see")
    house.scene.query("UPDATE person SET must_change_password = true RETURNING 1")
    assert (chen.call("GET", "/me").json()["must_change_password"], chen.call("GET", "/me").json()["has_password"]) == (True, True)
    set_to(password_sign_in=False)
    assert (chen.call("GET", "/me").json()["must_change_password"], chen.call("GET", "/me").json()["has_password"]) == (False, False)
    assert chen.call("PUT", "/me/password", {"present": PASSWORD, "new": "another password"}).json()["reason"] == "password_sign_in_off"


def test_without_a_provider_the_way_is_not_there_and_says_so(house, set_to):
    set_to(oidc_issuer="")
    assert house.client.get("/api/v1/sign-in/ways").json() == {"has_password": True, "provider": None, "told": None}
    for path in (START, BACK):
        answer = house.client.get(path, follow_redirects=False)
        assert (answer.status_code, told_in(answer)) == (303, "sign_in_provider_off")
    admin = user(house, "admin")
    assert house.call("POST", f"/users/{admin['id']}/provider").json()["reason"] == "sign_in_provider_off"


def test_the_button_says_what_is_configured(house):
    assert house.client.get("/api/v1/sign-in/ways").json()["provider"] == {"label": "企业账号", "path": START}


def test_a_host_that_a_browser_makes_up_is_not_led_back_to(house):
    answer = house.client.get(START, headers={"host": "evil.example"}, follow_redirects=False)
    assert told_in(answer) == "sign_in_address_unknown"


# Too often.


def test_an_address_that_fails_too_often_rests_for_both_ways(house, traveller, provider):
    provider.knobs.claims = {"nonce": "another"}
    house.scene.query("INSERT INTO sign_in_failure (subject, failures, since) VALUES ('address:testclient', 29, now()) RETURNING 1")
    back = traveller.decide(traveller.start(), "s-li")
    assert told_in(traveller.ask(back)) == "sign_in_token_wrong"
    assert house.sign_in("admin", PASSWORD).status_code == 429
    asked = provider.calls["/token"]
    assert told_in(traveller.ask(START)) == "too_many_requests"
    assert told_in(traveller.ask(back)) == "too_many_requests"
    assert provider.calls["/token"] == asked


def test_whoever_thinks_better_of_it_has_not_failed(house, traveller, provider):
    assert told_in(traveller.travel("")) == "sign_in_refused_there"
    provider.knobs.answers = {"/token": (503, b"")}
    assert told_in(traveller.travel("s-li")) == "sign_in_provider_away"
    assert house.scene.query("SELECT count(*) FROM sign_in_failure") == [(0,)]


def test_ended_attempts_are_forgotten(house, traveller):
    traveller.travel("s-li")
    house.scene.query("UPDATE sign_in_done SET at = at - interval '1 hour' RETURNING 1")
    traveller.travel("s-li")
    assert house.scene.query("SELECT count(*) FROM sign_in_done") == [(1,)]


def test_a_mistake_of_ours_leads_to_a_page_with_words_too(traveller, monkeypatch):
    back = traveller.decide(traveller.start(to="/pda"), "s-li")
    monkeypatch.setattr("paidan.entrypoints.api.people.openid.routes.store.come_in", lambda *_a, **_k: 1 / 0)
    answer = traveller.ask(back)
    assert (answer.status_code, answer.headers["location"]) == (303, "/pda?sign_in=internal")
    assert LI.claims["name"] not in answer.text
