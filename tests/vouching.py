"""A pretend provider of sign-ins for tests, and somebody who goes from us to it and back as a browser does."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
from litestar.testing import TestClient

from paidan.runtime.settings import Secret, Settings
from paidan.world.host import HostSetup, host_in_thread
from paidan.world.host_client import HostClient
from paidan.world.openid.provider import Member, OpenIdProvider

CLIENT = "paidan at the merchant's"
SECRET = "s%cret:with /signs+&"
BACK = "/api/v1/sign-in/provider/back"
START = "/api/v1/sign-in/provider"
ROLES = '{"oms-admins": "admin", "CN=clerks,OU=oms": ["auditor", "viewer"], "nothing": "no-such-role"}'

LI = Member(subject="s-li", claims={"preferred_username": "li.na", "name": "李娜", "email": "li@example.com", "groups": ["CN=clerks,OU=oms"]})
WANG = Member(subject="s-wang", claims={"preferred_username": "wang", "name": "王伟", "groups": ["oms-admins", "somewhere else"]})
ZHAO = Member(subject="s-zhao", claims={"preferred_username": "zhao", "groups": ["somewhere else"]})
ADMIN = Member(subject="s-admin", claims={"preferred_username": "admin", "groups": ["oms-admins"]})
SUN = Member(subject="s-sun", claims={"preferred_username": "sun", "name": "Sun Yi", "groups": ["CN=clerks,OU=oms"]})
MEMBERS = [LI, WANG, ZHAO, ADMIN, SUN]


def new_provider(*addresses: str) -> OpenIdProvider:
    """A provider that leads back to these addresses of ours."""
    return OpenIdProvider(client_id=CLIENT, client_secret=SECRET, redirect_uris=[address + BACK for address in addresses], members=list(MEMBERS))


@contextmanager
def on_loopback(provider: OpenIdProvider) -> Iterator[HostClient]:
    """The provider's host: `base_url("openid")` is its issuer."""
    with host_in_thread(HostSetup(simulators=[provider], start_at=datetime.now(UTC))) as host:
        yield host


def settings_for(issuer: str, **more: Any) -> Settings:
    """What an installation with this provider says in its environment."""
    told = {"oidc_issuer": issuer, "oidc_client_id": CLIENT, "oidc_client_secret": Secret(SECRET), "oidc_roles": ROLES, "oidc_label": "企业账号"}
    return Settings(**{"allow_loopback": True, "call_timeout_s": 2.0, **told, **more})


class Traveller:
    """Keeps cookies, and looks at each redirect before following it."""

    def __init__(self, client: TestClient[Any], language: str = "zh-CN") -> None:
        self.client = client
        self.language = language
        self.cookies: dict[str, str] = {}

    def ask(self, address: str) -> httpx.Response:
        """One page of ours, no redirect followed."""
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"cookie": cookie, "accept-language": self.language}
        answer = self.client.request("GET", address, headers=headers, follow_redirects=False)
        self.client.cookies.clear()
        for header in answer.headers.get_list("set-cookie"):
            for name, morsel in SimpleCookie(header).items():
                self.cookies[name] = morsel.value
                if morsel["max-age"] == "0":
                    del self.cookies[name]
        return answer

    def start(self, **asked: str) -> str:
        """Where we are sent by the button."""
        answer = self.ask(f"{START}?{urlencode(asked)}")
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    @staticmethod
    def decide(address: str, subject: str) -> str:
        """What somebody does at the provider, and where that leads: path and query of ours."""
        parts = urlsplit(address)
        page, _ = _asked(parts.netloc, "GET", f"{parts.path}?{parts.query}")
        assert page == 200, address
        status, location = _asked(parts.netloc, "POST", "/decide", urlencode({"query": parts.query, "as": subject}))
        assert status == 302, address
        back = urlsplit(location)
        return f"{back.path}?{back.query}"

    def travel(self, subject: str, **asked: str) -> httpx.Response:
        """The whole round; gives our last answer."""
        return self.ask(self.decide(self.start(**asked), subject))

    def me(self) -> dict[str, Any]:
        """Who we say that he is."""
        told: dict[str, Any] = self.ask("/api/v1/me").json()
        return told


def _asked(netloc: str, verb: str, path: str, body: str = "") -> tuple[int, str]:
    """Status, and where it leads."""
    with closing(HTTPConnection(netloc, timeout=10)) as connection:
        connection.request(verb, path, body)
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.headers.get("location", "")


def told_in(answer: httpx.Response) -> str:
    """The reason that a page of ours is told of; empty when it is told of none."""
    return parse_qs(urlsplit(answer.headers["location"]).query).get("sign_in", [""])[0]
