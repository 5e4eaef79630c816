"""Sessions of people: the cookie is a random token, kept as its HMAC only; they end after twelve quiet hours, and after seven days anyway.

The token against forged requests (CSRF) is derived from the session's: whoever can read /me has it, a foreign page has not.
"""

import secrets
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Final

from msgspec import Struct

from paidan.entrypoints.api.people.caller import Caller
from paidan.entrypoints.api.people.rights import rights_of
from paidan.runtime.database import Tx
from paidan.runtime.ids import IdSource
from paidan.runtime.queries import load_queries
from paidan.runtime.sealing import Sealer

queries = load_queries("paidan.entrypoints.api.people", "people.sql")

COOKIE: Final = "paidan_session"
TOKEN_BYTES: Final = 32
TOKEN_MAX: Final = 100
QUIET_S: Final = 12 * 3600
AGE_S: Final = 7 * 24 * 3600
AGENT_MAX: Final = 200

WINDOW_S: Final = 15 * 60
NAME_FAILURES_MAX: Final = 5
ADDRESS_FAILURES_MAX: Final = 30


class Visitor(Struct, frozen=True, kw_only=True):
    """From where somebody signs in."""

    address: str
    agent: str


def open_session(tx: Tx, ids: IdSource, sealer: Sealer, person_id: int, visitor: Visitor, *, by_password: bool) -> str:
    """A new session; gives the cookie's value, which can't be read again. Sessions long over are removed."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    (session_id,) = ids.take(1)
    tx.execute(queries.forget_sessions)
    tx.execute(
        queries.open_session,
        {
            "id": session_id,
            "digest": sealer.pepper_digest(token),
            "person_id": person_id,
            "age_s": AGE_S,
            "address": visitor.address,
            "agent": visitor.agent[:AGENT_MAX],
            "by_password": by_password,
        },
    )
    return token


def find_person(tx: Tx, sealer: Sealer, token: str) -> Caller | None:
    """Whose session this is; None when it is nobody's, over, or its person is not active any more. One statement, two once a minute."""
    if not token or len(token) > TOKEN_MAX:
        return None
    row = tx.execute(queries.find_session, {"digest": sealer.pepper_digest(token), "quiet_s": QUIET_S}).fetchone()
    if row is None:
        return None
    session_id, person_id, name, title, language, shops, warehouses, must_change, has_password, rights, is_stale = row
    if is_stale:
        tx.execute(queries.touch_session, {"id": session_id})
    return Caller(
        name=name,
        rights=rights_of(rights),
        shops=None if shops is None else tuple(shops),
        warehouses=None if warehouses is None else tuple(warehouses),
        person_id=person_id,
        session_id=session_id,
        title=title,
        language=language,
        csrf=csrf_of(sealer, token),
        must_change_password=must_change,
        has_password=has_password,
    )


def csrf_of(sealer: Sealer, token: str) -> str:
    """What unsafe requests of this session must carry."""
    return sealer.pepper_digest(f"csrf:{token}").hex()[:32]


def end_sessions(tx: Tx, person_id: int, *, only: int | None = None, but: int | None = None) -> int:
    """End one session of a person, or all but one, or all. Gives how many."""
    return tx.execute(queries.end_sessions, {"person_id": person_id, "only": only, "but": but}).rowcount


def is_locked_out(tx: Tx, name: str, address: str) -> bool:
    """Whether too many sign-ins have failed lately, for this name or from this address."""
    return _is_over(tx, dict(zip(_subjects(name, address), (NAME_FAILURES_MAX, ADDRESS_FAILURES_MAX), strict=True)))


def is_address_resting(tx: Tx, address: str) -> bool:
    """Whether too many sign-ins have failed lately from this address, whatever the names."""
    return _is_over(tx, {_subject_of(address): ADDRESS_FAILURES_MAX})


def _is_over(tx: Tx, limits: Mapping[str, int]) -> bool:
    rows = tx.execute(queries.failures, {"subjects": list(limits), "window_s": WINDOW_S})
    return any(failures >= limits[subject] for subject, failures in rows)


def count_failure(tx: Tx, name: str, address: str) -> None:
    """One more failed; the window starts with the first."""
    tx.execute(queries.count_failure, {"subjects": sorted(_subjects(name, address)), "window_s": WINDOW_S})


def count_address_failure(tx: Tx, address: str) -> None:
    """One more failed from this address, nobody knows under which name."""
    tx.execute(queries.count_failure, {"subjects": [_subject_of(address)], "window_s": WINDOW_S})


def forget_failures(tx: Tx, name: str) -> None:
    """He has signed in."""
    tx.execute(queries.forget_failures, {"subject": _subjects(name, "")[0]})


def _subjects(name: str, address: str) -> Sequence[str]:
    # A name that is nobody's may be a password typed into the wrong field: it is not kept in clear.
    return (f"name:{sha256(name.encode()).hexdigest()[:32]}", _subject_of(address))


def _subject_of(address: str) -> str:
    return f"address:{address}"
