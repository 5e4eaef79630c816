"""The names of what an order's history tells by id: warehouses, carriers, goods, fulfilments, people, rules. One statement, whatever is told."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from msgspec import Struct

from paidan.audit.rules import DEFAULT_POLICY
from paidan.entrypoints.api.pages import BIGINT_MAX
from paidan.entrypoints.api.people.caller import Caller
from paidan.runtime.database import Tx
from paidan.runtime.queries import load_queries

queries = load_queries("paidan.entrypoints.api.history", "named.sql")

IDS: Final[Mapping[str, str]] = {
    "fulfilment": "fulfilment",
    "leader": "fulfilment",
    "with": "fulfilment",
    "part": "fulfilment",
    "warehouse": "warehouse",
    "warehouse_id": "warehouse",
    "carrier_id": "carrier",
    "sku": "sku",
    "parcel": "parcel",
    "receiver_before": "receiver",
    "receiver_after": "receiver",
}
"""Fields of details that hold an id, and of what. A number as people know it may stand there as well: that is no id."""
ROUTES: Final = frozenset({"candidates", "parcels"})
"""Fields whose rows begin with a warehouse and a carrier."""

Key = tuple[str, str]
"""Kind and id, as text."""


class Names(Struct, frozen=True, kw_only=True):
    """Words by kind and key; what is missing was erased, or is not the caller's to see."""

    words: Mapping[Key, tuple[str, str, str]]

    def of(self, kind: str, key: Any) -> tuple[str, str, str] | None:
        """The words of one thing, up to three; None: there are none."""
        return self.words.get((kind, str(key)))


def read_names(tx: Tx, caller: Caller, told: Iterable[tuple[str, Any]], actors: Iterable[str]) -> Names:
    """Names of everything these details and actors speak of."""
    wanted: dict[str, set[str]] = {}
    for kind, key in (*(key for step, detail in told for key in _asked(step, detail)), *(key for actor in actors for key in _asked_of(actor))):
        wanted.setdefault(kind, set()).add(key)

    def ids(kind: str) -> list[int]:
        return sorted(int(key) for key in wanted.get(kind, ()))

    def texts(kind: str) -> list[str]:
        return sorted(wanted.get(kind, ()))

    named = {
        "warehouses_named": ids("warehouse"),
        "carriers": ids("carrier"),
        "skus": ids("sku"),
        "receivers": ids("receiver"),
        "fulfilments": ids("fulfilment"),
        "parcels": ids("parcel"),
        "people": texts("person"),
        "systems": texts("system"),
        "rules": texts("rule"),
    }
    rows = tx.execute(queries.named, {**named, **caller.sees}).fetchall()
    return Names(words={**_rules_of_code(), **{(kind, key): (a, b, c) for kind, key, a, b, c in rows}})


def _rules_of_code() -> dict[Key, tuple[str, str, str]]:
    """Rules that come with the code are in no table."""
    policy = DEFAULT_POLICY
    return {("rule", f"{policy.kind}@{policy.version}#{rule.id}"): (rule.name_zh, rule.name_en, "") for rule in policy.rules}


def _asked(step: str, detail: Any) -> Iterator[Key]:
    """Ids in one step's detail."""
    if not isinstance(detail, Mapping):
        return
    for field, value in detail.items():
        if isinstance(value, Mapping) and field in {"before", "split"}:
            yield from _asked(step, value)
        elif field == "by":
            yield from _asked_of(str(value))
        elif field == "units" and step == "over_shipped":
            yield from (("sku", str(key)) for key in value)
        elif field in ROUTES and isinstance(value, list | tuple):
            for row in value:
                yield from _ends_of(row)
        elif field in IDS:
            yield from ((IDS[field], str(one)) for one in (value if isinstance(value, list | tuple) else [value]) if _is_id(one))


def _ends_of(row: Any) -> Iterator[Key]:
    if isinstance(row, list | tuple) and len(row) > 1:
        yield "warehouse", str(row[0])
        yield "carrier", str(row[1])


def _is_id(value: Any) -> bool:
    return isinstance(value, int) or (isinstance(value, str) and value.isdecimal() and int(value) <= BIGINT_MAX)


def _asked_of(actor: str) -> Iterator[Key]:
    """What an actor's name is looked up by."""
    if "@" in actor and "#" in actor and not actor.startswith("user:"):
        yield "rule", actor
    kind, _, name = actor.partition(":")
    if kind == "user":
        yield "person", name
    elif kind == "wms":
        yield "system", name
