"""States of the console that people meet often and that no address names: what a key opens, what asks back, what is refused."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from playwright.sync_api import Page

Act = Callable[["Page"], None]

DIALOG: Final = ".ant-modal"
SHEET: Final = "货品编码,货品名称,重量(克)\nSKU-1,保温杯,300\n,没有编码,x\nSKU-2,,12\n"
"""Products: the first row is fine, the others lack something."""


def _dialogs(count: int, *keys: str) -> Act:
    """Presses keys, and waits until so many dialogs stand above the page."""

    def act(page: "Page") -> None:
        for key in keys:
            page.keyboard.press(key)
        page.locator(DIALOG).nth(count - 1).wait_for()

    return act


def _unsaved(page: "Page") -> None:
    """A note on an order is begun and left: the dialog asks first."""
    _dialogs(1, "j", "h")(page)
    page.locator(f"{DIALOG} input").first.fill("…")
    _dialogs(2, "Escape")(page)


def _refused_rows(page: "Page") -> None:
    page.locator("input[type=file]").first.set_input_files({"name": "products.csv", "mimeType": "text/csv", "buffer": SHEET.encode()})
    page.locator("#main [role=table] [role=cell]").first.wait_for()


def _no_answer(page: "Page") -> None:
    """The network goes while the page is loaded."""
    page.route("**/api/v1/me", lambda route: route.abort())
    page.reload()
    page.locator("[role=alert]").wait_for()
    page.unroute("**/api/v1/me")


def _scanning(page: "Page") -> None:
    page.locator("button.huge").first.wait_for()


def _to_pack(page: "Page") -> None:
    page.locator("input.scan").wait_for()


def _signed_out(page: "Page") -> None:
    page.context.clear_cookies()
    page.reload()
    page.locator("input[name=username]").wait_for()


STATES: Final[dict[str, tuple[str, Act]]] = {
    "palette": ("/console/guide", _dialogs(1, "Control+k")),
    "shortcuts": ("/console/orders", _dialogs(1, "?")),
    "bulk": ("/console/orders", _dialogs(1, "j", "x", "j", "j", "Shift+X", "a")),
    "unsaved": ("/console/orders", _unsaved),
    "nothing-found": ("/console/orders?f=order_no:is:SO1", lambda _: None),
    "import-errors": ("/console/imports?kind=products", _refused_rows),
    "no-such-page": ("/console/no-such-page", lambda _: None),
    "no-answer": ("/console/guide", _no_answer),
    "pda": ("/pda", _scanning),
    "pda-pack": ("/pda#/pack", _to_pack),
    "pda-receive": ("/pda#/receive", _to_pack),
    "sign-in": ("/console/guide", _signed_out),
}
"""Each: the address where it begins, and what leads to it. The last one ends the session."""
