"""How quick the console is with 100,000 orders stored and listed: first row, a checkbox, scrolling; and how long its build takes from nothing.

The real pages before the real API, in Chromium, while no worker runs. Scrolling is measured in rounds, each in turns with its two floors:
the same browser drawing frames of an empty page, and scrolling a plain list of the same size whose lines all stand there already.
The build is that of a fresh clone: packages by `npm ci` with an empty cache (their download counts), then the build itself.

./paidan bench console [--rows 100000] [--times 50] [--no-build] [--json FILE]      needs Chromium and a built console
"""

import argparse
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import ceil
from pathlib import Path
from statistics import median
from typing import Any

from counter import Counter, free_port, opened
from msgspec import structs
from scale import make_past, more_masters

from paidan.entrypoints import console_build
from paidan.entrypoints.pictures import EVERY_DAY, PASSWORD, browser, settle, signed_in
from paidan.entrypoints.serving import serve_in_child
from paidan.entrypoints.up import greet_first_person

TIMES = 50
SKUS = 50
LIST = f"/orders?f={EVERY_DAY}"
LOAD_S = 1_800
TARGETS = {
    "first_row_by_address_p95_ms": 1_000,
    "first_row_by_click_p95_ms": 1_000,
    "checkbox_p95_ms": 50,
    "scroll_frame_p95_ms": 20,
    "build_from_nothing_s": 60,
}

# Before anything of the page runs: when the first row has been there for a frame. `performance.now()` counts from the navigation's beginning.
FIRST_ROW = """window.firstRow = new Promise(done => {
  const look = () => document.querySelector('[role=row][id]') ? requestAnimationFrame(() => done(performance.now())) : requestAnimationFrame(look)
  requestAnimationFrame(look)
})"""
CLICK = """async () => {
  const begun = performance.now()
  document.querySelector('nav a[href$="/orders"]').click()
  return await window.firstRow - begun
}"""
# From the click to the frame after the one that shows it.
CHECKBOX = """async times => {
  const took = []
  for (let n = 0; n < times; n++) {
    const box = document.querySelectorAll('[role=row][id] input')[n % 10]
    const wanted = !box.checked
    const begun = performance.now()
    box.click()
    await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))
    took.push(performance.now() - begun)
    if (box.checked !== wanted) throw new Error('the checkbox has not been drawn')
  }
  return took
}"""
FRAMES = """async ([times, step]) => {
  const grid = document.querySelector('[role=grid]')
  const took = []
  let last = performance.now()
  for (let n = 0; n < times * 6; n++) {
    if (grid) grid.scrollTop += step
    await new Promise(requestAnimationFrame)
    const now = performance.now()
    took.push(now - last)
    last = now
  }
  if (grid && step && grid.scrollTop < step) throw new Error('nothing was scrolled')
  return took
}"""
SCROLL_PX = 240
ROUNDS = 5
# A box as large as the grid, with as many lines as a round scrolls by: nothing is drawn anew, the browser only shows them.
BARE = """([width, height, lines, words]) => {
  document.body.style.margin = '0'
  const box = document.createElement('div')
  box.setAttribute('role', 'grid')
  box.style.cssText = `width: ${width}px; height: ${height}px; overflow: auto; font: 14px sans-serif`
  for (let n = 0; n < lines; n++) {
    const line = document.createElement('div')
    line.style.cssText = 'height: 36px; line-height: 36px; white-space: nowrap; overflow: hidden; border-bottom: 1px solid #ddd'
    line.textContent = `${n} ${words}`
    box.append(line)
  }
  document.body.append(box)
}"""
LOOK = """() => {
  const grid = document.querySelector('[role=grid]')
  const cells = document.querySelectorAll('[role=row][id]')[3].querySelectorAll('[role=gridcell]')
  return [grid.clientWidth, grid.clientHeight, [...cells].map(cell => cell.textContent).join(' ')]
}"""
LOAD_MORE = """() => {
  const grid = document.querySelector('[role=grid]')
  grid.scrollTop = grid.scrollHeight
  return Number(grid.getAttribute('aria-rowcount')) - 1
}"""
TO_TOP = "document.querySelector('[role=grid]').scrollTop = 0"


def p95(values: list[float]) -> float:
    """The value that 95 in a hundred do not exceed."""
    return sorted(values)[ceil(len(values) * 0.95) - 1]


def measure(url: str, count: int, times: int) -> dict[str, float]:
    """Every figure of the grid by name; the rows loaded must be all of them."""
    with browser(is_measured=True) as opened_browser, signed_in(opened_browser, url) as page:
        page.add_init_script(FIRST_ROW)
        by_address = [_first_row(page, url) for _ in range(times + 1)][1:]  # the first fetches the page's files
        by_click = [_first_row_by_click(page, url) for _ in range(times + 1)][1:]
        page.goto(f"{url}/console{LIST}")
        settle(page)
        began = time.perf_counter()
        loaded = _load_all(page, count)
        load_s = time.perf_counter() - began
        page.evaluate(TO_TOP)
        page.wait_for_timeout(1_000)
        return {
            "rows": loaded,
            "load_all_s": load_s,
            "first_row_by_address_p95_ms": p95(by_address),
            "first_row_by_address_p50_ms": median(by_address),
            "first_row_by_click_p95_ms": p95(by_click),
            "checkbox_p95_ms": p95(page.evaluate(CHECKBOX, times)),
            **_scrolling(opened_browser, page, times),
        }


def _scrolling(opened_browser: Any, page: Any, times: int) -> dict[str, float]:
    """Frames of the scrolled grid and of its two floors, in turns: the median of the rounds, the best and the worst, in milliseconds."""
    width, height, words = page.evaluate(LOOK)
    empty, bare = opened_browser.new_page(), opened_browser.new_page()
    bare.set_viewport_size(page.viewport_size)
    bare.evaluate(BARE, [width, height, times * 6 * SCROLL_PX // 36 + 100, words])
    rounds: dict[str, list[list[float]]] = {"scroll": [], "bare_scroll": [], "empty": []}
    for _ in range(ROUNDS):
        for name, shown, step in (("scroll", page, SCROLL_PX), ("bare_scroll", bare, SCROLL_PX), ("empty", empty, 0)):
            shown.bring_to_front()
            if step:
                shown.evaluate(TO_TOP)
            shown.wait_for_timeout(500)
            rounds[name].append(shown.evaluate(FRAMES, [times, step]))
    empty.close()
    bare.close()
    figures: dict[str, float] = {}
    for name, took in rounds.items():
        slow = sorted(p95(frames) for frames in took)
        figures |= {f"{name}_frame_p50_ms": median(median(frames) for frames in took), f"{name}_frame_p95_ms": median(slow)}
        figures |= {f"{name}_frame_p95_best_ms": slow[0], f"{name}_frame_p95_worst_ms": slow[-1]}
    return figures


def _first_row(page: Any, url: str) -> float:
    page.goto(f"{url}/console{LIST}")
    return float(page.evaluate("window.firstRow"))


def _first_row_by_click(page: Any, url: str) -> float:
    page.goto(f"{url}/console/guide")
    settle(page)
    return float(page.evaluate(CLICK))


def _load_all(page: Any, count: int) -> int:
    """Scroll down until every row has been fetched, page by page as the server gives them."""
    until = time.monotonic() + LOAD_S
    while (loaded := page.evaluate(LOAD_MORE)) != count:
        if time.monotonic() > until:
            raise SystemExit(f"the grid has loaded {loaded} of {count} rows")
        page.wait_for_timeout(50)
    return int(loaded)


@contextmanager
def served(counter: Counter, rows: int) -> Iterator[str]:
    """The API over so many stored orders of the last days, with its first person; nobody works."""
    settings = structs.replace(counter.services.settings, admin_password=PASSWORD)
    make_past(counter, more_masters(counter, SKUS), 0, rows)
    greet_first_person(settings, counter.app_url, must_change=False)
    with serve_in_child(settings, counter.app_url, free_port()) as url:
        yield url


def build_from_nothing() -> dict[str, float]:
    """Seconds of `npm ci` with an empty cache and of the build, in a copy of the sources."""
    npm = console_build.find_npm()
    if npm is None:
        raise SystemExit("Node is missing")
    words, environment = npm
    with tempfile.TemporaryDirectory(prefix="paidan-build-") as folder:
        copy = Path(folder) / "console"
        shutil.copytree(console_build.CONSOLE, copy, ignore=shutil.ignore_patterns(*console_build.NOT_SOURCES))
        (Path(folder) / "docs").mkdir()
        shutil.copy(console_build.REPOSITORY / "docs" / "openapi.json", Path(folder) / "docs")
        cold = {name: value for name, value in environment.items() if name != console_build.OUT} | {"npm_config_cache": f"{folder}/npm"}

        def took(*arguments: str) -> float:
            began = time.perf_counter()
            ended = subprocess.run([*words, *arguments], cwd=copy, env=cold, capture_output=True, text=True, check=False)  # noqa: S603 - npm of this machine, fixed words
            if ended.returncode:
                raise SystemExit(ended.stdout[-2_000:] + ended.stderr[-2_000:])
            return time.perf_counter() - began

        install_s, build_s = took("ci", "--no-audit", "--no-fund"), took("run", "build")
    return {"npm_ci_s": install_s, "build_s": build_s, "build_from_nothing_s": install_s + build_s}


def show(figures: dict[str, float], say: Callable[[str], None] = print) -> None:
    """Each figure, beside its target where it has one."""
    for name, value in figures.items():
        target = TARGETS.get(name)
        say(f"{name:<32}{value:>12,.1f}" + (f"   target {target:>6,}   {value / target:>6.0%} of it" if target else ""))


def main() -> None:
    parser = argparse.ArgumentParser(prog="paidan bench console")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=TIMES, help="how often each thing is done")
    parser.add_argument("--no-build", action="store_true", help="leave the build out")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    if not console_build.ensure_built():
        raise SystemExit("the console is not built: see above")
    with opened(400, "console") as counter, served(counter, given.rows) as url:
        figures = measure(url, given.rows, given.times)
    if not given.no_build:
        figures |= build_from_nothing()
    figures["load_1_min"] = os.getloadavg()[0]
    show(figures)
    bare, empty = (figures["scroll_frame_p95_ms"] / figures[f"{floor}_frame_p95_ms"] for floor in ("bare_scroll", "empty"))
    print(f"scrolling: ratio to the floor {bare:.0%} (a plain list scrolled), {empty:.0%} (an empty page)")
    if given.json:
        given.json.write_text(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
