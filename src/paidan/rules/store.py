"""Policy versions in the table `policy`; what is not there comes from the code. The only writer of that table.

Each change also moves the cache version of `rules`, by which running passes know.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Struct

from paidan.kernel.reasons import Reason
from paidan.rules.policies import Policy, Rule
from paidan.runtime.database import Tx
from paidan.runtime.queries import load_queries

Action = TypeVar("Action")

_queries = load_queries("paidan.rules")


class _Body(Struct, Generic[Action], frozen=True, forbid_unknown_fields=True):
    """What the column `body` holds."""

    rules: tuple[Rule[Action], ...]


class Publication(Struct, frozen=True, kw_only=True):
    """Who published a version, when and why."""

    version: int
    effective_from: datetime | None
    effective_until: datetime | None
    published_at: datetime
    published_by: str
    note: str


def read_effective(tx: Tx, default: Policy[Action], actions: Any, at: datetime) -> Policy[Action]:
    """The version of `default.kind` in force at the instant; `default` itself where none is.

    `actions` is the capability's tagged union of actions. Raises msgspec.ValidationError for a body this code does not understand.
    """
    row = tx.execute(_queries.read_effective_policy, {"kind": default.kind, "at": at}).fetchone()
    return default if row is None else _policy(default.kind, row, actions)


def read_version(tx: Tx, default: Policy[Action], actions: Any, version: int) -> Policy[Action] | None:
    """One version, in force or not; the default's own version gives the default. None: there is no such version."""
    if version == default.version:
        return default
    row = tx.execute(_queries.read_policy_version, {"kind": default.kind, "version": version}).fetchone()
    return None if row is None else _policy(default.kind, row, actions)


def list_versions(tx: Tx, kind: str, *, below: int = 2**31 - 1, limit: int = 50) -> list[Publication]:
    """The published versions under `below`, newest first."""
    rows = tx.execute(_queries.list_policy_versions, {"kind": kind, "below": below, "limit": limit})
    names = Publication.__struct_fields__
    return [Publication(**dict(zip(names, row, strict=True))) for row in rows]


def publish(tx: Tx, policy: Policy[Any], *, published_at: datetime, published_by: str, note: str = "") -> Reason | None:
    """Add a version, which `check_policy` has passed: its number must be the one after the newest.

    Gives VERSION_CONFLICT when it is not, for then somebody else has published meanwhile.
    Older versions stay; to roll back, publish the rules of one again.
    """
    parameters = {
        "kind": policy.kind,
        "version": policy.version,
        "body": msgspec.json.encode(_Body(policy.rules)).decode(),
        "effective_from": policy.effective_from,
        "effective_until": policy.effective_until,
        "published_at": published_at,
        "published_by": published_by,
        "note": note,
    }
    if tx.execute(_queries.publish_policy, parameters).fetchone() is None:
        return Reason.VERSION_CONFLICT
    tx.execute(_queries.bump_rules)
    return None


def end(tx: Tx, kind: str, version: int, until: datetime) -> Reason | None:
    """Let a version end at an instant. Gives NOT_FOUND when there is no such version, or it would end before it begins."""
    parameters = {"kind": kind, "version": version, "until": until}
    if tx.execute(_queries.end_policy, parameters).fetchone() is None:
        return Reason.NOT_FOUND
    tx.execute(_queries.bump_rules)
    return None


def _policy(kind: str, row: Sequence[Any], actions: Any) -> Policy[Any]:
    version, body, effective_from, effective_until = row
    rules = msgspec.json.decode(body, type=_Body[actions]).rules
    return Policy(kind=kind, version=version, rules=rules, effective_from=effective_from, effective_until=effective_until)
