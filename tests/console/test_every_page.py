"""The crawl: every address of the console, in both languages, wide and narrow."""

from itertools import product

import pytest

from heard import Heard
from paidan.entrypoints.pictures import LANGUAGES, SIZES, settle, signed_in

# What a counterpart calls its own methods is no word of ours: such places say translate="no".
RAW_KEYS = r"""() => [...document.querySelectorAll('#main *')]
  .filter(element => element.children.length === 0 && element.translate && /^[a-z]+(_[a-z]+)+(_(one|other))?$|\{\{\w+\}\}/.test(element.textContent.trim()))
  .map(element => element.textContent.trim())"""


@pytest.mark.parametrize(("width", "language"), list(product(SIZES, LANGUAGES)))
def test_no_page_complains_scrolls_sideways_or_shows_a_raw_key(chromium, console, addresses, width, language):
    with signed_in(chromium, console, width=width, language=language) as page:
        heard = Heard(page)
        found = heard.complaints
        for name, path in addresses(page).items():
            with heard.coming(f"{name} ({language}, {width} px)"):
                page.goto(f"{console}/console{path}")
                settle(page)
            if (wide := page.evaluate("document.documentElement.scrollWidth")) > width:
                found.append(f"{name} is {wide} px wide")
            found += [f"{name} shows the key {key}" for key in page.evaluate(RAW_KEYS)]
        assert found == []


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
