"""A small day, played once for all tests of the console, and a browser to look at it."""

import os
import shutil
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from afterwards import going_on
from desk import PATIENCE_MS, Desk
from heard import Heard
from paidan.entrypoints.console_build import ensure_built
from paidan.entrypoints.pictures import PAGES, browser, find_chromium, first_order, played_day, signed_in
from paidan.runtime.settings import Settings

KEPT = pytest.StashKey[ExitStack]()
OPENED = pytest.StashKey()


def pytest_collection_modifyitems(items):
    """All of it is slow: a day is played and a browser started. Without a browser it is left out."""
    here = Path(__file__).parent
    for item in items:
        if here in Path(item.fspath).parents:
            item.add_marker(pytest.mark.slow)
            if not find_chromium():
                item.add_marker(pytest.mark.skip(reason="no chromium on PATH"))


@pytest.hookimpl(wrapper=True, tryfirst=True)  # once the file's own tabs are closed, however that went
def pytest_runtest_teardown(item, nextitem):
    """The browser over the day goes when what comes next asks for none: Playwright drives one at a time, and tests with an event loop of their own
    can't run while it does."""
    try:
        return (yield)
    finally:
        stays = nextitem is not None and (nextitem.path == item.path or "chromium" in nextitem.fixturenames)
        if KEPT in item.config.stash and not stays:
            item.config.stash[KEPT].close()
            del item.config.stash[KEPT]


@pytest.fixture(scope="session")
def day():
    """A played day behind its console; None where PAIDAN_CONSOLE_URL names a running one instead (its administrator's password as here)."""
    if os.environ.get("PAIDAN_CONSOLE_URL"):
        yield None
        return
    pytest.importorskip("playwright")
    if not ensure_built():
        pytest.skip("the console is not built: Node is missing")
    folder = Path(tempfile.mkdtemp(dir=os.environ.get("PAIDAN_TEST_RUN_DIR"), prefix="console-"))
    try:
        with played_day(Settings(home=folder / "home", allow_loopback=True)) as played:
            yield played
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def console(day):
    """The address of a console with a day behind it."""
    return day.url if day else os.environ["PAIDAN_CONSOLE_URL"]


@pytest.fixture(scope="session")
def world(day):
    """The world after the day: it stands still until a test lets time pass."""
    if day is None:
        pytest.skip("a running console's world is not ours")
    with going_on(day) as world:
        yield world


@pytest.fixture(scope="module")
def one_browser():
    """The browser of one file that has a world of its own."""
    with _patient_browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def chromium(console, pytestconfig):
    """A browser to look at the console with. Files that follow one another have the same, each with tabs of its own: its start takes a second."""
    del console  # it is there before the browser
    if KEPT not in pytestconfig.stash:
        kept = ExitStack()
        opened = kept.enter_context(_patient_browser())
        pytestconfig.stash[KEPT] = kept
        pytestconfig.add_cleanup(kept.close)  # of a run that was broken off
        pytestconfig.stash[OPENED] = opened
    return pytestconfig.stash[OPENED]


@contextmanager
def _patient_browser():
    from playwright.sync_api import expect

    expect.set_options(timeout=PATIENCE_MS)
    with browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def first_tab(chromium, console):
    """Signed in once for a whole file, 1440 wide, Chinese; its tabs have its cookie."""
    with signed_in(chromium, console) as shown:
        yield shown


@pytest.fixture
def page(first_tab, console):
    """A new tab, empty yet, that remembers nothing of the tabs before it."""
    tab = first_tab.context.new_page()
    yield tab
    if tab.url.startswith(console):
        tab.evaluate("localStorage.clear()")
    tab.close()


@pytest.fixture(scope="module")
def one_desk(chromium, console):
    """A page that stays signed in for a whole file."""
    with signed_in(chromium, console) as shown:
        yield Desk(shown, console)


@pytest.fixture
def desk(one_desk):
    """The same, with nothing on it that an earlier test left; in the end the browser must not have complained."""
    one_desk.clear()
    yield one_desk
    assert one_desk.heard.complaints == []


@pytest.fixture
def addresses(console):
    """Of a signed-in page: every address of the console by name, an order's own among them."""
    return lambda page: {**PAGES, "order": f"/orders/{first_order(page, console)}"}


@pytest.fixture
def faults(page):
    """What the browser complains of while a test runs: console errors and failed requests."""
    return Heard(page).complaints
