"""Accessibility of every page: day by day each in one theme, in turn, by hand in both. A file of its own, so that it may run beside the crawl."""

import pytest

from axe import findings, needs_axe
from heard import Heard
from paidan.entrypoints.pictures import settle, signed_in

THEMES = ("light", "dark")


@pytest.mark.parametrize("theme", THEMES)
def test_pages_in_turn_have_no_serious_finding(chromium, console, addresses, theme):
    """Each page in one theme."""
    look(chromium, console, addresses, theme, lambda number: THEMES[number % 2] == theme)


@pytest.mark.deep
@pytest.mark.parametrize("theme", THEMES)
def test_no_page_has_a_serious_finding(chromium, console, addresses, theme):
    look(chromium, console, addresses, theme, lambda _: True)


def look(chromium, console, addresses, theme, is_wanted):
    needs_axe()
    with signed_in(chromium, console, theme=theme) as page:
        heard, found = Heard(page), []
        wanted = [place for number, place in enumerate(addresses(page).items()) if is_wanted(number)]
        for name, path in wanted:
            with heard.coming(f"{name} (zh, {theme})"):
                page.goto(f"{console}/console{path}")
                settle(page)
            found += [f"{name}: {finding}" for finding in findings(page)]
        assert wanted
        assert found == []
