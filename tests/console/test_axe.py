"""Accessibility of every page, light and dark. A file of its own, so that it may run beside the crawl."""

from pathlib import Path

import pytest

from heard import Heard
from paidan.entrypoints.pictures import settle, signed_in

AXE = Path(__file__).parents[2] / "console" / "node_modules" / "axe-core" / "axe.min.js"
SERIOUS = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations
  .filter(violation => ['serious', 'critical'].includes(violation.impact))
  .map(violation => `${violation.id}: ${violation.nodes.length} × ${violation.nodes[0].html.slice(0, 160)}`)"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_has_no_serious_finding(chromium, console, addresses, theme):
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: cd console && npm ci")
    with signed_in(chromium, console, theme=theme) as page:
        heard, found = Heard(page), []
        for name, path in addresses(page).items():
            with heard.coming(f"{name} (zh, {theme})"):
                page.goto(f"{console}/console{path}")
                settle(page)
            page.evaluate(AXE.read_text())
            found += [f"{name}: {finding}" for finding in page.evaluate(SERIOUS)]
        assert found == []
