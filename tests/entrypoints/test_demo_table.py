"""The closing table of the demo shows every figure that was promised, (a) and (b) apart."""

from io import StringIO

import pytest
from rich.console import Console

from paidan.entrypoints.demo.figures import verdict
from paidan.entrypoints.demo.show import WORDS, table

FIGURES = dict.fromkeys(WORDS, 7) | {
    "held_by_cause": {"remark": 3, "refund_requested": 2},
    "states": {"DELIVERED": 5},
    "waiting": [],
    "dead_letters": [],
    "warehouse_counts_unfinished": 0,
    "warehouse_counts_compared": 9,
    "reserved_above_on_hand": 0,
    "warehouse_counts_differing": 0,
}
PROMISED = (
    "received, deduplicated, held, merged, split, backordered, released, shipped, delivered, cancelled, without a human touch, expected, p50, p95, "
    "before deadline, freight, orders/s, calls/s, (a) reserved above on hand, (b) paid, warehouse counts differing"
).split(", ")


def shown(figures):
    text = StringIO()
    Console(file=text, width=160).print(table(figures))
    return text.getvalue()


def test_every_figure_that_was_promised_is_there():
    text = shown(FIGURES)
    assert [name for name in PROMISED if name not in text] == []
    assert "remark 3, refund_requested 2" in text


def test_the_day_with_late_pushes_stands_beside_b():
    late = {"late_for_want_of_stock": 31, "lost_sales": 2, "backordered": 40}
    [line] = [line for line in shown({**FIGURES, "pushes_60_s_late": late}).splitlines() if "(b)" in line]
    assert "7   (with pushes 60 s late: 31)" in line
    assert "60 s" not in next(line for line in shown(FIGURES).splitlines() if "(b)" in line)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({}, ""),
        ({"reserved_above_on_hand": 1}, "reserved above on hand"),
        ({"warehouse_counts_differing": 2}, "warehouse counts"),
        ({"warehouse_counts_unfinished": 1}, "warehouse counts"),
        ({"warehouse_counts_compared": 0}, "warehouse counts"),
    ],
)
def test_what_is_not_in_order_is_a_fault(change, fault):
    faults = verdict({**FIGURES, **change}, [], [], 0)
    assert bool(faults) == bool(fault)
    assert all(fault in one for one in faults)
