"""Steps of an order's history as people read them: who did what, what it was before and after, and whatever else is known. Pure."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from msgspec import Struct

from paidan.entrypoints.api.history import words as w
from paidan.entrypoints.api.history.named import Names
from paidan.entrypoints.api.history.wording import Wording
from paidan.orders.story_words import STEP_WORDS

_PIECES: Final = re.compile(r"(\[[^\[\]]*\])")
_FIELD: Final = re.compile(r"\{(\w+)\}")
_COUNTED: Final = re.compile(r"\{(\w+)\} \((\w+)\|(\w+)\)")
_UNITS_CHANGED: Final = re.compile(r"#(?P<line>\d+) × (?P<before>\d+) → × (?P<after>\d+)")
_GOODS_CHANGED: Final = re.compile(r"#(?P<line>\d+) (?P<before>.*?) → (?P<after>.+?)(?:, × (?P<units>\d+) → × (?P<kept>\d+))?")
_GIFT_ADDED: Final = re.compile(r"\+ (?P<sku>.+) × (?P<units>\d+)")
QUIET: Final = frozenset({"before", "receiver_before", "receiver_after", "policy", "aim", "parcels"})
"""Told otherwise: by the actor's name, as before and after, or with the candidates."""


class Change(Struct, frozen=True, kw_only=True):
    """What was one thing and is another now. `before` null: it was not kept."""

    label: str
    before: str | None
    after: str


class Fact(Struct, frozen=True, kw_only=True):
    """One more thing that is known of a step. `order_id`: an order to go to; `at`: an instant, told in place of `value`."""

    label: str
    value: str
    order_id: str | None = None
    at: datetime | None = None


class Said(Struct, frozen=True, kw_only=True):
    """A step in words. `sentence` follows `actor_name`."""

    actor_name: str
    sentence: str
    changes: tuple[Change, ...]
    facts: tuple[Fact, ...]


class Teller:
    """Tells the steps of one order in one language, costs in the house's currency."""

    def __init__(self, names: Names, order_id: str, language: str, currency: str = "CNY") -> None:
        self._say = Wording(names, language, currency)
        self._order_id = order_id

    def tell(self, step: str, actor: str, detail: Any) -> Said:
        """One step. `detail` as it was stored, its ids as numbers or text."""
        told = dict(detail) if isinstance(detail, Mapping) else {"note": detail} if detail not in (None, "", [], ()) else {}
        by = str(told["by"]) if _is_somebody(told.get("by")) else actor
        values = {field: text for field, value in told.items() if (text := self._say.text(step, field, value))}
        values |= self._more(step, told)
        sentence, said = self._sentence(step, values)
        told_otherwise = QUIET | EDIT_STEPS.get(step, frozenset()) | ({"by"} if _is_somebody(told.get("by")) else set())
        left = [field for field in told if field not in said and field not in told_otherwise]
        return Said(
            actor_name=self._actor("platform" if by == "system" and step in w.TOLD_BY_PLATFORM else by, told.get("fulfilment")),
            sentence=sentence,
            changes=tuple(self._changes(step, told)),
            facts=tuple(fact for field in left for fact in self._facts(step, field, told)),
        )

    def actor_name(self, actor: str) -> str:
        """Who that is, as people say it."""
        return self._actor(actor)

    # -------------------------------------------------------------- who

    def _actor(self, actor: str, fulfilment: Any = None) -> str:
        if not actor:
            return ""
        kind, _, name = actor.partition(":")
        if kind == "user":
            title = self._say.name("person", name)
            return f"{title[0]} ({name})" if title and title[0] and title[0] != name else name
        if "@" in actor and "#" in actor:
            found = self._say.name("rule", actor)
            family = actor.partition("@")[0]
            return self._say.word(w.ACTORS.get(family, w.ACTORS["rule"])).format(self._say.word(found[:2]) if found else actor.partition("#")[2])
        if kind == "wms":
            sent_by, of_system = self._say.name("fulfilment", fulfilment), self._say.name("system", name)
            of_one = of_system[0] if of_system and of_system[1] == "1" else name
            return self._say.word(w.ACTORS["wms"]).format(sent_by[2] if sent_by and sent_by[2] else of_one)
        return self._say.word(w.ACTORS[kind]) if kind in w.ACTORS else actor

    # -------------------------------------------------------------- what

    def _sentence(self, step: str, values: Mapping[str, str]) -> tuple[str, set[str]]:
        """The step's sentence, and the fields it has told."""
        template = w.SENTENCES.get(step)
        if template is None:
            return self._say.word(STEP_WORDS.get(step, (step.replace("_", " "),) * 2)), set()
        said: set[str] = set()
        text = ""
        for piece in _PIECES.split(self._say.word(template)):
            is_optional = piece.startswith("[")
            fields = _FIELD.findall(piece)
            if is_optional and any(field not in values for field in fields):
                continue
            said.update(field for field in fields if field in values)
            counted = _COUNTED.sub(lambda found: f"{{{found[1]}}} {found[2 if values.get(found[1]) == '1' else 3]}", piece)
            text += _FIELD.sub(lambda found: values.get(found[1], ""), counted[1:-1] if is_optional else counted)
        return text.rstrip(), said

    def _more(self, step: str, told: Mapping[str, Any]) -> dict[str, str]:
        """What a sentence says that is no field of the detail."""
        if step == "edited":
            return {"changed": self._say.all_of([self._say.word(w.EDITS[field]) for field in w.EDITS if field in told])}
        if step == "released" and told.get("with"):
            return {"company": str(len(told["with"]))}
        if step == "sourced" and told.get("parcels"):
            return {"parcels": self._say.all_of([self._say.route(row) for row in told["parcels"]])}
        return {}

    # -------------------------------------------------------------- whatever else is known

    def _facts(self, step: str, field: str, told: Mapping[str, Any]) -> list[Fact]:
        value = told[field]
        label = self._say.word(w.FIELDS[field]) if field in w.FIELDS else field.replace("_", " ")
        if field in {"at", "until"} and (at := _instant(value)) is not None:
            return [Fact(label=label, value="", at=at)]
        if field == "candidates":
            chosen = {str(row[0]): row for row in told.get("parcels") or ()}
            return [Fact(label=label, value=self._say.candidate(row, chosen)) for row in value]
        if field == "split" and isinstance(value, Mapping):
            parts = self._say.all_of([self._say.route(row) for row in value.get("parcels", ())])
            verdict = self._say.reason(value["reason"]) if value.get("reason") else self._say.word(w.CHOSEN)
            return [Fact(label=label, value=f"{parts} {self._say.money(value['cost'])}: {verdict}")]
        if field == "leader" and str(value) == str(told.get("fulfilment")):
            return []
        if field in {"with", "leader"}:
            return [self._companion(label, one) for one in (value if isinstance(value, list | tuple) else [value])]
        text = self._say.text(step, field, value)
        return [Fact(label=label, value=text)] if text else []

    def _companion(self, label: str, fulfilment: Any) -> Fact:
        """Another fulfilment, told by its order."""
        found = self._say.name("fulfilment", fulfilment)
        if found is None:
            return Fact(label=label, value=f"{self._say.word(w.ANOTHER)} ({self._say.fulfilment(fulfilment)})")
        is_own = found[0] == self._order_id
        return Fact(label=label, value=self._say.fulfilment(fulfilment) if is_own else found[1], order_id=None if is_own else found[0])

    # -------------------------------------------------------------- before and after

    def _changes(self, step: str, told: Mapping[str, Any]) -> list[Change]:
        if step == "edited":
            return [self._edit(field, told) for field in w.EDITS if field in told]
        if step in {"receiver_edited", "receiver_restored"}:
            return self._receivers(told)
        if step == "lines_edited":
            return [change for one in told.get("changes") or () for change in self._line(str(one))]
        return []

    def _edit(self, field: str, told: Mapping[str, Any]) -> Change:
        before = told.get("before")
        was = before.get(field) if isinstance(before, Mapping) and field in before else None
        is_kept = isinstance(before, Mapping) and field in before
        after = self._wish(field, told[field])
        if field == "remark" and was and told[field]:
            after = self._say.word(w.REWRITTEN)
        return Change(label=self._say.word(w.EDITS[field]), before=self._wish(field, was) if is_kept else None, after=after)

    def _wish(self, field: str, value: Any) -> str:
        if field in {"warehouse_id", "carrier_id"}:
            return (self._say.warehouse if field == "warehouse_id" else self._say.carrier)(value) if value else self._say.word(w.NO_WISH)
        if field == "remark":
            return self._say.word(w.WRITTEN if value else w.NONE)
        if field == "flag":
            return self._say.flag(value)
        return self._say.word(w.YES_NO[bool(value)])

    def _receivers(self, told: Mapping[str, Any]) -> list[Change]:
        after = self._receiver(told.get("receiver_after")) or str(told.get("to") or "")
        before = self._receiver(told.get("receiver_before")) or str(told.get("from") or "")
        return [Change(label=self._say.word(w.RECEIVER), before=before or None, after=after)] if after else []

    def _receiver(self, receiver_id: Any) -> str:
        """As masks, whatever is left of it."""
        return " ".join(filter(None, self._say.name("receiver", receiver_id) or ()))

    def _line(self, told: str) -> list[Change]:
        if found := _UNITS_CHANGED.fullmatch(told):
            return [Change(label=self._say.word(w.LINE).format(found["line"]), before=f"× {found['before']}", after=f"× {found['after']}")]
        if found := _GOODS_CHANGED.fullmatch(told):
            label = self._say.word(w.LINE).format(found["line"])
            units = [Change(label=label, before=f"× {found['units']}", after=f"× {found['kept']}")] if found["units"] else []
            return [Change(label=label, before=found["before"] or self._say.word(w.NONE), after=found["after"]), *units]
        if found := _GIFT_ADDED.fullmatch(told):
            return [Change(label=self._say.word(w.GIFT), before=self._say.word(w.NONE), after=f"{found['sku']} × {found['units']}")]
        return [Change(label=self._say.word(w.FIELDS["line"]), before=None, after=told)]


EDIT_STEPS: Final[Mapping[str, frozenset[str]]] = {
    "edited": frozenset(w.EDITS),
    "receiver_edited": frozenset({"from", "to"}),
    "receiver_restored": frozenset({"from", "to"}),
    "lines_edited": frozenset({"changes"}),
}
"""Fields that are told as before and after."""


def _is_somebody(by: Any) -> bool:
    """Whether that names who did it; some steps name the interface it was asked over."""
    return isinstance(by, str) and (by in w.ACTORS or by.startswith(("user:", "wms:")) or ("@" in by and "#" in by))


def _instant(value: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(str(value))
    except ValueError:
        return None
