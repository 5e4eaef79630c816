"""`paidan pictures DIR`: a picture of every page of the console, running or of a small day played for it. Needs Playwright and a Chromium."""

import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar
from weakref import WeakKeyDictionary

from msgspec import Struct
from rich.console import Console

from paidan.entrypoints.picture_states import STATES
from paidan.kernel.errors import SetupError
from paidan.runtime.settings import Settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Request

    from paidan.entrypoints.installation import OpenInstallation
    from paidan.world.host_client import HostClient

PAGES: Final = {
    "dashboard": "/?days=30",
    "orders": "/orders",
    "fulfilments": "/fulfilments",
    "exceptions": "/exceptions",
    "prints": "/prints",
    "stock": "/stock",
    "stock-by-warehouse": "/stock?by=warehouse",
    "documents": "/documents",
    "products": "/products",
    "listings": "/listings?show=all",
    "shops": "/shops",
    "warehouses": "/warehouses",
    "carriers": "/carriers",
    "freight": "/carriers?tab=freight",
    "bans": "/bans",
    "connections": "/connections",
    "systems": "/connections?tab=systems",
    "translations": "/connections?tab=translations",
    "comparisons": "/comparisons",
    "comparison-log": "/comparisons?tab=log",
    "imports": "/imports?kind=products",
    "health": "/health",
    "messages": "/messages",
    "people": "/people",
    "roles": "/people?tab=roles",
    "keys": "/people?tab=keys",
    "reveals": "/people?tab=reveals",
    "settings": "/settings",
    "guide": "/guide",
}
"""Every page of the console by a name for its picture; an order's own page is found in the list."""

OF_AN_ORDER: Final = {"order": "/orders/{order}", "order-drawer": "/orders?open={order}"}
"""Those of one order."""

EVERY_DAY: Final = "placed_at:between:now-30d|now"
"""A filter that shows ended orders too."""

NAME: Final = "admin"
PASSWORD: Final = "paidan-demo-1"  # noqa: S105 - of an installation that lives for one run
LANGUAGES: Final = ("zh", "en")
THEMES: Final = ("light", "dark")
SIZES: Final = {1440: 900, 390: 844}
ORDERS: Final = 120
# No sandbox: root has none. No process of its own for drawing without a graphics card. The rest keeps the browser from calling home.
FLAGS: Final = (
    "--no-sandbox --disable-gpu --in-process-gpu "
    "--disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
).split()
FOR_A_SECOND: Final = "--js-flags=--no-opt,--no-maglev"
"""Pages that are looked at once gain nothing by a compiler that makes code quicker the longer it runs."""
ENDLESS: Final = "/api/v1/events"  # the stream of events is never done
TWO_FRAMES: Final = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
PATIENCE_S: Final = 10.0
_UNANSWERED: "WeakKeyDictionary[Page, set[Request]]" = WeakKeyDictionary()
CHROMIUM: Final = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first is Chromium without windows: what draws and answers takes a quarter less of the processor, its own process half."""

console = Console()

T = TypeVar("T")


def find_chromium() -> str:
    """The browser of this machine; an empty text when there is none."""
    return next((found for name in CHROMIUM if (found := shutil.which(name))), "")


@contextmanager
def browser(*, is_measured: bool = False) -> Iterator["Browser"]:
    """A headless Chromium; `is_measured`: with all its compilers, as people have it. Raises SetupError when it or Playwright is missing."""
    executable = find_chromium()
    if not executable:
        raise SetupError("no Chromium on PATH: on Debian, apt-get install chromium-headless-shell fonts-noto-cjk")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise SetupError("Playwright is missing: ./paidan setup --dev") from error
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=executable, args=[*FLAGS, *([] if is_measured else [FOR_A_SECOND])])
        try:
            yield opened
        finally:
            opened.close()


@contextmanager
def signed_in(
    opened: "Browser",
    url: str,
    *,
    width: int = 1440,
    language: str = "zh",
    theme: str = "light",
    motion: Literal["no-preference", "reduce"] = "reduce",
    name: str = NAME,
    password: str = PASSWORD,
) -> Iterator["Page"]:
    """A tab at `url`, signed in by the API; as the administrator of pictures and tests unless somebody else is named. It shows no page of the console
    yet: to load one by which to sign in, and the dashboard behind it, would take as long as what is looked at.

    As somebody who wants less motion, unless said: a picture taken while something fades is no picture, and a test that waits for it waits for luck.
    Raises SetupError when name or password is refused.
    """
    context = opened.new_context(
        viewport={"width": width, "height": SIZES.get(width, 900)},
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        reduced_motion=motion,
        color_scheme="dark" if theme == "dark" else "light",  # the scan page has no switch of its own
    )
    context.add_init_script(
        f"localStorage.setItem('paidan.language', '{language}'); localStorage.setItem('paidan.preferences', JSON.stringify({{theme: '{theme}'}}))"
    )
    try:
        context.on("page", _watch)
        answer = context.request.post(f"{url}/api/v1/sign-in", data={"name": name, "password": password})
        if not answer.ok:
            raise SetupError(f"{url} does not let {name} in: {answer.text()}")
        page = context.new_page()
        page.goto(f"{url}/livez")  # at the console's origin, whose storage may be read and written
        yield page
    finally:
        context.close()


def _watch(page: "Page") -> None:
    """Know from now on which of its requests are not answered yet."""
    unanswered = _UNANSWERED.setdefault(page, set())

    def asked(request: "Request") -> None:
        if request.is_navigation_request() and request.frame.parent_frame is None:
            unanswered.clear()  # what the document before has asked for is never told of again
        elif not request.url.endswith(ENDLESS):
            unanswered.add(request)

    def over(request: "Request") -> None:
        unanswered.discard(request)

    page.on("request", asked)
    page.on("requestfinished", over)
    page.on("requestfailed", over)


def settle(page: "Page") -> None:
    """Wait until a page of the console is there and at rest. Raises AssertionError."""
    page.wait_for_selector("#main h1")
    at_rest(page)


def at_rest(page: "Page") -> None:
    """Wait until what is shown has fetched what it wants and is drawn: two looks in a row at which nothing is waited for. Raises AssertionError."""
    from playwright.sync_api import expect

    unanswered = _UNANSWERED.get(page, set())
    began, looks = time.monotonic(), 0
    while looks < 2:  # noqa: PLR2004 - what came with the last answer may ask for more
        expect(page.locator("[aria-busy=true], .ant-skeleton")).to_have_count(0)
        page.evaluate(TWO_FRAMES)
        looks = 0 if unanswered else looks + 1
        if time.monotonic() - began > PATIENCE_S:
            raise AssertionError(f"{page.url} still waits for {[request.url for request in unanswered]}")


class PlayedDay(Struct, frozen=True, kw_only=True):
    """A day behind a console at `url`: our side of it and the world's, both at rest."""

    url: str
    services: "OpenInstallation"
    host: "HostClient"


@contextmanager
def played_day(settings: Settings, orders: int = ORDERS) -> Iterator[PlayedDay]:
    """A day of trade that was played to its end, its console served. `settings` name a home of their own."""
    from msgspec import structs

    from paidan.entrypoints.demo.run import Plan, labour_of, play_on, stage, stop
    from paidan.entrypoints.up import greet_first_person

    named = structs.replace(settings, admin_password=PASSWORD)
    plan = Plan(orders=orders, seed=1, tick_s=1800, quiet_tick_s=7200)
    try:
        with stage(named, plan) as (services, host, town, installation):
            with labour_of(services, installation, plan) as labour:
                play_on(services, host, town, plan, lambda _now, _run: None, labour)
            greet_first_person(named, installation.app_url, must_change=False)
            yield PlayedDay(url=town.paidan_url, services=services, host=host)
    finally:
        stop(named)


@contextmanager
def small_day(settings: Settings, orders: int = ORDERS) -> Iterator[str]:
    """The same; gives the console's address."""
    with played_day(settings, orders) as day:
        yield day.url


def take_pictures(settings: Settings, folder: Path, *, url: str = "", pages: Sequence[str] = (), looks: Sequence[str] = ()) -> int:
    """Every page, and states that people meet often, in both languages, light and dark, wide and narrow; gives 0.

    Of the console at `url`, else of a small day that is played for it; `pages`: only those named; `looks`: only `1440-zh-light` and the like.
    Raises SetupError when there is no such page or look.
    """
    from paidan.entrypoints.console_build import ensure_built
    from paidan.entrypoints.demo.run import home_of

    every_look = {f"{width}-{language}-{theme}": (width, language, theme) for width, language, theme in product(SIZES, LANGUAGES, THEMES)}
    wanted, named = _chosen(every_look, looks), _chosen(dict.fromkeys((*PAGES, *OF_AN_ORDER, *STATES)), pages)
    folder.mkdir(parents=True, exist_ok=True)
    if not url and not ensure_built():
        raise SetupError("the console is not built: see above")
    with nullcontext(url.rstrip("/")) if url else small_day(home_of(settings, "pictures")) as address, browser() as opened:
        for look, (width, language, theme) in wanted.items():
            password = settings.admin_password if url and settings.admin_password else PASSWORD
            with signed_in(opened, address, width=width, language=language, theme=theme, password=password) as page:
                count = _take(page, address, folder / look, set(named))
            console.print(f"[green]✓[/] {width} px, {language}, {theme}: {count} pictures", highlight=False)
    console.print(f"In {folder}", highlight=False)
    return 0


def _chosen(all_of_them: dict[str, T], names: Sequence[str]) -> dict[str, T]:
    """Those named, or all. Raises SetupError."""
    if unknown := [name for name in names if name not in all_of_them]:
        raise SetupError(f"{', '.join(unknown)}: there are only {', '.join(all_of_them)}")
    return {name: what for name, what in all_of_them.items() if name in names} if names else all_of_them


def _take(page: "Page", url: str, folder: Path, names: set[str]) -> int:
    folder.mkdir(exist_ok=True)
    order_id = first_order(page, url)
    pages = {name: path for name, path in {**PAGES, **OF_AN_ORDER}.items() if name in names}
    for name, path in pages.items():
        page.goto(f"{url}/console{path.format(order=order_id)}")
        settle(page)
        page.screenshot(path=folder / f"{name}.png")
    states = {name: state for name, state in STATES.items() if name in names}
    for name, (path, lead_to) in states.items():
        page.goto("about:blank")  # an address that differs only behind its # would not be loaded anew
        page.goto(f"{url}{path}")
        if path.startswith("/console"):
            settle(page)
        lead_to(page)
        at_rest(page)
        page.screenshot(path=folder / f"{name}.png")
    return len(pages) + len(states)


def first_order(page: "Page", url: str) -> str:
    """The id of the newest order, ended or not: the one with the longest story to show."""
    answer: Any = page.request.get(f"{url}/api/v1/lists/orders?f={EVERY_DAY}&limit=1").json()
    return str(answer["items"][0]["id"])
