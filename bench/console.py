"""How quick the grid is with 100,000 orders in it: first row, a checkbox, scrolling. The rows are made up and handed to the browser at once.

python bench/console.py [--rows 100000] [--json FILE]      needs Chromium and a built console
"""

import argparse
import json
import tempfile
from itertools import cycle, islice
from pathlib import Path
from typing import Any

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
FIRST_ROW = """() => new Promise(done => {
  const look = () => document.querySelector('[role=row][id]') ? done(performance.now()) : requestAnimationFrame(look)
  look()
})"""


def p95(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95) - 1]


def many(page: Any, url: str, count: int) -> bytes:
    """A page of `count` orders: the demo's own, again and again, with ids of their own."""
    some = page.request.get(f"{url}/api/v1/lists/orders?f=placed_at:between:now-30d|now&limit=200").json()["items"]
    items = [{**order, "id": str(n)} for n, order in enumerate(islice(cycle(some), count))]
    return json.dumps({"items": items, "next": None}).encode()


def measure(url: str, count: int) -> dict[str, float]:
    with browser() as opened, signed_in(opened, url) as page:
        body = many(page, url, count)
        page.route("**/api/v1/lists/orders?*", lambda route: route.fulfill(body=body, content_type="application/json"))
        page.goto(f"{url}/console/settings")
        settle(page)
        page.evaluate("window.begun = performance.now(); document.querySelector('nav a[href$=\"/orders\"]').click()")
        first_row = page.evaluate(FIRST_ROW) - page.evaluate("window.begun")
        settle(page)
        return {
            "rows": count,
            "first_row_ms": first_row,
            "checkbox_p95_ms": p95(page.evaluate(CHECKBOX, TIMES)),
            "scroll_frame_p95_ms": p95(page.evaluate(SCROLL, TIMES)),
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--url", default="", help="a console that is up already, with the password of pictures")
    given = parser.parse_args()
    if given.url:
        figures = measure(given.url, given.rows)
    else:
        ensure_built()
        with (
            tempfile.TemporaryDirectory(prefix="paidan-console-") as folder,
            small_day(Settings(home=Path(folder) / "home", allow_loopback=True), ORDERS) as url,
        ):
            figures = measure(url, given.rows)
    for name, value in figures.items():
        print(f"{name:24} {value:10.1f}")
    if given.json:
        given.json.write_text(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
