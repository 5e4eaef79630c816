"""How quick the grid is with 100,000 orders: first row, a checkbox, scrolling. The list's pages are made up: no such database is needed.

The floor is the same browser drawing frames of an empty page: nothing can scroll faster.

python bench/console.py [--rows 100000] [--orders 60] [--times 50] [--json FILE]      needs Chromium and a built console
"""

import argparse
import json
import tempfile
from collections.abc import Callable
from itertools import cycle
from math import ceil
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from paidan.entrypoints.console_build import ensure_built
from paidan.entrypoints.pictures import browser, settle, signed_in, small_day
from paidan.runtime.settings import Settings

ORDERS = 60
TIMES = 50

CHECKBOX = """async times => {
  const took = []
  for (let n = 0; n < times; n++) {
    const box = document.querySelectorAll('[role=row][id] input')[n % 10]
    const begun = performance.now()
    box.click()
    await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))
    took.push(performance.now() - begun)
  }
  return took
}"""
SCROLL = """async times => {
  const grid = document.querySelector('[role=grid]')
  const took = []
  let last = performance.now()
  for (let n = 0; n < times * 6; n++) {
    grid.scrollTop += 240
    await new Promise(requestAnimationFrame)
    const now = performance.now()
    took.push(now - last)
    last = now
  }
  return took
}"""
FRAMES = """async times => {
  const took = []
  let last = performance.now()
  for (let n = 0; n < times * 6; n++) {
    await new Promise(requestAnimationFrame)
    const now = performance.now()
    took.push(now - last)
    last = now
  }
  return took
}"""
FIRST_ROW = """() => new Promise(done => {
  const look = () => document.querySelector('[role=row][id]') ? done(performance.now()) : requestAnimationFrame(look)
  look()
})"""


def p95(values: list[float]) -> float:
    """The value that 95 in a hundred do not exceed."""
    return sorted(values)[ceil(len(values) * 0.95) - 1]


FIRST_PAGE, LATER_PAGE = 200, 20_000
SHOWN = (
    "order_no state holds ship_by_at paid_minor currency goods shop shop_name receiver_name province city warehouses carriers placed_at "
    "platform_order_no version has_buyer_remark has_seller_remark"
).split()
LOAD_ALL = """async wanted => {
  const grid = document.querySelector('[role=grid]')
  for (let n = 0; n < 600 && Number(grid.getAttribute('aria-rowcount')) !== wanted; n++) {
    grid.scrollTop = grid.scrollHeight
    await new Promise(done => setTimeout(done, 100))
  }
  grid.scrollTop = 0
  return Number(grid.getAttribute('aria-rowcount')) - 1
}"""


def pages_of(page: Any, url: str, count: int) -> Callable[[Any], None]:
    """Answers the list with `count` orders: the demo's own again and again, the first page as long as the server's, the later ones long."""
    some = page.request.get(f"{url}/api/v1/lists/orders?f=placed_at:between:now-30d|now&limit=200").json()["items"]
    lean = [{name: order[name] for name in SHOWN} for order in some]

    def answer(route: Any) -> None:
        start = int(parse_qs(urlsplit(route.request.url).query).get("cursor", ["0"])[0] or 0)
        size = min(FIRST_PAGE if start == 0 else LATER_PAGE, count - start)
        items = [{**order, "id": str(n)} for n, order in zip(range(start, start + size), cycle(lean), strict=False)]
        following = str(start + size) if start + size < count else None
        route.fulfill(body=json.dumps({"items": items, "next": following}), content_type="application/json")

    return answer


def measure(url: str, count: int, times: int) -> dict[str, float]:
    """Every figure by name; the rows loaded must be all of them."""
    with browser() as opened, signed_in(opened, url) as page:
        empty = opened.new_page()
        floor = p95(empty.evaluate(FRAMES, times))
        empty.close()
        page.route("**/api/v1/lists/orders?*", pages_of(page, url, count))
        page.goto(f"{url}/console/settings")
        settle(page)
        page.evaluate("window.begun = performance.now(); document.querySelector('nav a[href$=\"/orders\"]').click()")
        first_row = page.evaluate(FIRST_ROW) - page.evaluate("window.begun")
        settle(page)
        loaded = page.evaluate(LOAD_ALL, count + 1)
        if loaded != count:
            raise SystemExit(f"the grid has loaded {loaded} of {count} rows")
        return {
            "rows": loaded,
            "first_row_ms": first_row,
            "checkbox_p95_ms": p95(page.evaluate(CHECKBOX, times)),
            "scroll_frame_p95_ms": p95(page.evaluate(SCROLL, times)),
            "empty_frame_p95_ms": floor,
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--orders", type=int, default=ORDERS, help="of the day that is played for it")
    parser.add_argument("--times", type=int, default=TIMES, help="how often each thing is done")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--url", default="", help="a console that is up already, with the password of pictures")
    given = parser.parse_args()
    if given.url:
        figures = measure(given.url, given.rows, given.times)
    else:
        if not ensure_built():
            raise SystemExit("the console is not built: see above")
        with (
            tempfile.TemporaryDirectory(prefix="paidan-console-") as folder,
            small_day(Settings(home=Path(folder) / "home", allow_loopback=True), given.orders) as url,
        ):
            figures = measure(url, given.rows, given.times)
    for name, value in figures.items():
        print(f"{name:24} {value:10.1f}")
    print(f"scrolling: ratio to the floor {figures['scroll_frame_p95_ms'] / figures['empty_frame_p95_ms']:.0%}")
    if given.json:
        given.json.write_text(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
