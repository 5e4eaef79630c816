"""Reads orders, fulfilments, holds and exceptions for the API: a fixed number of statements each."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from paidan.entrypoints.api.history.named import read_names
from paidan.entrypoints.api.history.tell import Teller
from paidan.entrypoints.api.order_views import (
    EditsView,
    ExceptionView,
    FulfilmentLineView,
    FulfilmentView,
    HoldView,
    LineView,
    OrderView,
    ParcelView,
    PlatformReceiverView,
    StepView,
    WholeOrder,
)
from paidan.entrypoints.api.pages import as_view, as_views
from paidan.entrypoints.api.people.caller import Caller
from paidan.entrypoints.api.people.seen import hears
from paidan.entrypoints.api.remarks import readable
from paidan.kernel.reasons import Reason, next_step, words
from paidan.kernel.states import FulfilmentState, OrderState, ParcelState
from paidan.orders.commands import own_remark
from paidan.orders.fulfilment_no import fulfilment_no, read_fulfilment_no
from paidan.orders.store import platform_remarks, read_steps
from paidan.orders.story_words import STEP_WORDS
from paidan.parties.store import unseal_receivers
from paidan.runtime.database import Tx
from paidan.runtime.queries import load_queries
from paidan.runtime.sealing import Sealer

queries = load_queries("paidan.entrypoints.api", "orders.sql")

ORDER_STATES: Final = {"state": OrderState}
FULFILMENT_STATES: Final = {"state": FulfilmentState}
PARCEL_STATES: Final = {"state": ParcelState}
KINDS: Final = ("hold", "backordered", "message_set_aside", "call_dead", "call_unknown")
EVERY_STATE_MAX: Final = 400  # fulfilments of one order shown with it

REASONS: Final = frozenset(Reason)


def reason_words(reason: str, language: str) -> tuple[str, str]:
    """(words, next step) of a stored reason; older installations may hold one that is gone."""
    return (words(Reason(reason), language), next_step(Reason(reason), language)) if reason in REASONS else (reason, "")


def list_orders(tx: Tx, filters: Mapping[str, Any]) -> list[OrderView]:
    """Orders by filters; see the query."""
    return as_views(OrderView, tx.execute(queries.list_orders, filters), ORDER_STATES)


def find_orders(tx: Tx, caller: Caller, number: str, after: int | None, limit: int) -> list[OrderView]:
    """Orders by their number."""
    return as_views(OrderView, tx.execute(queries.find_orders, {"number": number, "after": after, "limit": limit, **caller.sees}), ORDER_STATES)


def get_order(tx: Tx, caller: Caller, sealer: Sealer, order_id: int, language: str, currency: str = "CNY") -> WholeOrder | None:
    """One order whole, in eight statements; one more for what must be hidden in remarks. `currency`: of the house's costs."""
    parameters = {"id": order_id, **caller.sees}
    cursor = tx.execute(queries.get_order, parameters)
    row = cursor.fetchone()
    if row is None:
        return None
    values = dict(zip([column.name for column in cursor.description or ()], row, strict=True))
    stored = values.pop("edits") or {}
    values["edits"] = EditsView(
        warehouse_code=values.pop("wished_warehouse"),
        carrier_code=values.pop("wished_carrier"),
        remark=own_remark(order_id, stored, sealer),
        is_urgent=bool(stored.get("urgent")),
        is_alone=bool(stored.get("sealed")),
        flag=int(stored.get("flag") or 0),
        is_cancelled=bool(stored.get("cancel")),
        is_receiver_edited=bool(stored.get("receiver")),
        platform_receiver=_platform_receiver(values),
    )
    values["buyer_remark"], values["seller_remark"] = _remarks(tx, sealer, order_id, values.pop("remarks"), values.pop("receiver_ids"))
    values["lines"] = as_views(LineView, tx.execute(queries.order_lines, parameters))
    values["holds"] = told_holds(as_views(HoldView, tx.execute(queries.order_holds, parameters)), language)
    values["fulfilments"] = _fulfilments_of(tx, caller, order_id)
    values["parcels"] = as_views(ParcelView, tx.execute(queries.order_parcels, parameters), PARCEL_STATES)
    _tell(tx, caller, values, _steps(tx, order_id), language, currency)
    return as_view(WholeOrder, values, ORDER_STATES)


def _remarks(tx: Tx, sealer: Sealer, order_id: int, sealed: bytes | None, receiver_ids: Sequence[int | None]) -> Sequence[str]:
    """The buyer's and the seller's remark, without what would name a receiver, the platform's or ours."""
    remarks = platform_remarks(order_id, sealed, sealer)
    if not any(remarks):
        return remarks
    wanted = {receiver_id for receiver_id in receiver_ids if receiver_id is not None}
    return readable(remarks, wanted, unseal_receivers(tx, sorted(wanted), sealer))


def _platform_receiver(values: dict[str, Any]) -> PlatformReceiverView | None:
    """Takes the platform's receiver out of a row of get_order; None where it is the one in force."""
    told = {name: values.pop(f"their_{name}") for name in PlatformReceiverView.__struct_fields__}
    return None if told["name"] is None else PlatformReceiverView(**told)


def _fulfilments_of(tx: Tx, caller: Caller, order_id: int) -> list[FulfilmentView]:
    filters = {"after": None, "order_id": order_id, "ids": None, "states": None, "warehouse": None, "limit": EVERY_STATE_MAX, **caller.sees}
    found = list_fulfilments(tx, filters)
    lines: dict[str, list[FulfilmentLineView]] = {}
    for line in as_views(FulfilmentLineView, tx.execute(queries.fulfilment_lines, {"ids": [int(f.id) for f in found]})):
        lines.setdefault(line.fulfilment_id, []).append(line)
    return [replace(f, lines=tuple(lines.get(f.id, ()))) for f in reversed(found)]


def _steps(tx: Tx, order_id: int) -> list[tuple[datetime, str, str, Any]]:
    """When, who, which step, and its detail as JSON."""
    steps: list[tuple[datetime, str, str, Any]] = []
    for _, at, actor, step, detail in tx.execute(queries.order_timeline, {"id": order_id}):
        told: Sequence[tuple[str, Any]] = read_steps(detail) if detail else [(step, None)]
        steps += [(at, actor, name, plain(what)) for name, what in told]
    return steps


def _tell(tx: Tx, caller: Caller, values: dict[str, Any], steps: Sequence[tuple[datetime, str, str, Any]], language: str, currency: str) -> None:
    """The timeline in words, and who has held and released, by the names of everything they speak of."""
    holds: list[HoldView] = values["holds"]
    actors = {actor for _, actor, _, _ in steps} | {who for hold in holds for who in (hold.origin, hold.closed_by)}
    names = read_names(tx, caller, [(step, detail) for _, _, step, detail in steps], actors)
    teller = Teller(names, values["id"], language, currency)
    values["timeline"] = [_step_view(teller, *step, language) for step in steps]
    values["holds"] = [replace(hold, origin_name=teller.actor_name(hold.origin), closed_by_name=teller.actor_name(hold.closed_by)) for hold in holds]


def _step_view(teller: Teller, at: datetime, actor: str, step: str, detail: Any, language: str) -> StepView:
    said = teller.tell(step, actor, detail)
    return StepView(
        at=at,
        actor=actor,
        step=step,
        text=step_words(step, language),
        detail=detail,
        actor_name=said.actor_name,
        sentence=said.sentence,
        changes=said.changes,
        facts=said.facts,
    )


def step_words(step: str, language: str) -> str:
    """The step as people say it; one that has no words is shown by its own name."""
    zh, en = STEP_WORDS.get(step, (step, step))
    return zh if language == "zh" else en


ID_FIELDS: Final = frozenset({"fulfilment", "leader", "with", "part", "order", "warehouse", "carrier", "sku", "listing", "parcel", "document"})


def plain(detail: Any, field: str = "") -> Any:
    """Details as JSON: ids as text, instants and bytes left out of numbers' way."""
    if isinstance(detail, Mapping):
        return {str(key): plain(value, str(key)) for key, value in detail.items()}
    if isinstance(detail, list | tuple):
        return [plain(value, field) for value in detail]
    if isinstance(detail, int) and not isinstance(detail, bool) and (field in ID_FIELDS or field.endswith("_id")):
        return str(detail)
    return msgspec.to_builtins(detail)


def told_holds(holds: Sequence[HoldView], language: str) -> list[HoldView]:
    """Holds with their reasons in words."""
    told = []
    for hold in holds:
        text, following = reason_words(hold.reason, language)
        told.append(replace(hold, text=text, next_step=following))
    return told


def list_holds(tx: Tx, filters: Mapping[str, Any], language: str) -> list[HoldView]:
    """Open holds."""
    return told_holds(as_views(HoldView, tx.execute(queries.list_holds, filters)), language)


def list_fulfilments(tx: Tx, filters: Mapping[str, Any]) -> list[FulfilmentView]:
    """Fulfilments by filters; see the query."""
    return fulfilment_views(tx.execute(queries.list_fulfilments, filters))


def ids_of_number(tx: Tx, text: str) -> list[int] | None:
    """The fulfilments that a number means: of an order, a fulfilment, a waybill. None: none is asked for."""
    number = text.strip()
    if not number:
        return None
    told = read_fulfilment_no(number.upper())
    return [row[0] for row in tx.execute(queries.fulfilments_of_number, {"number": number, "fulfilment_id": None if told is None else told[0]})]


def fulfilment_views(cursor: Any) -> list[FulfilmentView]:
    """Rows of the statement `list_fulfilments`, with the numbers that warehouses know."""
    return [_numbered(f) for f in as_views(FulfilmentView, cursor, FULFILMENT_STATES)]


def _numbered(fulfilment: FulfilmentView) -> FulfilmentView:
    return replace(fulfilment, no=fulfilment_no(int(fulfilment.id), fulfilment.attempt))


def get_fulfilment(tx: Tx, caller: Caller, fulfilment_id: int) -> FulfilmentView | None:
    """One fulfilment with its lines and parcels, in three statements."""
    found = as_views(FulfilmentView, tx.execute(queries.get_fulfilment, {"id": fulfilment_id, **caller.sees}), FULFILMENT_STATES)
    if not found:
        return None
    lines = as_views(FulfilmentLineView, tx.execute(queries.fulfilment_lines, {"ids": [fulfilment_id]}))
    leader_id = int(found[0].merged_into_id or fulfilment_id)
    parcels = as_views(ParcelView, tx.execute(queries.fulfilment_parcels, {"id": fulfilment_id, "leader_id": leader_id}), PARCEL_STATES)
    return replace(_numbered(found[0]), lines=tuple(lines), parcels=tuple(parcels))


def list_exceptions(
    tx: Tx, caller: Caller, kinds: Sequence[str], after: tuple[int, int], limit: int, language: str
) -> list[tuple[int, ExceptionView]]:
    """What waits for people, with the rank of its kind (for the cursor)."""
    ranks = [KINDS.index(kind) + 1 for kind in kinds]
    cursor = tx.execute(
        queries.list_exceptions, {"ranks": ranks, "after_rank": after[0], "after_id": after[1], "limit": limit, **caller.sees, **hears(tx, caller)}
    )
    names = [column.name for column in cursor.description or ()]
    return [_exception(dict(zip(names, row, strict=True)), language) for row in cursor]


def _exception(row: dict[str, Any], language: str) -> tuple[int, ExceptionView]:
    text, following = reason_words(row["reason"], language)
    rank = row.pop("rank")
    del row["id"]
    return rank, as_view(ExceptionView, row | {"kind": KINDS[rank - 1], "text": text, "next_step": following})
