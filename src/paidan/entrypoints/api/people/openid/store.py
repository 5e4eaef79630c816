"""Somebody whom the provider vouches for comes in: found, linked or made, with the roles that his groups stand for.

A person is known by issuer and subject, never by his name: names change hands. The first time, a name that is somebody's here is only his when an
administrator has said so (`await_link`). One change of people at a time, as everywhere.
"""

from collections.abc import Sequence
from datetime import datetime

import structlog
from msgspec import Struct

from paidan.entrypoints.api.people.openid.claims import Told
from paidan.entrypoints.api.people.openid.configuration import Provider
from paidan.entrypoints.api.people.sessions import end_sessions
from paidan.entrypoints.api.people.sessions import queries as people_queries
from paidan.entrypoints.api.people.store import PersonChange, add_person, has_administrator
from paidan.kernel.reasons import Reason
from paidan.runtime.database import Tx
from paidan.runtime.ids import IdSource
from paidan.runtime.queries import load_queries

queries = load_queries("paidan.entrypoints.api.people.openid", "openid.sql")

log = structlog.get_logger(__name__)


class Came(Struct, frozen=True, kw_only=True):
    """Who came in; or why nobody did. Both: he came in, and must be told something."""

    person_id: int | None = None
    reason: Reason | None = None


def come_in(tx: Tx, ids: IdSource, provider: Provider, told: Told, *, language: str, now: datetime) -> Came:
    """The person, with his roles brought up to date. A refusal is a value: what it changed (ended sessions) is kept."""
    tx.execute(people_queries.lock_administration)
    row = tx.execute(queries.find_by_subject, {"issuer": provider.issuer, "subject": told.subject}).fetchone()
    if row is not None:
        return _known(tx, row[0], told, is_active=row[1])
    if not told.name:
        return Came(reason=Reason.SIGN_IN_NAME_MISSING)
    row = tx.execute(queries.find_awaited, {"name": told.name, "issuer": provider.issuer}).fetchone()
    if row is None:
        return _made(tx, ids, provider, told, language, now)
    person_id, is_active, is_awaited = row
    if not is_awaited:
        return Came(reason=Reason.SIGN_IN_NAME_TAKEN)
    if told.roles is not None and not _there(tx, told.roles):
        return Came(reason=Reason.SIGN_IN_NO_ROLE)  # not linked: nothing of his is touched
    came = _known(tx, person_id, told, is_active=is_active)
    if came.person_id is not None:
        tx.execute(queries.link, {"person_id": person_id, "issuer": provider.issuer, "subject": told.subject})
    return came


def _known(tx: Tx, person_id: int, told: Told, *, is_active: bool) -> Came:
    if not is_active:
        return Came(reason=Reason.PERSON_SWITCHED_OFF)
    if told.roles is None:
        return Came(person_id=person_id)
    wanted = _there(tx, told.roles)
    before = _roles(tx, person_id)
    if wanted == before:
        return Came(person_id=person_id) if wanted else Came(reason=Reason.SIGN_IN_NO_ROLE)
    _set_roles(tx, person_id, wanted)
    if not has_administrator(tx):
        _set_roles(tx, person_id, before)
        log.warning("sign_in.last_administrator_kept", person_id=person_id, provider_says=wanted, kept=before)
        return Came(person_id=person_id, reason=Reason.LAST_ADMINISTRATOR_KEPT)
    log.info("sign_in.roles_changed", person_id=person_id, before=before, after=wanted)
    if not wanted:
        end_sessions(tx, person_id)
        return Came(reason=Reason.SIGN_IN_NO_ROLE)
    return Came(person_id=person_id)


def _made(tx: Tx, ids: IdSource, provider: Provider, told: Told, language: str, now: datetime) -> Came:
    """A new person without a password; without any mapping he gets the default role, and an administrator sees to the rest."""
    asked = told.roles if told.roles is not None else [provider.default_role] if provider.default_role else []
    roles = _there(tx, asked)
    if not roles:
        return Came(reason=Reason.SIGN_IN_NO_ROLE)
    change = PersonChange(title=told.title, language=language, roles=roles, shops=None, warehouses=None, is_active=True)
    person_id = add_person(tx, ids, told.name, "", change, now, must_change=False)
    tx.execute(queries.link, {"person_id": person_id, "issuer": provider.issuer, "subject": told.subject})
    log.info("sign_in.person_made", person_id=person_id, roles=roles)
    return Came(person_id=person_id)


def _there(tx: Tx, codes: Sequence[str]) -> list[str]:
    """Those of the roles that are there; one that is not is a slip in the configuration, and is told."""
    known = known_roles(tx, codes)
    if missing := sorted(set(codes) - set(known)):
        log.error("sign_in.role_unknown", roles=missing)
    return known


def known_roles(tx: Tx, codes: Sequence[str]) -> list[str]:
    """Those of the roles that are there."""
    row = tx.execute(queries.known_roles, {"codes": list(codes)}).fetchone()
    return list(row[0]) if row else []


def _roles(tx: Tx, person_id: int) -> list[str]:
    row = tx.execute(queries.roles_of, {"id": person_id}).fetchone()
    return list(row[0]) if row else []


def _set_roles(tx: Tx, person_id: int, codes: Sequence[str]) -> None:
    tx.execute(people_queries.clear_roles, {"id": person_id})
    tx.execute(people_queries.give_roles, {"id": person_id, "roles": list(codes)})
    tx.execute(queries.grow_version, {"id": person_id})


def await_link(tx: Tx, provider: Provider, person_id: int) -> None:
    """From now on the provider's next person of the same name is this one; who was, is not any more."""
    tx.execute(queries.link, {"person_id": person_id, "issuer": provider.issuer, "subject": ""})


def unlink(tx: Tx, person_id: int) -> None:
    """The provider vouches for this person no more; he is signed out everywhere."""
    tx.execute(queries.unlink, {"person_id": person_id})
    end_sessions(tx, person_id)


def use_attempt(tx: Tx, digest: bytes, age_s: int) -> bool:
    """Whether this attempt comes to its end for the first time."""
    tx.execute(queries.forget_attempts, {"age_s": age_s})
    return tx.execute(queries.use_attempt, {"digest": digest}).fetchone() is not None
