"""Groups of the list of orders: how many orders each has and what was paid for them, of all that match, however few rows are shown."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Final

import sqlalchemy as sa
from msgspec import Struct

from paidan.entrypoints.api.lists.compose import GATHERED_MAX, GROUPS, Question, gathered, group_key, run
from paidan.entrypoints.api.lists.kinds import Kind, Op
from paidan.entrypoints.api.lists.order_tables import ORDERS
from paidan.entrypoints.api.problems import invalid
from paidan.runtime.database import Tx

GROUPS_MAX: Final = 1_000


class Paid(Struct, frozen=True, kw_only=True):
    """Amounts of different currencies are never added."""

    currency: str
    amount_minor: int


class Group(Struct, frozen=True, kw_only=True):
    """Orders that are alike in one field: `key` as rows have it (several codes joined by `|`), and the filters that list just them, if there are."""

    key: str
    count: int
    paid: tuple[Paid, ...]
    filters: tuple[str, ...] | None


class Groups(Struct, frozen=True, kw_only=True):
    """In the order in which the list shows them.

    `is_exact` false: the hundred thousand newest orders were counted, and the list shows the groups of those; `is_cut`: there are more groups.
    """

    groups: tuple[Group, ...]
    is_exact: bool
    is_cut: bool


def read_groups(tx: Tx, question: Question) -> Groups:
    """One statement. Raises Refused when no group is asked for."""
    if question.group is None:
        raise invalid("group", expected=GROUPS)
    key = group_key(question, question.group).label("key")
    some = sa.select(key, ORDERS.c.currency, ORDERS.c.paid_minor).where(gathered(question, GATHERED_MAX + 1)).subquery()
    told = sa.select(some.c.key, some.c.currency, sa.func.count(), sa.cast(sa.func.sum(some.c.paid_minor), sa.BigInteger)).group_by(
        some.c.key, some.c.currency
    )
    rows = run(tx, told).fetchall()
    groups = _gathered(rows, question)
    return Groups(groups=groups[:GROUPS_MAX], is_exact=sum(row[2] for row in rows) <= GATHERED_MAX, is_cut=len(groups) > GROUPS_MAX)


def _gathered(rows: Iterable[tuple[Any, ...]], question: Question) -> tuple[Group, ...]:
    by_key: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
    for key, currency, count, paid_minor in rows:
        by_key[key].append((currency, count, paid_minor))
    return tuple(
        Group(
            key=key,
            count=sum(count for _, count, _ in parts),
            paid=tuple(Paid(currency=currency, amount_minor=minor) for currency, _, minor in sorted(parts)),
            filters=_filters(question, key),
        )
        for key, parts in sorted(by_key.items())
    )


def _filters(question: Question, key: str) -> tuple[str, ...] | None:
    """One value is asked for by itself; that there is none, or that there are just these several, no filter says."""
    field = question.group
    if field is None or field.ask is None or Op.IS not in field.operators or not key or "|" in key:
        return None
    if not field.knows(key):
        return None  # of an older version: nobody can ask for it any more
    return (f"{field.name}:is:{key}",) if field.kind == Kind.FLAG or field.name not in SETS else None


SETS: Final = frozenset({"hold", "warehouse", "carrier"})
"""An order may have several: whoever has one of them may have others, too."""
