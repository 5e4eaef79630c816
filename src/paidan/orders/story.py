"""The whole story of one order, for `paidan explain` and the console: read in nine statements, told in zh or en. Personal data stay masked."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from paidan.kernel.money import from_minor
from paidan.kernel.reasons import Reason, next_step, words
from paidan.orders.fulfilment_no import fulfilment_no, read_fulfilment_no
from paidan.orders.store import read_steps
from paidan.orders.story_words import FULFILMENT_WORDS, LABELS, ORDER_WORDS, PARCEL_WORDS, STEP_WORDS, Both
from paidan.runtime.database import Tx
from paidan.runtime.queries import load_queries

queries = load_queries("paidan.orders", "story.sql")

Rows = list[tuple[Any, ...]]
UNTOLD = frozenset({"candidates", "parcels", "policy", "aim", "split", "before", "receiver_before", "receiver_after"})
"""Fields of details that are told elsewhere, or name records."""


class Story(Struct, frozen=True, kw_only=True):
    """Everything known of one order, as rows."""

    head: tuple[Any, ...]
    lines: Rows
    holds: Rows
    fulfilments: Rows
    parcels: Rows
    timeline: Rows
    warehouses: dict[int, str]
    carriers: dict[int, str]


def find_order_id(tx: Tx, text: str) -> int | None:
    """The order of this number: ours, the platform's, or of one of its fulfilments. None when there is none or it is not clear which."""
    parsed = read_fulfilment_no(text)
    if parsed is not None:
        row = tx.execute("SELECT order_id FROM fulfilment WHERE id = %(id)s", {"id": parsed[0]}).fetchone()
        return row[0] if row else None
    rows = tx.execute(queries.find_order, {"text": text}).fetchall()
    return rows[0][0] if len(rows) == 1 else None


def read_story(tx: Tx, order_id: int) -> Story | None:
    """Read it all; None when there is no such order."""
    head = tx.execute(queries.story_head, {"id": order_id}).fetchone()
    if head is None:
        return None

    def rows(statement: Any) -> Rows:
        return tx.execute(statement, {"id": order_id}).fetchall()

    return Story(
        head=head,
        lines=rows(queries.story_lines),
        holds=rows(queries.story_holds),
        fulfilments=rows(queries.story_fulfilments),
        parcels=rows(queries.story_parcels),
        timeline=rows(queries.story_timeline),
        warehouses={row[0]: f"{row[1]} {row[2]}" for row in tx.execute(queries.story_places)},
        carriers=dict(tx.execute(queries.story_carriers).fetchall()),
    )


class Teller:
    """Tells a story in one language, times in the shop's zone, costs in the house's currency."""

    def __init__(self, story: Story, language: str, currency: str = "CNY") -> None:
        self._currency = currency
        self._story = story
        self._zh = language.startswith("zh")
        self._language = language
        self._zone = ZoneInfo(story.head[17])

    def tell(self) -> Iterator[str]:
        """The story, line by line."""
        yield from self._head()
        yield from self._lines()
        yield from self._holds()
        yield from self._fulfilments()
        yield from self._timeline()

    def _word(self, both: Both | None, otherwise: object = "") -> str:
        return str(otherwise) if both is None else both[0] if self._zh else both[1]

    def _label(self, name: str) -> str:
        return self._word(LABELS[name])

    def _time(self, at: datetime | None) -> str:
        return at.astimezone(self._zone).strftime("%m-%d %H:%M:%S") if at else "–"

    def _reason(self, reason: str) -> str:
        try:
            known = Reason(reason)
        except ValueError:
            return reason
        advice = next_step(known, self._language)
        return words(known, self._language) + (f"（{advice}）" if advice and self._zh else f" ({advice})" if advice else "")

    def _head(self) -> Iterator[str]:
        h = self._story.head
        yield f"{self._label('order')} {h[0]} · {self._label('platform_no')} {h[1]} · {self._label('shop')} {h[3]} ({h[4]})"
        waits = f" · {self._label('waits')}: {self._reason(h[6])}" if h[6] else ""
        yield f"{self._label('state')}: {self._word(ORDER_WORDS.get(h[5]), h[5])}{waits}"
        yield f"{self._label('paid')}: {from_minor(h[11], h[10])} {h[10]} · {self._time(h[8])} · {self._label('ship_by')} {self._time(h[9])}"
        yield f"{self._label('receiver')}: {h[12] or ''} {h[13] or ''} {h[14] or ''}{h[15] or ''}{h[16] or ''}"

    def _lines(self) -> Iterator[str]:
        yield f"\n{self._label('lines')}"
        for no, kind, code, name, quantity, payable, *places, refund in self._story.lines:
            names = ("open", "short", "reserved", "in_fulfilment", "shipped", "cancelled")
            where = ", ".join(f"{place}={units}" for place, units in zip(names, places, strict=True) if units)
            money = from_minor(payable, self._story.head[10])
            yield f"  {no}. {code} {name} × {quantity} = {money} [{kind}] {where}" + (f" refund={refund}" if refund != "none" else "")

    def _holds(self) -> Iterator[str]:
        if self._story.holds:
            yield f"\n{self._label('holds')}"
        for reason, origin, note, opened_at, closed_at, closed_by, close_note in self._story.holds:
            end = f" → {self._label('until')} {self._time(closed_at)} {closed_by} {close_note}" if closed_at else f" · {self._label('open')}"
            yield f"  {self._time(opened_at)} {self._reason(reason)} [{origin}] {note}{end}"

    def _fulfilments(self) -> Iterator[str]:
        if self._story.fulfilments:
            yield f"\n{self._label('fulfilments')}"
        for f_id, attempt, state, code, name, carrier, weight_g, freight, merged_into, released, shipped, delivered in self._story.fulfilments:
            into = f" → {fulfilment_no(merged_into)}" if merged_into else ""
            times = " / ".join(self._time(at) for at in (released, shipped, delivered))
            what = f"{code} {name} · {carrier} · {weight_g} g · {from_minor(freight, self._currency)} {self._currency}"
            yield f"  {fulfilment_no(f_id, attempt)} {self._word(FULFILMENT_WORDS.get(state), state)}{into} · {what} · {times}"
        for waybill, carrier, state, shipped, delivered in self._story.parcels:
            yield f"  {carrier} {waybill} {self._word(PARCEL_WORDS.get(state), state)} · {self._time(shipped)} / {self._time(delivered)}"

    def _timeline(self) -> Iterator[str]:
        yield f"\n{self._label('timeline')}"
        for at, actor, detail in self._story.timeline:
            for step, what in read_steps(detail) if detail else ():
                yield f"  {self._time(at)} {actor:<10} {self._word(STEP_WORDS.get(step), step)}{self._detail(step, what)}"
                if isinstance(what, dict) and "candidates" in what:
                    yield from self._candidates(what)

    def _detail(self, step: str, what: Any) -> str:
        if not isinstance(what, dict):
            return f" {what}" if what else ""
        told = {key: value for key, value in what.items() if key not in UNTOLD and value not in ("", [], None)}
        if "reason" in told:
            told["reason"] = self._reason(str(told["reason"]))
        if "at" in told:
            told["at"] = self._time(datetime.fromisoformat(str(told["at"])))
        for key in ("fulfilment", "leader"):
            if isinstance(told.get(key), int):
                told[key] = fulfilment_no(told[key])
        if step == "sourced":
            told = {"cost": f"{from_minor(told.get('cost', 0), self._currency)} {self._currency}"}
        return "".join(f" · {key}: {value}" for key, value in told.items())

    def _candidates(self, what: dict[str, Any]) -> Iterator[str]:
        """Every warehouse that was considered: cost, distance, and why it lost."""
        chosen = {parcel[0]: parcel for parcel in what.get("parcels", ())}
        for warehouse_id, whole_carrier_id, whole_cost, distance, reason in what["candidates"]:
            # In a split each warehouse's share has a price of its own.
            _, carrier_id, cost, *_ = chosen.get(warehouse_id, (warehouse_id, whole_carrier_id, whole_cost))
            place = self._story.warehouses.get(warehouse_id, str(warehouse_id))
            verdict = f"✓ {self._label('chosen')}" if not reason else f"✗ {self._reason(reason)}"
            money = from_minor(cost) if cost >= 0 else "–"
            carrier = self._story.carriers.get(carrier_id, "")
            alone = f" · {self._label('alone')} {from_minor(whole_cost)}" if 0 <= whole_cost != cost else ""
            yield f"      {place:<16} {money:>8} {carrier} {distance if distance >= 0 else '–'} km  {verdict}{alone}"
        if split := what.get("split"):
            places = " + ".join(f"{self._story.warehouses.get(parcel[0], parcel[0])} {from_minor(parcel[2])}" for parcel in split["parcels"])
            verdict = f"✗ {self._reason(split['reason'])}" if split["reason"] else f"✓ {self._label('chosen')}"
            yield f"      {self._label('split'):<16} {from_minor(split['cost']):>8} = {places} + {self._label('penalty')}  {verdict}"
