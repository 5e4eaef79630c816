"""axe-core on what a browser shows."""

from typing import TYPE_CHECKING

import pytest

from paidan.entrypoints.console_build import CONSOLE

if TYPE_CHECKING:
    from playwright.sync_api import Page

AXE = CONSOLE / "node_modules" / "axe-core" / "axe.min.js"
SERIOUS = """async part => (await axe.run(part || document, {resultTypes: ['violations']})).violations
  .filter(violation => ['serious', 'critical'].includes(violation.impact))
  .map(violation => `${violation.id}: ${violation.nodes.length} × ${violation.nodes[0].html.slice(0, 160)}`)"""


def needs_axe() -> None:
    """Leave the test out where the console was never built."""
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: cd console && npm ci")


def findings(page: "Page", part: str = "") -> list[str]:
    """What is serious or worse, on the whole page or below a selector: rule, how often, the first place."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE.read_text())
    found: list[str] = page.evaluate(SERIOUS, part)
    return found
