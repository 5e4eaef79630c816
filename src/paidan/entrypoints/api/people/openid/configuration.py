"""What the environment says about the provider that vouches for people (OpenID Connect): read and checked once, before anything is served."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from paidan.kernel.errors import SetupError
from paidan.runtime.settings import Secret, Settings

OPENID: Final = "openid"
LABEL_MAX: Final = 40


class Provider(Struct, frozen=True, kw_only=True):
    """Who vouches for people, and what his words mean here. `role_claim` may be a path of names joined by dots."""

    issuer: str
    client_id: str
    client_secret: Secret  # empty: a public client, which proves itself by PKCE alone
    scopes: str
    name_claims: tuple[str, ...]
    role_claim: str
    roles_by_word: Mapping[str, tuple[str, ...]]
    default_role: str
    label: str
    public_url: str  # how browsers reach us, without a slash at its end; empty: on this machine

    @property
    def role_codes(self) -> frozenset[str]:
        """Every role that the configuration names."""
        named = {code for codes in self.roles_by_word.values() for code in codes}
        return frozenset(named | {self.default_role} - {""})


def read_provider(settings: Settings) -> Provider | None:
    """The provider, None when none is named. Raises SetupError that names the variable to put right."""
    if not settings.oidc_issuer:
        if not settings.password_sign_in:
            raise SetupError("PAIDAN_PASSWORD_SIGN_IN is off and PAIDAN_OIDC_ISSUER is not set: nobody but the first administrator could sign in")
        return None
    if not settings.oidc_client_id:
        raise SetupError("PAIDAN_OIDC_ISSUER is set, but PAIDAN_OIDC_CLIENT_ID is not: the provider gives one to each client")
    scopes = settings.oidc_scopes.split()
    if OPENID not in scopes:
        raise SetupError("PAIDAN_OIDC_SCOPES must hold openid: without it the provider vouches for nobody")
    names = tuple(settings.oidc_name_claims.replace(",", " ").split())
    if not names:
        raise SetupError("PAIDAN_OIDC_NAME_CLAIMS is empty: name at least one claim")
    issuer = _checked(settings.oidc_issuer, "PAIDAN_OIDC_ISSUER", is_plain_allowed=settings.allow_loopback)
    return Provider(
        issuer=issuer,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
        scopes=" ".join(scopes),
        name_claims=names,
        role_claim=settings.oidc_role_claim,
        roles_by_word=_mapping(settings.oidc_roles),
        default_role=settings.oidc_default_role,
        label=(settings.oidc_label or urlsplit(issuer).hostname or "")[:LABEL_MAX],
        public_url=_public(settings),
    )


def _checked(url: str, variable: str, *, is_plain_allowed: bool) -> str:
    """An https address without query and fragment. Raises SetupError."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise SetupError(f"{variable} is no address") from None
    if parts.scheme != "https" and not (parts.scheme == "http" and is_plain_allowed):
        raise SetupError(f"{variable} must begin with https:// (http:// is for trials on one machine, with PAIDAN_ALLOW_LOOPBACK)")
    if not host or parts.query or parts.fragment or parts.username:
        raise SetupError(f"{variable} must be an address with a host, and without user, query and fragment")
    return url


def _public(settings: Settings) -> str:
    if not settings.public_url:
        return ""
    url = _checked(settings.public_url.rstrip("/"), "PAIDAN_PUBLIC_URL", is_plain_allowed=settings.allow_loopback)
    if urlsplit(url).path:
        raise SetupError("PAIDAN_PUBLIC_URL must be a host alone, without a path: the console lives at its root")
    return url


def _mapping(text: str) -> dict[str, tuple[str, ...]]:
    """`{"word of the provider": "role"}` or `{"word": ["role", "role"]}`. Raises SetupError."""
    if not text:
        return {}
    try:
        read = msgspec.json.decode(text, type=dict[str, str | tuple[str, ...]])
    except msgspec.MsgspecError:
        raise SetupError('PAIDAN_OIDC_ROLES must be JSON such as {"oms-admins": "admin", "oms-clerks": ["auditor", "viewer"]}') from None
    return {word: (codes,) if isinstance(codes, str) else codes for word, codes in read.items()}
