"""What a new order costs, and how long the lists take, with few orders stored and with very many; the past is made set-based.

./paidan bench scale [--sizes 10000,1000000] [--skus N] [--orders N] [--rounds R] [--json FILE]     sizes of up to 10,000,000 fit: 3 GB a million
"""

import argparse
import json
import multiprocessing
import time
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import quote

import gauges
import psycopg
from counter import SHOP, Counter, free_port, opened
from hot_sku import _decide as decide
from hot_sku import _end as end
from load import fire_here, request
from stage import SKUS

from paidan.channels.platform import RawOrder
from paidan.entrypoints.serving import serve_in_child
from paidan.intake.landing import land
from paidan.network.load import Shop, read_network
from paidan.network.masters import write_warehouses
from paidan.network.rows import WarehouseRow
from paidan.orders.store import pack
from paidan.runtime.ids import BLOCK as ID_BLOCK
from paidan.runtime.partitions import add_due_partitions

FIRST_ID = 2_000_000  # of the past: ids of the stage are below
SKU_FIRST_ID = FIRST_ID * 500
STEP = 100_000
WAREHOUSES = 20
LAND = 2000
FLOOR = "one order by its number"
FLOOR_NO = 711
SEARCH = "by last four digits"
WORKERS = 2


def main() -> None:
    told = _options()
    figures: dict[str, Any] = {}
    with opened(400, "scale", skus=min(told.skus, SKUS)) as counter:
        shop = more_masters(counter, told.skus)
        reached = 0
        for size in sorted(int(word) for word in told.sizes.split(",")):
            began = time.perf_counter()
            make_past(counter, shop, reached, size)
            reached = size
            print(
                f"\n{size:,} orders stored ({time.perf_counter() - began:.0f} s to make them, database {_bytes(counter) / 2**30:.2f} GiB)", flush=True
            )
            rounds = [_new_orders(counter, shop, told.orders, f"N{size}-{n}") for n in range(told.rounds + 1)][1:]  # the first one warms up
            cost_us = median(us for us, _ in rounds)
            lists, middles = _lists(counter, shop, told.orders, f"L{size}")
            stored = {"cost_us": cost_us, "orders_per_s": median(rate for _, rate in rounds), "bytes": _bytes(counter)}
            figures[str(size)] = {**stored, "p95_ms": lists, "p50_ms": middles}
            print(f"  a new order: {cost_us:,.0f} µs CPU ({min(us for us, _ in rounds):,.0f} … {max(us for us, _ in rounds):,.0f})")
            for name, wait_ms in lists.items():
                print(
                    f"  {name:<34} p50 {middles[name]:>8.1f} ms   p95 {wait_ms:>8.1f} ms   {middles[name] / middles[FLOOR]:>6.1f} x the floor's p50"
                )
    _compare(figures)
    if told.json:
        told.json.write_text(json.dumps(figures, ensure_ascii=False, indent=1))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="paidan bench scale")
    parser.add_argument("--sizes", default="10000,1000000", help="orders stored, by commas")
    parser.add_argument("--skus", type=int, default=500_000, help="SKUs, each in 20 warehouses")
    parser.add_argument("--orders", type=int, default=4_000, help="new orders of a round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


def _compare(figures: dict[str, Any]) -> None:
    first, last = next(iter(figures.values())), list(figures.values())[-1]
    worst = max(last["p95_ms"], key=last["p95_ms"].get)
    print(
        f"\na new order costs {last['cost_us'] / first['cost_us']:.2f} x that of the smallest size (the floor here); "
        f"slowest list: {worst}, p95 {last['p95_ms'][worst]:.0f} ms, ratio to the floor {last['p95_ms'][worst] / last['p95_ms'][FLOOR]:.1f}"
    )


def _statements() -> dict[str, str]:
    parts = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8").split("-- name: ")[1:]
    return {name.strip(): text for name, _, text in (part.partition("\n") for part in parts)}


def more_masters(counter: Counter, skus: int) -> Shop:
    """Twenty warehouses, and so many SKUs with stock in each."""
    services = counter.services
    with services.database.transaction() as tx:
        more = [WarehouseRow(code=f"FAR{n}", name=f"Far {n}") for n in range(WAREHOUSES - len(counter.day.warehouses))]
        write_warehouses(tx, services.ids, more, services.clock.now())
        network = read_network(tx, 0)
    shop = network.shop_by_code(SHOP)
    if shop is None:
        raise LookupError(SHOP)
    with psycopg.connect(counter.owner_url, autocommit=True) as owner:
        _enter(owner, counter)
        more_skus = {"first_id": SKU_FIRST_ID, "count": skus, "warehouses": sorted(network.warehouses)[:WAREHOUSES]}
        for name in ("skus", "balances"):
            for statement in filter(str.strip, _statements()[name].split(";\n")):
                owner.execute(statement.encode(), more_skus)
        owner.execute("ANALYZE sku, balance")
    return shop


def make_past(counter: Counter, shop: Shop, reached: int, size: int) -> None:
    """Orders `reached` up to `size`, in steps that fit into memory; ids of new orders come after."""
    services = counter.services
    with services.database.transaction() as tx:
        network = read_network(tx, 0)
        skus = [row[0] for row in tx.execute("SELECT id FROM sku WHERE kind = 'goods' ORDER BY id LIMIT 5000")]
    given: dict[str, Any] = {
        "now": services.clock.now(),
        "shop_id": shop.id,
        "warehouses": sorted(network.warehouses)[: len(counter.day.warehouses)],
        "carrier_id": min(network.carriers),
        "skus": skus,
        "sku_id": SKU_FIRST_ID,
        "detail": pack([("sourced", {"plan": "nearest", "lanes": list(range(30))})]),
        "count": size,
    }
    statements = _statements()
    with psycopg.connect(counter.owner_url, autocommit=True) as owner:
        _enter(owner, counter)
        taken = owner.execute("SELECT nextval('id_block')").fetchone()
        first_id = max(FIRST_ID, (taken[0] if taken else 0) + ID_BLOCK) - reached * 8  # whoever has taken ids has taken lower ones
        owner.execute("SET session_replication_role = replica")  # the past was legal, step by step
        for start in range(reached, size, STEP):
            until = min(start + STEP, size) - 1
            some = {**given, "first_id": first_id, "from": start, "until": until}
            for name in ("orders", "parcel_lines", "demand"):
                owner.execute(statements[name].encode(), some, prepare=False)  # a prepared one casts the array of SKUs again for every row
            print(f"\r  {until + 1:,} orders", end="", flush=True)
        owner.execute("SELECT setval('id_block', ((greatest(%s, nextval('id_block')) / 1024) + 2) * 1024)", (first_id + size * 8,))
        owner.execute("VACUUM ANALYZE")
        owner.execute("CHECKPOINT")
    add_due_partitions(services.database)


def _enter(owner: "psycopg.Connection[Any]", counter: Counter) -> None:
    owner.execute("SELECT set_config('search_path', %s, false)", (f"m_{counter.services.settings.merchant}",))


def _bytes(counter: Counter) -> int:
    with psycopg.connect(counter.owner_url, autocommit=True) as owner:
        row = owner.execute("SELECT pg_database_size(current_database())").fetchone()
    return int(row[0]) if row else 0


def land_orders(counter: Counter, shop: Shop, orders: int, mark: str) -> None:
    """So many new orders, kept for the passes."""
    services = counter.services
    now = services.clock.now()
    raws = [RawOrder(business_key=f"{mark}-{n}", body=counter.body(n, f"{mark}-{n}"), version_at=now) for n in range(orders)]
    for start in range(0, orders, LAND):
        with services.database.transaction() as tx:
            land(tx, services.ids, services.sealer, shop, raws[start : start + LAND], now, "bench")


def _new_orders(counter: Counter, shop: Shop, orders: int, mark: str, meanwhile: Any = None) -> tuple[float, float]:
    """So many new orders through passes in two processes: (µs of CPU each, ours and the server's; orders a second)."""
    land_orders(counter, shop, orders, mark)
    context = multiprocessing.get_context("spawn")
    with ExitStack() as stack:
        lines = []
        for n in range(WORKERS):
            ours, theirs = context.Pipe()
            arguments = (counter.services.settings, counter.app_url, list(range(n, 64, WORKERS)), "plain", Path(), theirs)
            process = context.Process(target=decide, args=arguments)
            process.start()
            stack.callback(end, process)
            theirs.close()
            lines.append(ours)
        for line in lines:
            line.recv()
        before, began = gauges.read(counter.owner_url, counter.services.settings.data_dir), time.perf_counter()
        for line in lines:
            line.send("go")
        if meanwhile is not None:
            meanwhile()
        cpu_s = sum(line.recv() for line in lines)
        wall_s = time.perf_counter() - began
        cpu_s += gauges.read(counter.owner_url, counter.services.settings.data_dir).since(before).server_cpu_s
        for line in lines:
            line.send("end")
    return cpu_s / orders * 1e6, orders / wall_s


def combinations(counter: Counter) -> dict[str, str]:
    """Ways to ask for orders, as people do, as paths; a twentieth is SEARCH."""
    now = counter.services.clock.now()
    week = f"placed_at:between:{(now - timedelta(days=7)).isoformat()}|{now.isoformat()}"
    day = f"placed_at:between:{(now - timedelta(days=1)).isoformat()}|{now.isoformat()}"
    warehouse, sku = counter.day.warehouses[0].code, next(one.code for one in counter.day.skus if not one.parts)
    asked: dict[str, Sequence[str]] = {
        "open orders, newest first": [],
        "held for a remark": ["hold:is:remark_unread"],
        "waits for stock": ["waits_for:is:short_of_stock"],
        "received": ["state:is:received"],
        "released, of one shop": ["state:is:released", f"shop:is:{SHOP}"],
        "placed this week": [week],
        "placed today, delivered": [day, "state:is:delivered"],
        "this week, cancelled": [week, "state:is:cancelled"],
        "by platform number": ["platform_order_no:is:OLD4711"],
        "by order number": ["order_no:is:SO00000000004711"],
        "by waybill": ["tracking_no:is:YT000000004711"],
        "of one province, this week": [week, "province:is:浙江省"],
        "of one warehouse, open": [f"warehouse:is:{warehouse}"],
        "with one SKU, this week": [week, f"sku:is:{sku}"],
        "overdue": ["is_overdue:is:true"],
        "with a remark, open": ["has_remark:is:true"],
        "of much money, this week": [week, "paid_minor:at_least:50000"],
        "merged, open": ["is_merged:is:true"],
        "two states, two filters": ["state:is:backordered|received", "paid_minor:at_least:2000"],
    }
    return {name: "/api/v1/lists/orders?limit=100" + "".join(f"&f={quote(one)}" for one in filters) for name, filters in asked.items()}


def _lists(counter: Counter, shop: Shop, orders: int, mark: str) -> tuple[dict[str, float], dict[str, float]]:
    """p95 and p50 of each list over HTTP while passes run, and of the floor: one order by its primary key. Milliseconds."""
    waits: dict[str, float] = {}
    middles: dict[str, float] = {}
    floor = {FLOOR: f"/api/v1/orders/by-number/SO00{FLOOR_NO:012d}"}

    def ask(url: str) -> None:
        for name, path in {**combinations(counter), **floor}.items():
            middles[name], waits[name] = _waits(url, path, counter.key)
        middles[SEARCH], waits[SEARCH] = _waits(url, "/api/v1/lists/orders/find", counter.key, b'{"text": "4711"}')

    with serve_in_child(counter.services.settings, counter.app_url, free_port()) as url:
        ask(url)  # so that plans and caches are as they are in the middle of a day
        _new_orders(counter, shop, orders, mark, lambda: ask(url))
    return waits, middles


def _waits(url: str, path: str, key: str, body: bytes = b"") -> tuple[float, float]:
    shot = fire_here(url, [request(url, path, key, body, verb="POST" if body else "GET")] * 20, 1)
    if any(status >= 300 for status in shot.by_status):  # noqa: PLR2004 - 2xx
        raise SystemExit(f"{path}: {shot.by_status} {shot.bodies[:1]}")
    return shot.percentile_ms(0.5), shot.percentile_ms(0.95)


if __name__ == "__main__":
    main()
