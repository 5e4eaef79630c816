"""The crawl: every address of the console. Day by day each in one language and theme and at one width, in turn; by hand in all of them."""

from itertools import product

import pytest

from axe import findings, needs_axe
from heard import Heard
from paidan.entrypoints.pictures import LANGUAGES, THEMES, settle, signed_in
from word_keys import SHOWN_KEYS, word_keys

WIDTHS = (1440, 1024, 390)
NARROWEST = 320
KEYS = word_keys()
LOOKS = list(product(WIDTHS, LANGUAGES, THEMES))
IN_TURN = [(1440, "zh", "light"), (1024, "en", "dark"), (390, "zh", "light"), (1440, "en", "dark"), (1024, "zh", "dark"), (390, "en", "light")]


@pytest.mark.parametrize("turn", range(len(IN_TURN)), ids=["-".join(map(str, look)) for look in IN_TURN])
def test_pages_in_turn_complain_of_nothing_fit_show_no_raw_key_and_are_accessible(chromium, console, addresses, turn):
    """Each page at one width, in one language and one theme."""
    crawl(chromium, console, addresses, IN_TURN[turn], lambda number: number % len(IN_TURN) == turn)


TOO_FULL = "[...document.querySelectorAll('[data-fits]')].filter(cell => cell.scrollWidth > cell.clientWidth).map(cell => cell.innerText)"


@pytest.mark.deep
@pytest.mark.parametrize("look", LOOKS, ids=["-".join(map(str, look)) for look in LOOKS])
def test_every_page_complains_of_nothing_fits_shows_no_raw_key_and_is_accessible(chromium, console, addresses, look):
    crawl(chromium, console, addresses, look, lambda _: True)


def crawl(chromium, console, addresses, look, is_wanted):
    needs_axe()
    width, language, theme = look
    with signed_in(chromium, console, width=width, language=language, theme=theme) as page:
        heard = Heard(page)
        found = heard.complaints
        wanted = [place for number, place in enumerate(addresses(page).items()) if is_wanted(number)]
        assert wanted
        for name, path in wanted:
            with heard.coming(f"{name} ({language}, {theme}, {width} px)"):
                page.goto(f"{console}/console{path}")
                settle(page)
            if (wide := page.evaluate("document.documentElement.scrollWidth")) > width:
                found.append(f"{name} is {wide} px wide")
            found += [f"{name}: a cell said to fit holds more: {words}" for words in page.evaluate(TOO_FULL)]
            found += [f"{name} shows the key {key}" for key in page.evaluate(SHOWN_KEYS, KEYS)]
            found += [f"{name}: {finding}" for finding in findings(page)]
            if width == WIDTHS[-1]:  # and on the narrowest phones
                page.set_viewport_size({"width": NARROWEST, "height": 700})
                if (wide := page.evaluate("document.documentElement.scrollWidth")) > NARROWEST:
                    found.append(f"{name} is {wide} px wide on a phone of {NARROWEST}")
                page.set_viewport_size({"width": width, "height": 800})
        assert found == []


def test_a_raw_key_would_be_seen(page, console):
    """Of a word in any manner of writing, as a text or as a name for those who can't see."""
    page.goto(f"{console}/console/guide")
    assert {"noAlarms", "platform_taobao", "emptyFilteredHint"} <= set(KEYS)
    assert len(KEYS) > 700
    settle(page)
    page.evaluate("""() => { for (const text of ['noAlarms', 'some_code', 'Hello {{name}}', '正常']) document.querySelector('h1').append(document.createElement('i'), text)
      document.querySelector('h1').ariaLabel = 'noAlarms'; document.querySelector('h1').insertAdjacentHTML('beforeend', '<b translate="no">noAlarms</b>') }""")
    assert page.evaluate(SHOWN_KEYS, KEYS) == ["noAlarms", "some_code", "Hello {{name}}", "noAlarms"]


def test_the_scan_page_is_there_and_fits_the_smallest_phone(chromium, console):
    with signed_in(chromium, console, width=320) as page:
        heard = Heard(page)
        with heard.coming("the scan page (zh, 320 px)"):
            page.goto(f"{console}/pda")
            page.wait_for_selector("h1")
            page.click("button.huge")
            page.wait_for_selector("input")
        assert page.evaluate("document.activeElement.tagName") == "INPUT"
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        assert heard.complaints == []


@pytest.mark.parametrize("lost", ["**/api/v1/me", "**/assets/products-page-*.js"], ids=["who I am", "the page's own file"])
def test_a_request_lost_on_the_way_is_asked_again(chromium, console, lost):
    with signed_in(chromium, console) as page:
        times = []

        def lose_the_first(route):
            times.append(route.request.url)
            if len(times) == 1:
                route.abort("connectionreset")
            else:
                route.continue_()

        page.route(lost, lose_the_first)
        page.set_default_timeout(10_000)
        page.goto(f"{console}/console/products")
        settle(page)
        assert len(times) == 2
