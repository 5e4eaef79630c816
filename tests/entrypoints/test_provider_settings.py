"""What the environment says about the provider of sign-ins: read, handed on, looked at by the doctor, and never shown."""

from datetime import UTC, datetime

import pytest
from structlog.testing import capture_logs

from paidan.entrypoints.api.people.openid.configuration import read_provider
from paidan.entrypoints.api.people.store import make_first_person
from paidan.entrypoints.doctor import examine
from paidan.entrypoints.serving import environment
from paidan.kernel.errors import SetupError
from paidan.runtime.http import HttpAnswer
from paidan.runtime.ids import CountingIds
from paidan.runtime.settings import Secret, Settings, read_settings
from paidan.world.openid.provider import Knobs
from vouching import SECRET, new_provider, on_loopback, settings_for

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
GOOD = {"PAIDAN_OIDC_ISSUER": "https://id.example.com/realms/oms", "PAIDAN_OIDC_CLIENT_ID": "paidan"}


@pytest.fixture(scope="module")
def provider():
    return new_provider("http://127.0.0.1:8350")


@pytest.fixture(scope="module")
def issuer(provider):
    with on_loopback(provider) as host:
        yield host.base_url(provider.name)


def test_nothing_set_is_nobody():
    assert read_provider(read_settings({})) is None


def test_two_words_are_enough_and_the_rest_has_its_usual_meaning():
    provider = read_provider(read_settings(GOOD))
    assert provider.scopes == "openid profile email"
    assert provider.name_claims == ("preferred_username", "email")
    assert (provider.role_claim, provider.roles_by_word, provider.default_role) == ("groups", {}, "")
    assert (provider.label, provider.public_url) == ("id.example.com", "")


def test_every_word_is_read():
    told = {
        **GOOD,
        "PAIDAN_OIDC_CLIENT_SECRET": "s",
        "PAIDAN_OIDC_SCOPES": "openid  groups",
        "PAIDAN_OIDC_NAME_CLAIMS": "upn, email",
        "PAIDAN_OIDC_ROLE_CLAIM": "realm_access.roles",
        "PAIDAN_OIDC_ROLES": '{"a=b,c": "admin", "d": ["viewer", "planner"]}',
        "PAIDAN_OIDC_DEFAULT_ROLE": "viewer",
        "PAIDAN_OIDC_LABEL": "企业账号",
        "PAIDAN_PUBLIC_URL": "https://oms.example.com/",
    }
    provider = read_provider(read_settings(told))
    assert (provider.scopes, provider.name_claims) == ("openid groups", ("upn", "email"))
    assert provider.roles_by_word == {"a=b,c": ("admin",), "d": ("viewer", "planner")}
    assert provider.role_codes == {"admin", "viewer", "planner"}
    assert (provider.label, provider.public_url) == ("企业账号", "https://oms.example.com")


@pytest.mark.parametrize(
    ("told", "named"),
    [
        ({"PAIDAN_PASSWORD_SIGN_IN": "false"}, "PAIDAN_PASSWORD_SIGN_IN"),
        ({"PAIDAN_OIDC_ISSUER": "https://id.example.com"}, "PAIDAN_OIDC_CLIENT_ID"),
        ({**GOOD, "PAIDAN_OIDC_ISSUER": "http://id.example.com"}, "PAIDAN_OIDC_ISSUER"),
        ({**GOOD, "PAIDAN_OIDC_ISSUER": "id.example.com"}, "PAIDAN_OIDC_ISSUER"),
        ({**GOOD, "PAIDAN_OIDC_ISSUER": "https://"}, "PAIDAN_OIDC_ISSUER"),
        ({**GOOD, "PAIDAN_OIDC_ISSUER": "https://x:y/"}, "PAIDAN_OIDC_ISSUER"),
        ({**GOOD, "PAIDAN_OIDC_ISSUER": "https://u:p@id.example.com"}, "PAIDAN_OIDC_ISSUER"),
        ({**GOOD, "PAIDAN_OIDC_ISSUER": "https://id.example.com?a=b"}, "PAIDAN_OIDC_ISSUER"),
        ({**GOOD, "PAIDAN_OIDC_SCOPES": "profile"}, "PAIDAN_OIDC_SCOPES"),
        ({**GOOD, "PAIDAN_OIDC_NAME_CLAIMS": " , "}, "PAIDAN_OIDC_NAME_CLAIMS"),
        ({**GOOD, "PAIDAN_OIDC_ROLES": "admins=admin"}, "PAIDAN_OIDC_ROLES"),
        ({**GOOD, "PAIDAN_OIDC_ROLES": '{"admins": 1}'}, "PAIDAN_OIDC_ROLES"),
        ({**GOOD, "PAIDAN_PUBLIC_URL": "http://oms.example.com"}, "PAIDAN_PUBLIC_URL"),
        ({**GOOD, "PAIDAN_PUBLIC_URL": "https://oms.example.com/paidan"}, "PAIDAN_PUBLIC_URL"),
    ],
)
def test_what_can_not_work_is_told_by_the_variable_s_name(told, named):
    with pytest.raises(SetupError, match=named):
        read_provider(read_settings(told))


def test_a_child_process_hears_all_of_it(issuer):
    settings = settings_for(issuer, public_url="http://127.0.0.1:8350", password_sign_in=False, oidc_default_role="viewer")
    heard = read_settings(environment(settings, "postgresql://"))
    assert read_provider(heard) == read_provider(settings)
    assert heard.password_sign_in is False


def test_the_secret_is_shown_by_nothing_that_holds_it(issuer):
    settings = settings_for(issuer)
    assert settings.oidc_client_secret == SECRET
    assert isinstance(read_settings({"PAIDAN_OIDC_CLIENT_SECRET": "abc"}).oidc_client_secret, Secret)
    for shown in (repr(settings), str(settings), repr(read_provider(settings)), f"{read_provider(settings)!r}"):
        assert SECRET not in shown
    assert repr(Secret()) == "''"


def looked_at(settings):
    """What the doctor says of it: text and advice of everything about sign-ins."""
    with capture_logs() as logs:
        found = [finding for finding in examine(settings) if "sign-in" in finding.text or "console" in finding.text or "keys" in finding.text]
    assert SECRET not in repr(found) + repr(logs)
    return [(finding.is_good, finding.advice) for finding in found]


def test_the_doctor_looks_at_the_provider(tmp_path, issuer, provider):
    home = tmp_path / "home"
    assert looked_at(Settings(home=home)) == []
    assert looked_at(settings_for(issuer, home=home)) == [(True, ""), (True, ""), (True, "")]
    provider.knobs = Knobs(document={"issuer": "https://other.example"})
    [_, _, (is_good, advice)] = looked_at(settings_for(issuer, home=home))
    assert (is_good, "another issuer" in advice) == (False, True)
    provider.knobs = Knobs(answers={"/jwks": (200, b'{"keys": []}')})
    [_, _, (is_good, advice)] = looked_at(settings_for(issuer, home=home))
    assert (is_good, "RS256" in advice) == (False, True)
    [(is_good, advice)] = looked_at(settings_for(issuer, home=home, oidc_client_id=""))
    assert (is_good, "PAIDAN_OIDC_CLIENT_ID" in advice) == (False, True)


def test_the_doctor_names_a_role_that_is_not_there(tmp_path, server, merchant, database, issuer):
    with database.transaction() as tx:
        make_first_person(tx, CountingIds(), "correct horse battery", NOON)
    settings = settings_for(issuer, home=tmp_path / "home", database_url=server.app_url, merchant=merchant)
    [role] = [finding for finding in examine(settings) if "PAIDAN_OIDC_ROLES" in finding.text]
    assert (role.is_good, role.advice) == (False, "There is no role no-such-role")


def test_a_provider_in_the_house_is_called_only_where_that_is_allowed(issuer):
    from paidan.entrypoints.api.people.openid.door import open_door

    assert isinstance(open_door(settings_for(issuer)).calls.call("GET", f"{issuer}/jwks"), HttpAnswer)
    with pytest.raises(SetupError, match="https"):
        open_door(settings_for(issuer, allow_loopback=False, allow_plain_http=True))
