"""The same day under two workers that are killed, a database that is struck down, and counterparts that repeat, delay, reorder and lose."""

import pytest
from msgspec import structs

from paidan.entrypoints.demo.books import outcomes, shipped_by_sku
from paidan.entrypoints.demo.drive_workers import mishaps
from paidan.entrypoints.demo.run import Plan
from paidan.world.wire import Faults
from simulation.day_stage import a_stage

FAULTS = Faults(duplicate=0.04, delay=0.04, reorder=0.04, lost_answer=0.04, server_error=0.04, late_answer=0.02)
DAY_S = 86_400


def orders_with(day, skus):
    """Orders that ask for one of these SKUs, be it as part of a bundle, by shop and number."""
    bundles = {sku.code for sku in day.skus if any(part in skus for part, _ in sku.parts)}
    return {f"{order.shop} {order.order_no}" for order in day.orders if any(line.merchant_code in skus | bundles for line in order.lines)}


def hold_against_the_calm_day(plan, *, moments, databases):
    """Play it twice, calm and rough, and compare."""
    with a_stage(plan) as stage:
        calm = stage.play()
        day = stage.day
    befalling = mishaps(plan.seed, moments, ticks=DAY_S // plan.tick_s, databases=databases)
    with a_stage(structs.replace(plan, faults=FAULTS, at_once=8)) as stage:
        rough = stage.play_with_workers(befalling)
        hit = stage.host.stats()["simulators"]
    assert calm.outcome.faults == []
    assert rough.outcome.faults == []
    assert rough.outcome.differences == []
    assert rough.deaths >= moments - databases
    for kind in ("server_error", "lost_answer", "late_answer"):
        assert sum(simulator["faults"][kind] for simulator in hit.values()) > 0, kind
    short = orders_with(day, day.scarce)
    before, after = outcomes(calm.books), outcomes(rough.books)
    assert {number: end for number, end in after.items() if number not in short} == {
        number: end for number, end in before.items() if number not in short
    }
    units_before, units_after = shipped_by_sku(calm.books), shipped_by_sku(rough.books)
    assert {sku: units_after.get(sku, 0) for sku in day.scarce} == {sku: units_before.get(sku, 0) for sku in day.scarce}


@pytest.mark.slow
def test_a_short_rough_day_ends_as_the_calm_one():
    plan = Plan(orders=60, seed=4, short_share=0.06, push_delay_s=90_000, tick_s=3600, at_once=1)
    hold_against_the_calm_day(plan, moments=6, databases=1)


@pytest.mark.deep
@pytest.mark.parametrize("seed", [2, 7])
def test_a_rough_day_with_twenty_moments_ends_as_the_calm_one(seed):
    plan = Plan(orders=300, seed=seed, short_share=0.06, push_delay_s=90_000, tick_s=600, at_once=1)
    hold_against_the_calm_day(plan, moments=20, databases=2)
