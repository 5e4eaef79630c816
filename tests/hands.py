"""The hands of a warehouse and the wheels of a day, for tests that need no protocol: passes, releases, and what warehouses decide."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from paidan.catalog.load import cache_versions
from paidan.counterparts.qimen.reports import CONFIRM_FINAL, ConfirmLine, DeliveryConfirm
from paidan.fulfilment.decide import accept, agree_recall, deliver, give_up, refuse_recall
from paidan.fulfilment.load import Group, Work, finish, take
from paidan.fulfilment.shipping import Known, confirm_shipping
from paidan.kernel.states import FulfilmentState
from paidan.orders.commands import Answer, OrderCommand, Request
from paidan.orders.commands import run as run_commands
from paidan.orders.fulfilment_no import fulfilment_no
from paidan.orders.load import due_order_ids
from paidan.orders.parcels import parcels_known
from paidan.pipeline import Passed, run_pass
from paidan.release.step import due_fulfilments, release
from paidan.runtime.waiting import waiting_ids
from paidan.sourcing.waking import wake
from scene import NOW, Scene

BUCKETS = list(range(64))
WINDOW = timedelta(minutes=11)  # the scene's merge window, and a minute
ACTOR = "wms:test"


def order_ids(scene: Scene) -> list[int]:
    return [row[0] for row in scene.query("SELECT id FROM sales_order ORDER BY platform_order_no")]


def leaders(scene: Scene) -> list[int]:
    """What warehouses know now and have not ended."""
    return [row[0] for row in scene.query("SELECT id FROM fulfilment WHERE state IN (30, 40, 50, 60) AND merged_into_id IS NULL ORDER BY id")]


def run(scene: Scene, *facts: Any, due: Sequence[int] = (), now: datetime = NOW) -> Passed:
    """One pass over these messages and orders; the books are in order afterwards."""
    messages = scene.say(*facts) if facts else []
    with scene.database.transaction() as tx:
        report = run_pass(tx, scene.stages, message_ids=messages, order_ids=list(due), now=now)
    assert scene.broken_invariants() == {}
    return report


def go_round(scene: Scene, now: datetime, limit: int = 500) -> int:
    """What a worker does in one turn: waker, pass, release. Gives how much there was to do."""
    with scene.database.transaction() as tx:
        work = wake(tx, now, network=scene.stages.network.load(tx, cache_versions(tx)["network"]))
    with scene.database.transaction() as tx:
        due, messages = due_order_ids(tx, BUCKETS, limit, now), waiting_ids(tx, BUCKETS, limit)
        if due or messages:
            run_pass(tx, scene.stages, message_ids=messages, order_ids=due, now=now)
    return work + len(due) + len(messages) + let_go(scene, now)


def settle_down(scene: Scene, now: datetime, turns: int = 40) -> None:
    """Turn until there is nothing to do any more. Something that never ends is a mistake."""
    for _ in range(turns):
        if not go_round(scene, now):
            return
    raise AssertionError(f"still busy after {turns} turns")


def let_go(scene: Scene, now: datetime = NOW + WINDOW) -> int:
    """Release what is due; gives how many calls were left for warehouses."""
    with scene.database.transaction() as tx:
        network = scene.stages.network.load(tx, cache_versions(tx)["network"])
        due = due_fulfilments(tx, BUCKETS, 500, now)
        return release(tx, due, network=network, ids=scene.ids, sealer=scene.sealer, now=now) if due else 0


def order_by_hand(scene: Scene, order_id: int, command: OrderCommand, *, now: datetime = NOW) -> Answer:
    """One command of a person."""
    with scene.database.transaction() as tx:
        [answer] = run_commands(tx, scene.ids, scene.sealer, [Request(order_id=order_id, command=command)], actor="user:test", now=now)
    return answer


def decided(scene: Scene, leader_id: int, decide: Callable[[Work, Group], object], now: datetime = NOW) -> None:
    """What a warehouse says of one delivery order, booked."""
    with scene.database.transaction() as tx:
        work = take(tx, [leader_id])
        decide(work, work.groups[leader_id])
        finish(tx, work, ids=scene.ids, sealer=scene.sealer, now=now)


def accepts(scene: Scene, leader_id: int, now: datetime = NOW) -> None:
    decided(scene, leader_id, lambda work, group: accept(work, group, "W1", ACTOR), now)


def rejects(scene: Scene, leader_id: int, now: datetime = NOW) -> None:
    decided(scene, leader_id, lambda work, group: give_up(work, group, FulfilmentState.REJECTED, "no", now, ACTOR), now)


def gives_back(scene: Scene, leader_id: int, now: datetime = NOW) -> None:
    decided(scene, leader_id, lambda work, group: agree_recall(work, group, now, ACTOR), now)


def keeps(scene: Scene, leader_id: int, now: datetime = NOW) -> None:
    decided(scene, leader_id, lambda work, group: refuse_recall(work, group, "S008", now, ACTOR), now)


def delivers(scene: Scene, leader_id: int, now: datetime = NOW) -> None:
    decided(scene, leader_id, lambda work, group: deliver(work, group, now, ACTOR), now)


def ships(scene: Scene, leader_id: int, *, short_by: int = 0, is_final: bool = True, now: datetime = NOW) -> None:
    """All open units leave, `short_by` fewer of the first line. `is_final`: nothing more will."""

    with scene.database.transaction() as tx:
        work = take(tx, [leader_id])
        group = work.groups[leader_id]
        open_lines = [
            (f"{owned.fulfilment.id}-{line.line_no}", line.sku_id, line.open) for owned in group.all for line in owned.fulfilment.lines if line.open
        ]
        codes = {sku_id: code for code, sku_id in scene.skus.items()}
        lines = tuple(
            ConfirmLine(order_line_no=key, item_code=codes[sku_id], actual_qty=max(units - (short_by if n == 0 else 0), 0))
            for n, (key, sku_id, units) in enumerate(open_lines)
        )
        attempt = group.leader.fulfilment.attempt
        confirm = DeliveryConfirm(
            delivery_order_code=fulfilment_no(leader_id, attempt), lines=lines, confirm_type=CONFIRM_FINAL if is_final else CONFIRM_FINAL + 1
        )
        parcels = {(parcel.carrier_id, parcel.tracking_no): parcel for parcel in parcels_known(tx, [leader_id], [])}
        known = Known(skus=scene.skus, carriers={"ZTO": scene.carrier_id}, parcels=parcels, take_ids=scene.ids.take, now=now)
        confirm_shipping(work, known, group, attempt, confirm, cause=f"c{leader_id}-{now.timestamp():.0f}", at=now, actor=ACTOR)
        finish(tx, work, ids=scene.ids, sealer=scene.sealer, now=now)
