"""Somebody's desk in the console: a page that stays signed in, what it shows, and the API as he sees it."""

import uuid
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from heard import Heard
from paidan.entrypoints.pictures import settle

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page


PATIENCE_MS = 10_000
CELLS = """row => {
  const heads = new Map([...row.closest('[role=grid]').querySelectorAll('[role=columnheader]')].map(one => [one.ariaColIndex, one.textContent]))
  return Object.fromEntries([...row.querySelectorAll('[role=gridcell]')].map(cell => [heads.get(cell.ariaColIndex), cell.innerText.trim()]))
}"""


class Desk:
    """A signed-in page of the console at `url`."""

    def __init__(self, page: "Page", url: str) -> None:
        self.page = page
        self.url = url
        self.heard = Heard(page)
        page.set_default_timeout(PATIENCE_MS)
        self._csrf = self.get("/me")["csrf"]

    def clear(self) -> None:
        """Forget what was complained of before."""
        self.heard.complaints.clear()

    def at(self, path: str) -> "Page":
        """Go to a page of the console and wait until it has drawn what it fetched."""
        self.page.goto(f"{self.url}/console{path}")
        settle(self.page)
        return self.page

    def get(self, path: str) -> Any:
        """What the API answers."""
        answer = self.page.request.get(f"{self.url}/api/v1{path}")
        assert answer.ok, answer.text()
        return answer.json()

    def send(self, path: str, body: Any, verb: str = "POST", **headers: str) -> Any:
        """Change something by the API, as this person."""
        told = {"x-csrf": self._csrf, **({"idempotency-key": str(uuid.uuid4())} if verb == "POST" else {}), **headers}
        answer = self.page.request.fetch(f"{self.url}/api/v1{path}", method=verb, data=body, headers=told)
        assert answer.ok, answer.text()
        return answer.json() if answer.body() else None

    def sent(self, path: str, body: Any) -> list[str]:
        """Rows of master data by the API; gives their ids. None may be refused."""
        results = self.send(path, {"rows": body})["results"]
        assert all(one["effect"] != "refused" for one in results), results
        return [one["id"] for one in results]

    def row(self, text: str) -> "Locator":
        """The row of a grid that shows this."""
        return self.page.locator("[role=row][id]", has_text=text)

    def cells(self, row: "Locator") -> dict[str, str]:
        """What a grid's row shows when nothing is being fetched, by the headings of its columns."""
        settle(self.page)
        found: dict[str, str] = row.first.evaluate(CELLS)
        return found

    def open_row(self, text: str) -> None:
        """Open a row of a grid."""
        self.row(text).first.click()

    @property
    def dialog(self) -> "Locator":
        """The dialog that is open."""
        return self.page.locator(".ant-modal")

    @property
    def drawer(self) -> "Locator":
        """The drawer that is open."""
        return self.page.locator(".ant-drawer-open")

    def choose(self, name: str, option: str, within: "Locator | None" = None) -> None:
        """Choose from a list by its label. A list that is filled anew in the very moment of the click takes no choice: it is chosen again."""
        from playwright.sync_api import expect

        box = (within or self.dialog).get_by_role("combobox", name=name, exact=True)
        chosen = box.locator("xpath=ancestor::div[contains(@class, 'ant-select')][last()]")
        # Its own list and no other: one that was just chosen from still stands there while it fades away.
        own = f".ant-select-dropdown:not(.ant-select-dropdown-hidden):has([id='{box.get_attribute('id')}_list'])"
        offered = self.page.locator(f"{own} .ant-select-item-option", has_text=option).first
        for patience_ms in (2_000, PATIENCE_MS):
            if not offered.is_visible():
                box.click()
            offered.click()
            with suppress(AssertionError):
                expect(chosen).to_contain_text(option, timeout=patience_ms)
                return
        raise AssertionError(f"{option} can't be chosen as {name}")

    def press_main(self) -> None:
        """Press the dialog's main button and wait until it is gone."""
        from playwright.sync_api import expect

        self.dialog.locator(".ant-btn-primary").last.click()
        expect(self.dialog).to_have_count(0)
