"""What a person's claims mean here: his name, how he is shown, his roles. Pure."""

import re
from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from paidan.entrypoints.api.people.openid.configuration import Provider

NAME: Final = re.compile(r"[^\s\x00:|/]{1,40}")  # as people's names are everywhere: told in timelines as user:<name>
TITLE_MAX: Final = 80
WORDS_MAX: Final = 1_000
_MISSING: Final = object()


class Told(Struct, frozen=True, kw_only=True):
    """A person as the provider tells. `roles` None: no role is his business there, ours stay as they are."""

    subject: str
    name: str
    title: str
    roles: tuple[str, ...] | None


def is_enough(claims: Mapping[str, Any], provider: Provider) -> bool:
    """Whether name and groups are among these claims, or must be asked for."""
    has_groups = not provider.roles_by_word or _at(claims, provider.role_claim) is not _MISSING
    return has_groups and name_of(claims, provider) != ""


def read(claims: Mapping[str, Any], provider: Provider) -> Told:
    """The person these claims speak of; `name` empty when none of them can be one."""
    title = claims.get("name")
    return Told(
        subject=claims["sub"],
        name=name_of(claims, provider),
        title=" ".join(title.replace("\0", "").split())[:TITLE_MAX] if isinstance(title, str) else "",
        roles=roles_of(claims, provider),
    )


def name_of(claims: Mapping[str, Any], provider: Provider) -> str:
    """The first of the configured claims that can be a name; an address that the provider says it has not proved is none."""
    for claim in provider.name_claims:
        told = claims.get(claim)
        is_unproved = claim == "email" and claims.get("email_verified", True) is not True
        if isinstance(told, str) and NAME.fullmatch(told) and told.isprintable() and not is_unproved:
            return told
    return ""


def roles_of(claims: Mapping[str, Any], provider: Provider) -> tuple[str, ...] | None:
    """The roles his groups stand for, else the default one, else none. None: no mapping is configured."""
    if not provider.roles_by_word:
        return None
    told = _at(claims, provider.role_claim)
    words = [told] if isinstance(told, str) else told if isinstance(told, list) else []
    found = {code for word in words[:WORDS_MAX] if isinstance(word, str) for code in provider.roles_by_word.get(word, ())}
    return tuple(sorted(found)) or ((provider.default_role,) if provider.default_role else ())


def _at(claims: Mapping[str, Any], path: str) -> Any:
    """The claim of this name; where there is none, what lies at the end of a path (`realm_access.roles`)."""
    if path in claims:
        return claims[path]
    found: Any = claims
    for step in path.split("."):
        if not isinstance(found, Mapping) or step not in found:
            return _MISSING
        found = found[step]
    return found
