"""The floor under the pass: the same bytes into the same tables by the same statements, batches and workers, without reading or deciding anything.

One round of the pass is recorded (every COPY, INSERT, UPDATE and locking SELECT with its bytes) and played back on fresh copies of the stage.

./paidan bench floor [--orders N] [--workers W] [--rounds R] [--skus N] [--json FILE]
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from rounds import middle, options, play_round, show, write
from stage import prepared


def main() -> None:
    told = options("floor")
    with prepared(told.orders, "floor", skus=told.skus) as stage, TemporaryDirectory() as folder:
        tapes = Path(folder)
        play_round(stage, "floor_taped", told.workers, "taped", tapes)
        passes, floors = [], []
        for n in range(told.rounds):  # in turn, so that both meet the same neighbours
            passes.append(play_round(stage, f"pass_{n}", told.workers, "plain", tapes))
            floors.append(play_round(stage, f"floor_{n}", told.workers, "floor", tapes))
            print(f"  round {n + 1}: pass {stage.orders / passes[-1].wall_s:,.0f}/s, floor {stage.orders / floors[-1].wall_s:,.0f}/s", flush=True)
        ours, floor = middle(passes, stage.orders), middle(floors, stage.orders)
        show("pass: per order, median of the rounds", ours)
        show("floor: per order, median of the rounds", floor)
        by_wall = ours["orders_per_s"]["median"] / floor["orders_per_s"]["median"]
        by_cpu = floor["cpu_us"]["median"] / ours["cpu_us"]["median"]
        statements = sum(done.statements for done in floors[0].workers) / stage.orders
        print(f"\n  writing statements per order {statements:.3f}; ratio to the floor: pass {by_wall:.0%} by the clock, {by_cpu:.0%} by CPU")
    write(told.json, {"pass": ours, "floor": floor, "ratio_by_wall": by_wall, "ratio_by_cpu": by_cpu})


if __name__ == "__main__":
    main()
