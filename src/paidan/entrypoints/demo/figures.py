"""What a day came to: the figures of the closing table, read from Paidan's own books and the simulators'."""

from collections.abc import Mapping
from typing import Any

from paidan.entrypoints.demo.agree import Difference
from paidan.entrypoints.demo.drive import Drive
from paidan.kernel.states import FulfilmentState, OrderState
from paidan.runtime.database import Tx
from paidan.runtime.invariants import Broken
from paidan.runtime.queries import load_queries
from paidan.world.day import expected_hands_off
from paidan.world.script import Day

queries = load_queries("paidan.entrypoints.demo")


def collect(tx: Tx, day: Day, run: Drive, books: Mapping[str, Any], stats: Mapping[str, Any]) -> dict[str, Any]:
    """Every figure by name."""
    states = {OrderState(state).name: count for state, count in tx.execute(queries.order_states)}
    fulfilments = {FulfilmentState(state).name: count for state, count in tx.execute(queries.fulfilment_states)}
    untouched, paid = _row(tx, queries.untouched)
    in_time, parcels = _row(tx, queries.shipped_in_time)
    quantiles = _row(tx, queries.paid_to_released)[0] or [0, 0]
    messages = {(direction, state): count for direction, state, count in tx.execute(queries.messages)}
    received = sum(states.values())
    lost = sum(len(books[platform]["lost_sales"]) for platform in ("taobao", "shopify"))
    released, shipped, delivered, cancelled = _row(tx, queries.ways_of_orders)
    differing, unfinished, compared = _row(tx, queries.warehouse_counts)
    return {
        "orders_scripted": len(day.orders),
        "received": received,
        "deduplicated": run.work.get("pull.repeated", 0) + messages.get(("i", 3), 0),
        "held_by_cause": dict(tx.execute(queries.holds_by_cause).fetchall()),
        "merged": _row(tx, queries.merged)[0],
        "split": _row(tx, queries.split)[0],
        "backordered": _row(tx, queries.backordered)[0],
        "released": released,
        "shipped": shipped,
        "delivered": delivered,
        "cancelled": cancelled,
        "released_untouched_share": round(untouched / paid, 4) if paid else 0.0,
        "released_untouched_expected": round(expected_hands_off(day), 4),
        "paid_to_released_p50_s": round(float(quantiles[0] or 0)),
        "paid_to_released_p95_s": round(float(quantiles[1] or 0)),
        "shipped_before_deadline_share": round(in_time / parcels, 4) if parcels else 0.0,
        "freight_cny": int(_row(tx, queries.freight)[0]) / 100,
        "orders_per_s": round(received / run.seconds, 1) if run.seconds else 0.0,
        "calls_per_s": round((_calls(stats) + run.callbacks) / run.seconds, 1) if run.seconds else 0.0,
        "reserved_above_on_hand": _row(tx, queries.reserved_above_on_hand)[0],
        "late_for_want_of_stock": _row(tx, queries.late_for_want_of_stock)[0],
        "lost_sales": lost,
        "warehouse_counts_differing": differing,
        "warehouse_counts_unfinished": unfinished,
        "warehouse_counts_compared": compared,
        "states": states,
        "fulfilments": fulfilments,
        "waiting": [{"state": OrderState(state).name, "waits_for": waits, "orders": count} for state, waits, count in tx.execute(queries.waiting)],
        "shipped_though_closed": _row(tx, queries.shipped_though_closed)[0],
        "messages_in": sum(count for (direction, _), count in messages.items() if direction == "i"),
        "messages_out": sum(count for (direction, _), count in messages.items() if direction == "o"),
        "set_aside": messages.get(("i", 2), 0),
        "dead_letters": [list(row) for row in tx.execute(queries.dead_letters)],
        "seconds": round(run.seconds, 1),
        "ticks": run.ticks,
        "work": dict(sorted(run.work.items())),
    }


def verdict(figures: Mapping[str, Any], broken: list[Broken], differences: list[Difference], waiting_messages: int) -> list[str]:
    """Why the day is not in order; empty when it is."""
    faults = [f"invariant {one.invariant}: first row {one.rows[0]}" for one in broken]
    faults += [f"{subject}: {count} lines disagree" for subject, count in _counted(differences).items()]
    faults += [f"{row['orders']} orders stand at {row['state']} without a reason" for row in figures["waiting"] if not row["waits_for"]]
    if waiting_messages:
        faults.append(f"{waiting_messages} messages were never taken up")
    if figures["reserved_above_on_hand"]:
        faults.append(f"reserved above on hand: {figures['reserved_above_on_hand']}")
    if figures["warehouse_counts_differing"] or figures["warehouse_counts_unfinished"] or not figures["warehouse_counts_compared"]:
        counts = {name: figures[f"warehouse_counts_{name}"] for name in ("differing", "unfinished", "compared")}
        faults.append(f"warehouse counts: {counts}")
    if figures["dead_letters"]:
        faults.append(f"dead letters: {figures['dead_letters']}")
    return faults


def _counted(differences: list[Difference]) -> dict[str, int]:
    counted: dict[str, int] = {}
    for difference in differences:
        counted[difference.subject] = counted.get(difference.subject, 0) + 1
    return counted


def _row(tx: Tx, statement: Any) -> tuple[Any, ...]:
    row = tx.execute(statement).fetchone()
    return row or (0, 0)


def _calls(stats: Mapping[str, Any]) -> int:
    """Calls that Paidan made, by the simulators' own count."""
    return sum(int(simulator["calls"]) for simulator in stats["simulators"].values())
