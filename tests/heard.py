"""What a browser tells while a test looks at a page: complaints, requests that failed, and those nobody has answered yet."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage, Page, Request, Response

ENDLESS = "/api/v1/events"  # the stream of events is never done


class Heard:
    """Listens to a page from now on; `complaints` fills while it is used."""

    def __init__(self, page: "Page") -> None:
        self.complaints: list[str] = []
        self._failures: list[str] = []
        self._page = page
        self._waiting: list[Request] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("response", self._response)
        page.on("request", self._asked)
        page.on("requestfinished", self._over)
        page.on("requestfailed", self._failed)

    @contextmanager
    def coming(self, page_name: str) -> Iterator[None]:
        """A failure to come within the block names the page, what it shows instead, what failed and what was never answered."""
        from playwright.sync_api import Error  # not there on every machine: then no browser test runs, but this file is read

        before = len(self.complaints)
        self._failures.clear()
        self._waiting.clear()
        try:
            yield
        except (Error, AssertionError) as error:
            told = [f"{page_name} did not come: {error}", f"it shows: {self._shown()!r}"]
            told += [f"complaint: {complaint}" for complaint in self.complaints[before:]]
            told += [f"failed: {failure}" for failure in self._failures]
            told += [f"not answered: {request.method} {request.url}" for request in self._waiting]
            raise AssertionError("\n".join(told)) from error

    def _shown(self) -> str:
        return str(self._page.evaluate("document.body?.innerText ?? ''"))[:400]

    def _console(self, message: "ConsoleMessage") -> None:
        if message.type == "error":
            self.complaints.append(f"console: {message.text}")

    def _response(self, answer: "Response") -> None:
        if answer.status >= 400:
            self.complaints.append(f"{answer.status} {answer.url}")

    def _asked(self, request: "Request") -> None:
        if ENDLESS not in request.url:
            self._waiting.append(request)

    def _over(self, request: "Request") -> None:
        if request in self._waiting:
            self._waiting.remove(request)

    def _failed(self, request: "Request") -> None:
        self._over(request)
        if ENDLESS not in request.url:
            self._failures.append(f"{request.method} {request.url}: {request.failure}")
