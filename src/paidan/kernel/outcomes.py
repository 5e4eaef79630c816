"""What became of each row of a write of many: one outcome per row, in order. A bad row never stops the others."""

from collections.abc import Hashable, Mapping, Sequence
from enum import StrEnum
from typing import TypeVar

from msgspec import Struct

from paidan.kernel.expected import Expected
from paidan.kernel.reasons import Reason

K = TypeVar("K", bound=Hashable)


class Problem(Struct, frozen=True, kw_only=True):
    """Why a row was refused: the field and a reason of the closed list. `detail` is never personal data; `expected`: what would be right."""

    field: str
    reason: Reason
    detail: str = ""
    expected: Expected | None = None


class Effect(StrEnum):
    """What a write did with one row."""

    CREATED = "created"
    CHANGED = "changed"
    SAME = "same"  # everything was so already: nothing written, no version raised
    REFUSED = "refused"


class Outcome(Struct, frozen=True, kw_only=True):
    """One row's outcome; `id` and `version` of the record after the write, 0 when refused."""

    effect: Effect
    id: int = 0
    version: int = 0
    problems: tuple[Problem, ...] = ()


class Sheet:
    """Collects outcomes while a set of rows goes through its checks. A refused row takes no part in what follows."""

    def __init__(self, size: int) -> None:
        self._problems: list[list[Problem]] = [[] for _ in range(size)]
        self._done: dict[int, Outcome] = {}

    def refuse(self, row: int, field: str, reason: Reason, detail: str = "", expected: Expected | None = None) -> None:
        """Refuse a row; several problems of one row are all told."""
        self._problems[row].append(Problem(field=field, reason=reason, detail=detail, expected=expected))

    def live(self) -> list[int]:
        """The rows not refused so far."""
        return [row for row, problems in enumerate(self._problems) if not problems]

    def refuse_repeats(self, keys: Sequence[K], field: str) -> None:
        """Refuse every row whose key an earlier row of this write has."""
        seen: set[K] = set()
        for row, key in enumerate(keys):
            if key in seen:
                self.refuse(row, field, Reason.DUPLICATE_KEY)
            seen.add(key)

    def refuse_stale(self, keys: Sequence[str], versions: Mapping[str, int], expected: Mapping[str, int] | None, field: str) -> None:
        """Refuse every row whose record is not in the version its writer has seen; 0 seen: he believes that its key, told by `field`, is free."""
        for row, key in enumerate(keys):
            if expected is None or key not in expected or versions.get(key, 0) == expected[key]:
                continue
            if expected[key]:
                self.refuse(row, "version", Reason.VERSION_CONFLICT)
            else:
                self.refuse(row, field, Reason.DUPLICATE_KEY)

    def settle(self, row: int, effect: Effect, record_id: int, version: int) -> None:
        """Tell what was written for a row."""
        self._done[row] = Outcome(effect=effect, id=record_id, version=version)

    def outcomes(self) -> list[Outcome]:
        """One outcome per row, in order."""
        return [
            Outcome(effect=Effect.REFUSED, problems=tuple(problems)) if problems else self._done[row] for row, problems in enumerate(self._problems)
        ]

    def any_written(self) -> bool:
        """Whether any row was created or changed."""
        return any(outcome.effect in {Effect.CREATED, Effect.CHANGED} for outcome in self._done.values())
