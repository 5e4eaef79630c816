"""How long each action on one order takes to answer with a million orders stored; and a bulk audit of five thousand of which three must fail.

Everything the console does to an order: by its own request, or as a job of one order (tried dry, then run; when the job has ended is told beside).
One request at a time, no worker meanwhile. The floor is reading one order.

./paidan bench actions [--stored 1000000] [--times 50] [--bulk 5000] [--skus N] [--json FILE]
"""

import argparse
import http.client
import json
import os
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count, cycle, islice
from pathlib import Path
from typing import Any

import msgspec
from counter import SHOP, Counter, free_port, opened
from scale import LAND, make_past, more_masters
from stage import SKUS as CATALOGUE

from console import p95
from hands import worker_steps
from paidan.channels.platform import RawOrder
from paidan.entrypoints.serving import serve_in_child
from paidan.intake.landing import land
from paidan.network.load import Shop, read_network
from paidan.network.masters import write_shops
from paidan.network.rows import ShopRow

TIMES = 50
SKUS = 50
PLENTIFUL = "B39"  # see balances in scale.sql
WAITING, BULK = "WAIT", "BULK"
WINDOW_S = 604_800  # what waits to be merged waits longer than the bench takes
BUCKETS = list(range(64))
BATCH = 500
FAILING = 3
FLOOR = "open the order"
ANSWER_MS = 150
BULK_S = 5.0
ENDED = frozenset({"done", "undone"})


class Desk:
    """The API over one kept connection; what is refused ends the bench."""

    def __init__(self, url: str, key: str) -> None:
        self._line = http.client.HTTPConnection(url.removeprefix("http://"))
        self.etag = ""  # of the latest answer
        self._headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}

    def ask(self, verb: str, path: str, body: Any = None, *, version: str = "") -> tuple[float, bytes]:
        """Milliseconds to the whole answer, and the answer. `version` is the one that was seen (ETag)."""
        told = None if body is None else msgspec.json.encode(body)
        headers = (
            self._headers if verb == "GET" else {**self._headers, "idempotency-key": str(uuid.uuid4()), **({"if-match": version} if version else {})}
        )
        began = time.perf_counter()
        self._line.request(verb, f"/api/v1{path}", body=told, headers=headers)
        answer = self._line.getresponse()
        got = answer.read()
        self.etag = answer.headers.get("etag", "")
        took_ms = (time.perf_counter() - began) * 1000
        if answer.status >= 300:  # noqa: PLR2004 - 2xx
            raise SystemExit(f"{verb} {path}: {answer.status} {got.decode()}")
        return took_ms, got

    def job(self, action: str, target: Mapping[str, Any], parameters: Mapping[str, Any]) -> tuple[float, float, float, dict[str, Any]]:
        """An action tried dry, then run: milliseconds of both answers and until the job has ended, and the job."""
        body = {"action": action, "target": target, "parameters": parameters}
        dry_ms, tried = self.ask("POST", "/jobs", {**body, "is_dry_run": True})
        began = time.perf_counter()
        run_ms, made = self.ask("POST", "/jobs", body)
        path = f"/jobs/{json.loads(made)['job_id']}"
        while (job := json.loads(self.ask("GET", path)[1]))["state"] not in ENDED:
            time.sleep(0.01)
        ended_ms = (time.perf_counter() - began) * 1000
        if json.loads(tried)["will"] != job["done"]:
            raise SystemExit(f"{action}: the dry run said {tried.decode()}, the run {job}")
        return dry_ms, run_ms, ended_ms, job

    def orders_of(self, shop: str, wanted: str) -> list[dict[str, Any]]:
        """Open orders of a shop, by the beginning of the platform's number."""
        found: list[dict[str, Any]] = []
        cursor = ""
        while cursor is not None:
            page = json.loads(self.ask("GET", f"/lists/orders?limit=500&f=shop:is:{shop}&cursor={cursor}")[1])
            found += [one for one in page["items"] if one["platform_order_no"].startswith(wanted)]
            cursor = page["next"]
        return found


def main() -> None:
    told = _options()
    with opened(400, "actions", skus=told.skus) as counter:
        shops = new_shops(counter)
        past = more_masters(counter, SKUS)
        began = time.perf_counter()
        make_past(counter, past, 0, told.stored)
        print(f"\n{told.stored:,} orders stored ({time.perf_counter() - began:.0f} s to make them)", flush=True)
        post_all(counter, shops, told.times, told.bulk)
        with serve_in_child(counter.services.settings, counter.app_url, free_port()) as url:
            desk = Desk(url, counter.key)
            waits = dict(measured(counter, desk, told.times))
            bulk = bulk_audit(desk, told.bulk)
    show(waits, bulk)
    if told.json:
        figures = {"p95_ms": {name: p95(took) for name, took in waits.items()}, "bulk_s": bulk, "load_1_min": os.getloadavg()[0]}
        told.json.write_text(json.dumps(figures, ensure_ascii=False, indent=1))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="paidan bench actions")
    parser.add_argument("--stored", type=int, default=1_000_000, help="orders stored")
    parser.add_argument("--times", type=int, default=TIMES, help="how often each action is done, each time to another order")
    parser.add_argument("--bulk", type=int, default=5_000, help="orders of the bulk audit")
    parser.add_argument("--skus", type=int, default=CATALOGUE, help="SKUs of the catalogue")
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


def show(waits: Mapping[str, Sequence[float]], bulk: Mapping[str, float]) -> None:
    """Every action's p95, the slowest answer beside its target, the bulk audit."""
    p95s = {name: p95(list(took)) for name, took in waits.items()}
    for name, wait_ms in p95s.items():
        print(f"  {name:<34} p95 {wait_ms:>8.1f} ms   {wait_ms / p95s[FLOOR]:>6.1f} x the floor")
    # What is written or drawn behind an answer is told, not judged.
    answers = {name: wait_ms for name, wait_ms in p95s.items() if not name.endswith(", ended")}
    worst = max(answers, key=lambda name: answers[name])
    for name, took_s in bulk.items():
        print(f"  {name:<34}     {took_s:>8.2f} s    target {BULK_S:g}, {took_s / BULK_S:.0%} of it")
    print(
        f"slowest answer: {worst}, p95 {answers[worst]:.0f} ms, target {ANSWER_MS}, {answers[worst] / ANSWER_MS:.0%} of it, "
        f"ratio to the floor {answers[worst] / p95s[FLOOR]:.1f}; load {os.getloadavg()[0]:.1f}"
    )


# ------------------------------------------------------------------ the orders


def new_shops(counter: Counter) -> dict[str, Shop]:
    """Beside the shop whose orders are released at once, two whose orders wait to be merged."""
    services = counter.services
    rows = [ShopRow(code=code, name=code, platform="direct", merge_window_s=WINDOW_S) for code in (WAITING, BULK)]
    with services.database.transaction() as tx:
        write_shops(tx, services.ids, rows, services.clock.now(), sealer=services.sealer)
        network = read_network(tx, 0)
    found = {code: network.shop_by_code(code) for code in (SHOP, WAITING, BULK)}
    return {code: shop for code, shop in found.items() if shop is not None}


def post_all(counter: Counter, shops: Mapping[str, Shop], times: int, bulk: int) -> None:
    """Pairs of one receiver, orders of two units, released ones; held orders; those of the bulk audit: each kind with all its passes.

    In this order, because paid orders that are held keep their units from whoever comes later: five thousand would leave nothing to split.
    """
    # Who has ordered twice that day would make of two pairs one parcel.
    baskets = cycle({msgspec.json.encode(body["receiver"]): body for body in counter.bodies}.values())
    remark = {"buyer_remark": "请包得漂亮些"}
    pairs = [(f"{mark}{n}", _plentiful(body, 1)) for n, body in enumerate(islice(baskets, times)) for mark in "Mm"]
    of_two = [(f"S{n}", _plentiful(body, 2)) for n, body in enumerate(islice(baskets, times))]
    held = [(f"H{n}", {**next(baskets), **remark}) for n in range(times)]
    unknown = [{"merchant_code": "NO-SUCH", "title": "?", "quantity": 1, "price": "1.00"}]
    of_bulk = [(f"B{n}", {**next(baskets), **remark, **({"lines": unknown} if n < FAILING else {})}) for n in range(bulk)]
    plain = [(f"R{n}", next(baskets)) for n in range(times)]
    for code, orders in ((WAITING, [*of_two, *pairs]), (SHOP, plain), (WAITING, held), (BULK, of_bulk)):
        _land(counter, shops[code], orders)
        work(counter)


def _plentiful(body: Mapping[str, Any], units: int) -> dict[str, Any]:
    """The same receiver, and what every warehouse has most of: none of these must wait for stock."""
    return {**body, "lines": [{"merchant_code": PLENTIFUL, "title": PLENTIFUL, "quantity": units, "price": "10.00"}]}


def _land(counter: Counter, shop: Shop, orders: Sequence[tuple[str, Mapping[str, object]]]) -> None:
    services = counter.services
    now = services.clock.now()
    raws = [RawOrder(business_key=no, body=msgspec.json.encode({**body, "order_no": no}), version_at=now) for no, body in orders]
    for start in range(0, len(raws), LAND):
        with services.database.transaction() as tx:
            land(tx, services.ids, services.sealer, shop, raws[start : start + LAND], now, "bench")


def work(counter: Counter) -> None:
    """Passes and releases until nothing is due."""
    services = counter.services
    steps = worker_steps(services)
    for step in steps:
        while True:
            now = services.clock.now()
            with services.database.transaction() as tx:
                items = step.claim(tx, BUCKETS, BATCH, now)
                if not items:
                    break
                step.run(tx, items, now)


# ------------------------------------------------------------------ the actions


def measured(counter: Counter, desk: Desk, times: int) -> Iterator[tuple[str, list[float]]]:
    """Name and milliseconds of every action, in an order in which each is allowed."""
    waiting = desk.orders_of(WAITING, "")
    pool = {mark: [one for one in waiting if one["platform_order_no"].startswith(mark)] for mark in "HMS"} | {"R": desk.orders_of(SHOP, "R")}
    for mark, orders in pool.items():
        if len(orders) != times:
            raise SystemExit(f"{len(orders)} orders {mark} instead of {times}")
    _warm_up(desk, pool["H"])
    yield from _by_request(counter, desk, pool["H"])
    warehouse, carrier, sku = _codes(counter)
    of_one: list[tuple[str, str, dict[str, Any]]] = [
        ("H", "flag", {"flag": 3}),
        ("H", "change_warehouse", {"warehouse": warehouse}),
        ("H", "change_carrier", {"carrier": carrier}),
        ("H", "add_gift", {"sku": sku}),
        ("H", "audit", {}),
        ("H", "hold", {"note": "bench"}),
        ("H", "release_hold", {"note": "bench"}),
        ("H", "cancel", {"note": "bench"}),
        ("S", "split", {"lines": [{"line_no": 1, "quantity": 1}]}),
        ("M", "merge", {}),
        ("M", "un_merge", {}),
        ("R", "mark_printed", {"kind": "pick_list"}),
    ]
    for mark, action, parameters in of_one:
        yield from _by_job(desk, action, pool[mark], parameters)
        if action == "merge":
            work(counter)  # they travel together now, and can be taken apart
    yield "print: the question", [_print_question(desk, order) for order in pool["R"]]
    yield (
        "print: a pick list, ended",
        [desk.ask("POST", "/prints", {"kind": "pick_list", "order_nos": [order["order_no"]], "again": True})[0] for order in pool["R"]],
    )


def _codes(counter: Counter) -> tuple[str, str, str]:
    with counter.services.database.transaction() as tx:
        network = read_network(tx, 0)
    carrier = network.carriers[min(network.carriers)].code
    return counter.day.warehouses[0].code, carrier, next(one.code for one in counter.day.skus if not one.parts)


def _warm_up(desk: Desk, orders: Iterable[Mapping[str, Any]]) -> None:
    for order in islice(orders, 20):
        desk.ask("GET", f"/orders/{order['id']}")
        desk.ask("POST", "/jobs", {"action": "flag", "target": {"order_nos": [order["order_no"]]}, "parameters": {"flag": 1}, "is_dry_run": True})


def _by_request(counter: Counter, desk: Desk, orders: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, list[float]]]:
    warehouse, carrier, sku = _codes(counter)
    number = count(1)
    actions: list[tuple[str, str, str, Any]] = [
        (FLOOR, "GET", "", None),
        ("edit the remark", "POST", "/edits", {"remark": "bench"}),
        ("mark it urgent", "POST", "/edits", {"is_urgent": True}),
        ("wish for a warehouse", "POST", "/edits", {"warehouse_code": warehouse}),
        ("wish for a carrier", "POST", "/edits", {"carrier_code": carrier}),
        ("edit the address", "POST", "/receiver", {"detail": f"文三路 {next(number)} 号"}),
        ("take the platform's address back", "POST", "/receiver/restore", None),
        ("edit the lines", "POST", "/lines", {"gifts": [{"sku": sku}]}),
        ("hold", "POST", "/hold", {"note": "bench"}),
        ("release", "POST", "/release", {"note": "bench", "reasons": ["held_by_person"]}),
    ]
    for name, verb, path, body in actions:
        yield name, [_seen(desk, verb, f"/orders/{order['id']}", path, body) for order in orders]


def _seen(desk: Desk, verb: str, order: str, path: str, body: Any) -> float:
    """One request about an order that has just been looked at."""
    if verb != "GET":
        desk.ask("GET", order)
    return desk.ask(verb, order + path, body, version="" if verb == "GET" else desk.etag)[0]


def _by_job(desk: Desk, action: str, orders: Sequence[Mapping[str, Any]], parameters: Mapping[str, Any]) -> Iterator[tuple[str, list[float]]]:
    found = [desk.job(action, {"order_nos": [order["order_no"]]}, parameters) for order in orders]
    for *_, job in found:
        if job["done"] != 1:
            raise SystemExit(f"{action}: {job['refused']}")
    yield f"{action}: dry run", [dry_ms for dry_ms, *_ in found]
    yield f"{action}: run", [run_ms for _, run_ms, *_ in found]
    yield f"{action}: run, ended", [ended_ms for _, _, ended_ms, _ in found]


def _print_question(desk: Desk, order: Mapping[str, Any]) -> float:
    body = {"action": "print", "target": {"order_nos": [order["order_no"]]}, "parameters": {"kind": "pick_list"}, "is_dry_run": True}
    return desk.ask("POST", "/jobs", body)[0]


def bulk_audit(desk: Desk, orders: int) -> dict[str, float]:
    """Seconds of the dry run and of the run of all that match, of which three must fail and are listed."""
    dry_ms, _, ended_ms, job = desk.job("audit", {"filters": [f"shop:is:{BULK}"]}, {})
    if (job["done"], job["failed"], len(job["refused"])) != (orders - FAILING, FAILING, FAILING):
        raise SystemExit(f"the bulk audit: {job}")
    return {f"audit of {orders:,}: dry run": dry_ms / 1000, f"audit of {orders:,}: run, ended": ended_ms / 1000}


if __name__ == "__main__":
    main()
