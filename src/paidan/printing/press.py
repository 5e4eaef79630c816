"""A print from question to file: `prepare` in one transaction, `render` in none, `finish` in another. Nothing is handed out before `finish` has
counted and logged it; who prints the same at the same moment is refused there.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from msgspec import Struct

from paidan.kernel.outcomes import Problem
from paidan.kernel.reasons import Reason
from paidan.kernel.receiver import Receiver
from paidan.orders.fulfilment_no import fulfilment_no
from paidan.parties.store import unseal_receivers
from paidan.printing.decide import lay_out, refuse
from paidan.printing.load import Found, Shipment, find_by_fulfilments, find_by_orders, load_shipments
from paidan.printing.papers import Format, Kind, Label, Paper
from paidan.printing.store import Run, count_prints, log_prints
from paidan.runtime.database import Tx
from paidan.runtime.ids import IdSource
from paidan.runtime.sealing import Sealer

LIMIT: Final = 500
"""Numbers of one question, fulfilments of one file."""


class Asked(Struct, frozen=True, kw_only=True):
    """What these papers are: who wants which, in what words and shape. `sees`: his shops and warehouses, None = all."""

    kind: Kind
    format: Format
    language: str
    again: bool
    actor: str
    address: str
    sees: Mapping[str, Any]


class Wish(Asked, frozen=True, kw_only=True):
    """Papers of a few. Of `order_nos` and `fulfilment_nos` one is empty."""

    order_nos: tuple[str, ...]
    fulfilment_nos: tuple[str, ...]


class Refusal(Struct, frozen=True, kw_only=True):
    """Why nothing is printed; `problems` says of which number."""

    reason: Reason
    problems: tuple[Problem, ...] = ()
    detail: str = ""


class Prepared(Struct, frozen=True, kw_only=True):
    """Papers laid out, not drawn yet."""

    run: Run
    shipments: tuple[Shipment, ...]
    papers: tuple[Paper, ...]


def prepare(tx: Tx, ids: IdSource, sealer: Sealer, wish: Wish, now: datetime) -> Prepared | Refusal:
    """Find, load, refuse, lay out. Five statements; for labels one more that unseals the receivers, after everything else was found right."""
    if max(len(wish.order_nos), len(wish.fulfilment_nos)) > LIMIT:
        return Refusal(reason=Reason.TOO_MANY_AT_ONCE, detail=str(LIMIT))
    found = _find(tx, wish)
    if found.problems:
        return _refusal(found.problems)
    if len(found.leader_ids) > LIMIT:
        return Refusal(reason=Reason.TOO_MANY_AT_ONCE, detail=str(LIMIT))
    shipments = load_shipments(tx, found.leader_ids, wish.kind)
    if problems := refuse(wish.kind, shipments, None, again=wish.again):
        return _refusal(problems)
    receivers: dict[int, Receiver] = {}
    if wish.kind == Kind.LABEL:
        receivers = unseal_receivers(tx, [shipment.receiver_id for shipment in shipments], sealer)
        if problems := refuse(wish.kind, shipments, receivers, again=wish.again):
            return _refusal(problems)
    return lay_out_run(ids, wish, shipments, receivers, now)


def lay_out_run(ids: IdSource, asked: Asked, shipments: Sequence[Shipment], receivers: Mapping[int, Receiver], now: datetime) -> Prepared:
    """The papers of these shipments under the number of a new print. `receivers` by id; only labels need them."""
    [run_id] = ids.take(1)
    papers = lay_out(asked.kind, shipments, receivers, f"PR{run_id}", now)
    run = Run(
        id=run_id,
        kind=asked.kind,
        format=asked.format,
        language=asked.language,
        is_again=any(shipment.times for shipment in shipments),
        papers=len(papers),
        actor=asked.actor,
        address=asked.address,
        at=now,
    )
    return Prepared(run=run, shipments=tuple(shipments), papers=papers)


def _find(tx: Tx, wish: Wish) -> Found:
    if wish.order_nos:
        return find_by_orders(tx, wish.kind, wish.order_nos, wish.sees)
    return find_by_fulfilments(tx, wish.kind, wish.fulfilment_nos, wish.sees)


def _refusal(problems: Sequence[Problem]) -> Refusal:
    return Refusal(reason=problems[0].reason, problems=tuple(problems))


def render(prepared: Prepared, *, font_folder: str, zpl_font: str) -> bytes | Refusal:
    """The file. Seconds for hundreds of papers: no transaction is open meanwhile."""
    from paidan.printing.pdf import render_pdf
    from paidan.printing.zpl import render_zpl

    if prepared.run.format == Format.ZPL:
        return render_zpl([paper for paper in prepared.papers if isinstance(paper, Label)], prepared.run.language, font=zpl_font)
    drawn = render_pdf(prepared.run.kind, prepared.papers, prepared.run.language, font_folder=font_folder)
    return Refusal(reason=drawn) if isinstance(drawn, Reason) else drawn


def finish(tx: Tx, ids: IdSource, prepared: Prepared) -> Refusal | None:
    """Count and log. A refusal when somebody else has printed one of them since `prepare`: then the caller undoes the transaction."""
    times = count_prints(tx, prepared.run, prepared.shipments)
    late = [shipment for shipment in prepared.shipments if times[shipment.leader_id] != shipment.times + 1]
    if late:
        numbers = [fulfilment_no(shipment.leader_id, shipment.attempt) for shipment in late]
        return _refusal([Problem(field="fulfilment_no", reason=Reason.ALREADY_PRINTED, detail=number) for number in numbers])
    log_prints(tx, ids, prepared.run, prepared.shipments, times)
    return None
