"""From a platform's JSON to the outbox, stock held and released: orders a second through two workers, and what each stage costs.

./paidan bench pass [--orders N] [--workers W] [--rounds R] [--skus N] [--json FILE] [--profile FILE]
"""

from argparse import Namespace
from pathlib import Path
from tempfile import TemporaryDirectory

from rounds import Round, middle, options, play_round, show, write
from stage import Stage, prepared

WHOLESALE_PART = 20  # wholesale orders are so many times fewer


def main() -> None:
    told = options("pass")
    with prepared(told.orders, "pass", skus=told.skus) as stage, TemporaryDirectory() as folder:
        tapes = Path(folder)
        print(
            f"{stage.orders} orders, {stage.lines / stage.orders:.2f} lines each, {stage.body_bytes} bytes, "
            f"{stage.skus} SKUs, {stage.warehouses} warehouses"
        )
        rounds = []
        for n in range(told.rounds):
            rounds.append(play_round(stage, f"pass_{n}", told.workers, "plain", tapes, told.profile if n == 0 else None))
            print(f"  round {n + 1}: {stage.orders / rounds[-1].wall_s:,.0f} orders/s", flush=True)
        figures = middle(rounds, stage.orders)
        timed = play_round(stage, "pass_timed", told.workers, "timed", tapes)
        taped = play_round(stage, "pass_taped", told.workers, "taped", tapes)
        floor = middle([play_round(stage, f"floor_{n}", told.workers, "floor", tapes) for n in range(told.rounds)], stage.orders)
        show("pass: per order, median of the rounds", figures)
        show("floor: per order, median of the rounds", floor)
        by_wall = figures["orders_per_s"]["median"] / floor["orders_per_s"]["median"]
        by_cpu = floor["cpu_us"]["median"] / figures["cpu_us"]["median"]
        print(f"\n  ratio to the floor {by_wall:.0%} by the clock, {by_cpu:.0%} by CPU")
        stages, more = _stages(timed, stage), _more(timed, taped, stage)
        print("\n  " + ", ".join(f"{word} {share:.1%}" for word, share in rounds[0].mix.items()))
        print(f"  counts {more['counts']}\n  statements per batch {more['statements_per_batch']:.1f}")
        print("\nPython per stage, µs per order (hooks on)\n" + "".join(f"  {name:<26}{us:>8.1f}\n" for name, us in stages.items()))
        print(f"send (read, render, sign, many in one call): {more['send_us']:.1f} µs Python per order, {more['send_bytes']:.0f} bytes")
    wholesale = _wholesale(told, max(told.orders // WHOLESALE_PART, 10))
    data = {"pass": figures, "floor": floor, "ratio_by_wall": by_wall, "ratio_by_cpu": by_cpu, "stages_us": stages, **more}
    write(told.json, {**data, "mix": rounds[0].mix, "wholesale": wholesale})


def _wholesale(told: Namespace, orders: int) -> dict[str, dict[str, float]]:
    """The same with wholesale orders, in lines: most of the work is theirs."""
    with prepared(orders, "wholesale", skus=told.skus, is_wholesale=True) as stage, TemporaryDirectory() as folder:
        rounds = [play_round(stage, f"wholesale_{n}", told.workers, "plain", Path(folder)) for n in range(told.rounds)]
    figures = middle(rounds, stage.lines)
    by_wall, cpu = figures["orders_per_s"], figures["cpu_us"]
    print(
        f"\nwholesale: {stage.orders} orders, {stage.lines / stage.orders:.1f} lines each: {by_wall['median']:,.0f} lines/s "
        f"({by_wall['min']:,.0f} … {by_wall['max']:,.0f}), {cpu['median']:.0f} µs CPU a line"
    )
    return {"lines_per_s": by_wall, "cpu_us_per_line": cpu}


def _stages(timed: Round, stage: Stage) -> dict[str, float]:
    names = timed.workers[0].stages
    return {name: sum(done.stages[name][0] for done in timed.workers) / stage.orders * 1e6 for name in names}


def _more(timed: Round, taped: Round, stage: Stage) -> dict[str, object]:
    counts: dict[str, int] = {}
    for done in timed.workers:
        for word, count in done.counts.items():
            counts[word] = counts.get(word, 0) + count
    sent = timed.sent[0]
    return {
        "counts": counts,
        "statements_per_batch": sum(done.statements for done in taped.workers) / max(sum(done.batches for done in taped.workers), 1),
        "send_us": sent.send_cpu_s / stage.orders * 1e6,
        "send_bytes": sent.sent_bytes / max(sent.sent, 1),
    }


if __name__ == "__main__":
    main()
