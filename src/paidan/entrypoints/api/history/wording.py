"""Values of an order's history in words of one language. Pure."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from paidan.counterparts.qimen.translate import PROCESS_STATUS, rows_of
from paidan.entrypoints.api.history import words as w
from paidan.entrypoints.api.history.named import Names
from paidan.kernel.money import from_minor
from paidan.kernel.reasons import Reason
from paidan.kernel.reasons import words as reason_words
from paidan.kernel.states import ParcelState
from paidan.orders.flags import COLOURS, flag_name
from paidan.orders.fulfilment_no import fulfilment_no
from paidan.orders.story_words import PARCEL_WORDS, Both
from paidan.printing.papers import Kind
from paidan.printing.words import TITLES

REASONS: Final = frozenset(Reason)
PROGRESS: Final = rows_of(PROCESS_STATUS)


class Wording:
    """Says what a detail holds, by the names of what it speaks of."""

    def __init__(self, names: Names, language: str, currency: str = "CNY") -> None:
        self._currency = currency
        self._names = names
        self._language = language
        self._n = 0 if language == "zh" else 1

    def word(self, both: Both) -> str:
        """One of both."""
        return both[self._n]

    def name(self, kind: str, key: Any) -> tuple[str, str, str] | None:
        """The words of one thing."""
        return self._names.of(kind, key)

    def all_of(self, parts: Sequence[str]) -> str:
        """One after the other, each once."""
        return ("、" if self._language == "zh" else ", ").join(dict.fromkeys(part for part in parts if part))

    def text(self, step: str, field: str, value: Any) -> str:
        """A field's value in words; empty: nothing is to be said of it."""
        if value in (None, "", [], (), {}):
            return ""
        if isinstance(value, bool):
            return self.word(w.YES_NO[value])
        tell = _TELLERS.get((step, field)) or _TELLERS.get(("", field))
        return self.plain(value) if tell is None else tell(self, value)

    def flag(self, value: Any) -> str:
        """A flag's colour and what it means."""
        meanings = tuple((self.name("flag", number) or ("",))[0] for number in range(1, len(COLOURS) + 1))
        return flag_name(int(value or 0), meanings, self._language)

    def plain(self, value: Any) -> str:
        """Anything at all, without braces."""
        if isinstance(value, bool):
            return self.word(w.YES_NO[value])
        if isinstance(value, Mapping):
            return self.all_of([f"{key}: {self.plain(one)}" for key, one in value.items()])
        if isinstance(value, list | tuple):
            return self.all_of([self.plain(one) for one in value])
        return "" if value is None else str(value)

    def reason(self, value: Any) -> str:
        """A reason of the closed list; any other word stays."""
        return reason_words(Reason(value), self._language) if value in REASONS else str(value)

    def fulfilment(self, value: Any) -> str:
        """A fulfilment's number."""
        return fulfilment_no(int(value)) if str(value).isdecimal() else str(value)

    def warehouse(self, value: Any) -> str:
        """Code and name; another one where it is not the caller's to see."""
        found = self.name("warehouse", value)
        return f"{found[0]} {found[1]}" if found else self.word(w.ELSEWHERE)

    def carrier(self, value: Any) -> str:
        """Its name."""
        found = self.name("carrier", value)
        return found[1] if found else str(value)

    def sku(self, value: Any) -> str:
        """Code and name."""
        found = self.name("sku", value)
        return f"{found[0]} {found[1]}" if found else str(value)

    def parcel(self, value: Any) -> str:
        """The waybill."""
        found = self.name("parcel", value) if str(value).isdecimal() else None
        return found[0] if found else str(value)

    def status(self, value: Any) -> str:
        """The platform's word on an order."""
        return self.word(w.PLATFORM_STATUSES[value]) if value in w.PLATFORM_STATUSES else str(value)

    def progress(self, value: Any) -> str:
        """A warehouse's word on its progress."""
        row = PROGRESS.get(str(value).upper())
        return self.word((row.zh, row.en)) if row else str(value)

    def state(self, value: Any) -> str:
        """A parcel's state."""
        return self.word(PARCEL_WORDS[ParcelState[value]]) if value in ParcelState.__members__ else str(value)

    def money(self, value: Any) -> str:
        """Minor units of the house's currency."""
        return f"{'¥' if self._currency == 'CNY' else f'{self._currency} '}{from_minor(int(value), self._currency)}"

    def stops(self, value: Any) -> str:
        """What a hold stops, where it is not everything."""
        both = w.STOPS.get(value)
        return self.word(both) if both else ""

    def paper(self, value: Any) -> str:
        """A kind of paper."""
        return self.word(TITLES[Kind(value)]).lower() if value in list(Kind) else str(value)

    def cause(self, value: Any) -> str:
        """Why a hold was closed."""
        return self.word(w.CAUSES[value]) if value in w.CAUSES else str(value)

    def fields(self, value: Any) -> str:
        """What of a receiver was changed."""
        return self.all_of([self.word(w.RECEIVER_FIELDS[name]) if name in w.RECEIVER_FIELDS else str(name) for name in value])

    def units_by_line(self, value: Any) -> str:
        """Units by line number."""
        if not isinstance(value, Mapping):
            return self.plain(value)
        return self.all_of([f"{self.word(w.LINE).format(line)} × {units}" for line, units in value.items()])

    def units_by_sku(self, value: Any) -> str:
        """Units by SKU."""
        return self.all_of([f"{self.sku(sku)} × {units}" for sku, units in value.items()]) if isinstance(value, Mapping) else self.plain(value)

    def units_told(self, value: Any) -> str:
        """Lines as the platform knows them: [reference, units]."""
        return self.all_of([f"{row[0]} × {row[1]}" for row in value]) if isinstance(value, list | tuple) else self.plain(value)

    def route(self, row: Sequence[Any]) -> str:
        """A warehouse and its carrier."""
        warehouse, carrier = self.warehouse(row[0]), self.carrier(row[1]) if row[1] else ""
        return f"{warehouse} ({carrier})" if carrier else warehouse

    def candidate(self, row: Sequence[Any], chosen: Mapping[Any, Sequence[Any]]) -> str:
        """A warehouse that was looked at: its cost, and why not. `chosen`: the parcels that were planned, by warehouse."""
        mine = chosen.get(str(row[0]), row)
        cost = f" {self.money(mine[2])}" if mine[2] >= 0 else ""
        return f"{self.route(mine)}{cost}: {self.reason(row[4]) if row[4] else self.word(w.CHOSEN)}"


_TELLERS: Final[Mapping[tuple[str, str], Callable[[Wording, Any], str]]] = {
    ("", "reason"): Wording.reason,
    ("", "fulfilment"): Wording.fulfilment,
    ("", "part"): Wording.fulfilment,
    ("", "warehouse"): Wording.warehouse,
    ("", "carrier"): Wording.carrier,
    ("", "sku"): Wording.sku,
    ("", "parcel"): Wording.parcel,
    ("", "cost"): Wording.money,
    ("", "stops"): Wording.stops,
    ("", "cause"): Wording.cause,
    ("", "fields"): Wording.fields,
    ("printed", "kind"): Wording.paper,
    ("warehouse_step", "status"): Wording.progress,
    ("tracking", "state"): Wording.state,
    ("received", "status"): Wording.status,
    ("platform_changed", "status"): Wording.status,
    ("shipped", "lines"): Wording.units_by_line,
    ("split_by_hand", "units"): Wording.units_by_line,
    ("over_shipped", "units"): Wording.units_by_sku,
    ("told_platform", "lines"): Wording.units_told,
    ("platform_refused", "lines"): Wording.units_told,
}
