"""Writes people and roles. One change at a time (an advisory lock), so that the last administrator can't be lost in a race."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct

from paidan.entrypoints.api.people.passwords import LENGTH_MAX, LENGTH_MIN, hashed
from paidan.entrypoints.api.people.rights import ROLES, Right
from paidan.entrypoints.api.people.sessions import end_sessions, queries
from paidan.entrypoints.api.problems import Refused, invalid
from paidan.kernel.reasons import Reason
from paidan.runtime.database import Tx
from paidan.runtime.ids import IdSource

FIRST: Final = "admin"


class PersonChange(Struct, frozen=True, kw_only=True):
    """What an administrator says about a person; shops and warehouses by code, None: all of them."""

    title: str
    language: str
    roles: Sequence[str]
    shops: Sequence[str] | None
    warehouses: Sequence[str] | None
    is_active: bool


def make_first_person(tx: Tx, ids: IdSource, password: str, now: datetime, *, must_change: bool = False) -> bool:
    """The administrator and the roles of a new installation; False when there is anybody already.

    `must_change`: the password was shown somewhere and is good for the first sign-in only.
    """
    tx.execute(queries.lock_administration)
    row = tx.execute(queries.any_person).fetchone()
    if row is None or row[0]:
        return False
    for code, (name, rights) in ROLES.items():
        tx.execute(queries.add_role, {"id": ids.take(1)[0], "code": code, "name": name, "rights": sorted(rights)})
    everything = PersonChange(title="", language="zh", roles=["admin"], shops=None, warehouses=None, is_active=True)
    add_person(tx, ids, FIRST, password, everything, now, must_change=must_change)
    return True


def add_person(tx: Tx, ids: IdSource, name: str, password: str, told: PersonChange, now: datetime, *, must_change: bool = True) -> int:
    """A new person; gives the id. Raises Refused for a taken name, unknown codes, a short password (none at all may be left out)."""
    if password:
        refuse_weak(password)
    shop_ids, warehouse_ids = limits_of(tx, told.roles, told.shops, told.warehouses)
    (person_id,) = ids.take(1)
    row = {
        "id": person_id,
        "name": name,
        "title": told.title,
        "password": hashed(password) if password else "",
        "language": told.language,
        "shop_ids": shop_ids,
        "warehouse_ids": warehouse_ids,
        "is_active": told.is_active,
        "must_change": must_change,
        "now": now,
    }
    if tx.execute(queries.add_person, row).fetchone() is None:
        raise invalid("name", Reason.DUPLICATE_KEY)
    tx.execute(queries.give_roles, {"id": person_id, "roles": list(told.roles)})
    return person_id


def change_person(tx: Tx, person_id: int, told: PersonChange, version: int | None) -> None:
    """Change a person whole. Raises Refused: unknown, changed meanwhile, or nobody could change people any more."""
    tx.execute(queries.lock_administration)
    row = tx.execute(queries.lock_person, {"id": person_id}).fetchone()
    if row is None:
        raise Refused(Reason.NOT_FOUND)
    if version is not None and row[0] != version:
        raise Refused(Reason.VERSION_CONFLICT)
    shop_ids, warehouse_ids = limits_of(tx, told.roles, told.shops, told.warehouses)
    limits = {"shop_ids": shop_ids, "warehouse_ids": warehouse_ids}
    tx.execute(queries.change_person, {"id": person_id, "title": told.title, "language": told.language, "is_active": told.is_active, **limits})
    tx.execute(queries.clear_roles, {"id": person_id})
    tx.execute(queries.give_roles, {"id": person_id, "roles": list(told.roles)})
    if not told.is_active:
        end_sessions(tx, person_id)
    _refuse_without_administrator(tx)


def change_role(tx: Tx, role_id: int, code: str, name: str, rights: Iterable[Right], version: int | None) -> None:
    """Change a role whole; its code stays. Raises Refused as `change_person` does."""
    tx.execute(queries.lock_administration)
    row = tx.execute(queries.lock_role, {"id": role_id}).fetchone()
    if row is None:
        raise Refused(Reason.NOT_FOUND)
    if version is not None and row[0] != version:
        raise Refused(Reason.VERSION_CONFLICT)
    if row[1] != code:
        raise invalid("code")
    tx.execute(queries.change_role, {"id": role_id, "name": name, "rights": sorted(set(rights))})
    _refuse_without_administrator(tx)


def set_password(tx: Tx, person_id: int, password: str, *, must_change: bool, but_session: int | None = None) -> None:
    """A new password; every session of the person ends, but the one it was changed in."""
    refuse_weak(password)
    tx.execute(queries.set_password, {"id": person_id, "password": hashed(password), "must_change": must_change})
    end_sessions(tx, person_id, but=but_session)


def signs_in_by_password(name: str, *, is_for_all: bool) -> bool:
    """Whether somebody of this name may: everybody, or the first administrator alone, so that a provider that is away locks nobody out for good."""
    return is_for_all or name == FIRST


def refuse_weak(password: str) -> None:
    """Raise Refused for a password that is too short."""
    if not LENGTH_MIN <= len(password) <= LENGTH_MAX:
        raise invalid("password", Reason.PASSWORD_WEAK)


def limits_of(
    tx: Tx, roles: Sequence[str], shops: Sequence[str] | None, warehouses: Sequence[str] | None
) -> tuple[list[int] | None, list[int] | None]:
    """Ids of the shops and warehouses named, None where all are meant. Raises Refused for a code that is nobody's."""
    named = {"roles": list(roles), "shops": list(shops or ()), "warehouses": list(warehouses or ())}
    row = tx.execute(queries.known_codes, named).fetchone()
    known_roles, known_shops, shop_ids, known_warehouses, warehouse_ids = row or ([], [], [], [], [])
    for field, asked, known, reason in (
        ("roles", roles, known_roles, Reason.FIELD_INVALID),
        ("shops", shops, known_shops, Reason.UNKNOWN_SHOP),
        ("warehouses", warehouses, known_warehouses, Reason.UNKNOWN_WAREHOUSE),
    ):
        if set(asked or ()) - set(known):
            raise invalid(field, reason)
    return (None if shops is None else shop_ids), (None if warehouses is None else warehouse_ids)


def has_administrator(tx: Tx) -> bool:
    """Whether there is an active person who sees everything and may change people."""
    row = tx.execute(queries.administrators).fetchone()
    return row is not None and bool(row[0])


def _refuse_without_administrator(tx: Tx) -> None:
    if not has_administrator(tx):
        raise Refused(Reason.LAST_ADMINISTRATOR)
