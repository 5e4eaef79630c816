"""Remarks as people may read them: reading remarks is daily work, revealing a receiver is asked for."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from paidan.entrypoints.api.masking import HIDDEN, spoken
from paidan.kernel.receiver import Receiver
from paidan.orders.commands import cleaned

NONE: Final = ("", "")


def readable(remarks: Sequence[str], wanted: Iterable[int], people: Mapping[int, Receiver]) -> tuple[str, ...]:
    """Remarks without what would name one of the `wanted` receivers. Of one who is erased nobody knows any more what to hide: then all is."""
    if set(wanted) - people.keys():
        return tuple(HIDDEN if remark else "" for remark in remarks)
    names = [name for person in people.values() for name in (person.name, person.phone, person.detail)]
    return tuple(cleaned(spoken(_without(remark, names))) for remark in remarks)


def _without(text: str, names: Iterable[str]) -> str:
    for name in sorted(filter(None, names), key=len, reverse=True):
        text = text.replace(name, HIDDEN)
    return text
