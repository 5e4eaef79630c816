"""Prints of many orders as a job: drawn in the background, all counted in the transaction that keeps the file, which is sealed.

A process that dies has counted nothing; whoever takes the job up draws it anew.
"""

import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from typing import IO, Final

from msgspec import Struct

from paidan.entrypoints.api.jobs.parameters import LEASE_S, ROW_DONE, ROW_REFUSED, Told, queries
from paidan.entrypoints.api.services import HandlerContext
from paidan.kernel.reasons import Reason
from paidan.printing.many import draw, finish_all, prepare_some, sort_out
from paidan.printing.papers import Format, Kind
from paidan.printing.press import LIMIT, Asked, Prepared, Refusal
from paidan.runtime.database import Tx
from paidan.runtime.rows import columns

PRINTED_MAX: Final = 5_000
"""Orders of one job: their file stands in memory when it is kept."""
MEDIA_TYPES: Final = {Format.PDF: "application/pdf", Format.ZPL: "application/zpl"}
ZIP: Final = "application/zip"
TRIES_MAX: Final = 5
IN_MEMORY_MAX: Final = 16 * 1024 * 1024

Beat = Callable[[int], None]
"""Told how many orders are done: it keeps the job ours, and raises when the work is to stop."""


class Row(Struct, frozen=True, kw_only=True):
    """An order of the job, and the shipments that are printed for it."""

    n: int
    leader_ids: tuple[int, ...]


class Plan(Struct, frozen=True, kw_only=True):
    """What is printed, in this order, and of which orders nothing can be (by their place in the job)."""

    leader_ids: tuple[int, ...]
    rows: tuple[Row, ...]
    reasons: dict[int, Reason]


class PrintedMeanwhile(Exception):
    """Somebody has printed one of them since it was drawn."""


def asked_of(told: Told, actor: str, language: str) -> Asked:
    """What the job's parameters ask for."""
    reader = told.reader
    if reader is None:
        raise ValueError("a print is told who sees it")
    sees = {
        "shops": None if reader.shops is None else list(reader.shops),
        "warehouses": None if reader.warehouses is None else list(reader.warehouses),
    }
    given = told.given
    return Asked(
        kind=Kind(given.kind),
        format=Format(given.format),
        language=language,
        again=given.again,
        actor=actor,
        address=reader.address,
        sees=sees,
    )


def bond_of(job_id: int) -> str:
    """The place that a print's file is sealed for."""
    return f"job_file:{job_id}"


def reasons_against(tx: Tx, asked: Asked, order_ids: Sequence[int]) -> dict[int, Reason]:
    """Which of these orders would not be printed, and why; nothing is written."""
    numbers: dict[int, str] = dict(tx.execute(queries.numbers_by_id, {"ids": list(order_ids)}).fetchall())
    found = sort_out(tx, asked, list(numbers.values()))
    return {order_id: found.reasons_by_no[number] for order_id, number in numbers.items() if number in found.reasons_by_no}


def write_papers(services: HandlerContext, job_id: int, told: Told, actor: str, language: str, beat: Beat) -> None:
    """Draw, count and keep the file, and say of each order what became of it. Drawn anew when somebody prints the same meanwhile."""
    asked = asked_of(told, actor, language)
    for tries in range(TRIES_MAX):
        try:
            _write(services, job_id, asked, beat)
        except PrintedMeanwhile:
            if tries == TRIES_MAX - 1:
                raise
        else:
            return


def _write(services: HandlerContext, job_id: int, asked: Asked, beat: Beat) -> None:
    plan = _planned(services, job_id, asked, beat)
    refused: dict[int, Reason] = {}
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_MAX) as parts:
        drawn, names, sizes = [], list[str](), list[int]()
        for start in range(0, len(plan.leader_ids), LIMIT):
            some = plan.leader_ids[start : start + LIMIT]
            prepared, body = _drawn(services, asked, some, refused)
            if prepared is not None:
                drawn.append(prepared)
                names.append(f"{len(names) + 1:03}-{_stem(asked)}-PR{prepared.run.id}.{asked.format.value}")
                sizes.append(len(body))
                parts.write(body)
            beat(len(plan.rows) * (start + len(some)) // len(plan.leader_ids))
        file = _file(parts, names, sizes) if names else b""
    _finish(services, job_id, asked, plan, refused, drawn, file)


def _planned(services: HandlerContext, job_id: int, asked: Asked, beat: Beat) -> Plan:
    """Sorted out; for pick lists along the warehouses, so that each has as few lists as can be."""
    rows, reasons = list[Row](), dict[int, Reason]()
    leaders: dict[int, str] = {}
    for chunk in _chunks(services, job_id):
        with services.database.transaction() as tx:
            found = sort_out(tx, asked, [number for _, number in chunk])
        for n, number in chunk:
            if number in found.leaders_by_no:
                rows.append(Row(n=n, leader_ids=found.leaders_by_no[number]))
                leaders |= {leader: found.warehouse_by_leader[leader] for leader in found.leaders_by_no[number] if leader not in leaders}
            else:
                reasons[n] = found.reasons_by_no[number]
        beat(0)
    order_of_leaders = sorted(leaders, key=leaders.__getitem__) if asked.kind == Kind.PICK_LIST else list(leaders)
    return Plan(leader_ids=tuple(order_of_leaders), rows=tuple(rows), reasons=reasons)


def _chunks(services: HandlerContext, job_id: int) -> Iterator[list[tuple[int, str]]]:
    after = 0
    while True:
        with services.database.transaction() as tx:
            rows = tx.execute(queries.waiting_numbers, {"job_id": job_id, "after": after, "limit": LIMIT}).fetchall()
        if not rows:
            return
        yield rows
        after = rows[-1][0]


def _drawn(services: HandlerContext, asked: Asked, leader_ids: Sequence[int], refused: dict[int, Reason]) -> tuple[Prepared | None, bytes]:
    """One file; who is not in it after all is added to `refused`."""
    with services.database.transaction() as tx:
        prepared, against = prepare_some(tx, services.ids, services.sealer, asked, leader_ids, services.clock.now())
    refused |= against
    if prepared is None:
        return None, b""
    made = draw(prepared, font_folder=services.settings.print_fonts, zpl_font=services.settings.print_zpl_font)
    if isinstance(made, Refusal):
        refused |= {shipment.leader_id: made.reason for shipment in prepared.shipments}
        return None, b""
    return made


def _stem(asked: Asked) -> str:
    return asked.kind.value.replace("_", "-")


def _file(parts: IO[bytes], names: Sequence[str], sizes: Sequence[int]) -> bytes:
    """The one file as it is; several in a ZIP."""
    parts.seek(0)
    if len(names) == 1:
        return parts.read()
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_MAX) as packed:
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, size in zip(names, sizes, strict=True):
                archive.writestr(name, parts.read(size))
        packed.seek(0)
        return packed.read()


def _finish(
    services: HandlerContext, job_id: int, asked: Asked, plan: Plan, refused: dict[int, Reason], drawn: Sequence[Prepared], file: bytes
) -> None:
    """All in one transaction: counted, logged, kept, and each order told. Raises PrintedMeanwhile."""
    reasons = {**plan.reasons, **_left_out(plan, refused)}
    rows = [(row.n, ROW_REFUSED if row.n in reasons else ROW_DONE, str(reasons.get(row.n, "")), None) for row in plan.rows]
    rows += [(n, ROW_REFUSED, str(reason), None) for n, reason in plan.reasons.items()]
    is_packed = len(drawn) > 1
    with services.database.transaction() as tx:
        if not finish_all(tx, services.ids, drawn):
            raise PrintedMeanwhile
        if drawn:
            suffix = "zip" if is_packed else asked.format.value
            body = services.sealer.seal(file, bound_to=bond_of(job_id))
            media_type = ZIP if is_packed else MEDIA_TYPES[asked.format]
            name = f"paidan-{_stem(asked)}-{job_id}.{suffix}"
            tx.execute(queries.put_file, {"job_id": job_id, "name": name, "media_type": media_type, "body": body})
        tx.execute(queries.settle_rows, {"job_id": job_id, **columns(("n", "state", "reason", "before"), rows)})
        tx.execute(queries.count_rows, {"id": job_id, "lease_s": LEASE_S})


def _left_out(plan: Plan, refused: dict[int, Reason]) -> dict[int, Reason]:
    """Orders none of whose shipments was drawn after all."""
    return {row.n: refused[row.leader_ids[0]] for row in plan.rows if all(leader in refused for leader in row.leader_ids)}
