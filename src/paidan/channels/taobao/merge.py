"""Which trades go to the same person: only the platform can tell, by `taobao.top.oaid.merge`, for the receivers are masked."""

from collections.abc import Sequence
from typing import Final

import msgspec
from msgspec import Struct

from paidan.channels.taobao.client import TopClient
from paidan.runtime.calling import CallRecord, RecordedSilence

MERGE: Final = "taobao.top.oaid.merge"
MERGE_MAX: Final = 100


class Candidate(Struct, frozen=True, kw_only=True):
    """A trade and the token of its receiver."""

    order_no: str
    oaid: str


class Groups(Struct, frozen=True, kw_only=True):
    """Trades of one group go to one person; trades of different groups don't."""

    order_nos: tuple[tuple[str, ...], ...]
    record: CallRecord


class Texts(Struct):
    """Lists are double wrapped."""

    string: list[str] = []


class MergeResult(Struct):
    """Each text is a group: `"1111,2222"`."""

    tid_list: list[str] | Texts | None = None


_RESULT: Final = msgspec.json.Decoder(MergeResult)


def merge_groups(client: TopClient, candidates: Sequence[Candidate]) -> Groups:
    """Ask about at most 100 trades. A trade the answer leaves out stands alone; an unknown or repeated one makes the answer unreadable."""
    if len(candidates) > MERGE_MAX:
        raise ValueError(f"at most {MERGE_MAX} trades in a call")
    asked = [{"oaid": candidate.oaid, "tid": candidate.order_no} for candidate in candidates]
    answer = client.call(MERGE, {"merge_list": msgspec.json.encode(asked).decode()})
    found = answer.read(_RESULT).tid_list
    texts = found.string if isinstance(found, Texts) else found or []
    groups = [tuple([tid.strip() for tid in text.split(",") if tid.strip()]) for text in texts]
    named = [tid for group in groups for tid in group]
    if len(set(named)) != len(named) or not set(named) <= {candidate.order_no for candidate in candidates}:
        raise RecordedSilence(f"{MERGE}: the groups don't fit what was asked", record=answer.record)
    alone: list[tuple[str, ...]] = [(candidate.order_no,) for candidate in candidates if candidate.order_no not in set(named)]
    return Groups(order_nos=tuple([group for group in groups if group] + alone), record=answer.record)
