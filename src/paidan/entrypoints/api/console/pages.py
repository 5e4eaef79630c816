"""The built web console: its page for every path that is nobody else's, its assets with their hashes in their names.

The page is told a fresh nonce with each answer: where its text says PLACEHOLDER (Vite's `html.cspNonce`), the nonce goes in, and the header allows
scripts and styles with that nonce only. Scripts and styles go compressed to whoever takes it. Without a built console a plain page says where to go.
"""

import gzip
import mimetypes
import secrets
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from litestar import Request, Response, get
from litestar.exceptions import NotFoundException

from paidan.entrypoints.api.guard import OPEN
from paidan.entrypoints.api.health import plain_page
from paidan.entrypoints.console_build import dist_folder

PLACEHOLDER: Final = "PAIDAN_CSP_NONCE"
PREFIX: Final = "console/"
PHONE: Final = "pda"
INDEX: Final = "index.html"
PAGES: Final = {PHONE: ("pda.html", "pda/index.html")}
OTHERS: Final = ("api", "doors", "metrics", "livez", "readyz")
NEVER_CHANGES: Final = "public, max-age=31536000, immutable"
ASK_AGAIN: Final = "no-cache"
POLICY: Final = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self'; media-src 'self' data: blob:; worker-src 'self'; manifest-src 'self'; frame-src 'self' blob:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
WORTH_PACKING: Final = frozenset({"text/javascript", "application/javascript", "text/css", "image/svg+xml"})
PACKED_FILES: Final = 500
HEADERS: Final = {"x-content-type-options": "nosniff", "referrer-policy": "same-origin", "cross-origin-opener-policy": "same-origin"}


@get("/", opt=OPEN, sync_to_thread=True, include_in_schema=False)
def first_page(request: Request[Any, Any, Any]) -> Response[Any]:
    """The console's first page."""
    return _answer(request)


@get("/{path:path}", opt=OPEN, sync_to_thread=True, include_in_schema=False)
def other_page(request: Request[Any, Any, Any]) -> Response[Any]:
    """Any path that is nobody else's."""
    return _answer(request)


def _answer(request: Request[Any, Any, Any]) -> Response[Any]:
    """A file of the console, or the console itself: its own router reads the path."""
    wanted = request.scope["path"].strip("/")
    first = wanted.partition("/")[0]
    if first in OTHERS:
        raise NotFoundException
    dist = dist_folder()
    if not (dist / INDEX).is_file():
        if wanted:
            raise NotFoundException
        return plain_page(request)
    found = _file(dist, wanted)
    if found is not None:
        return _asset(found, takes_gzip=_takes_gzip(request))
    if "assets" in wanted.split("/") or "." in wanted.rpartition("/")[2]:
        raise NotFoundException
    return _page(_entry(dist, first))


def _file(dist: Path, wanted: str) -> Path | None:
    """The file of this name below the folder, whether or not it is asked for under /console/; pages are not files."""
    for name in (wanted, wanted.removeprefix(PREFIX)):
        if not name or "\0" in name or name.endswith(".html"):
            continue
        found = (dist / name).resolve()
        if found.is_relative_to(dist.resolve()) and found.is_file():
            return found
    return None


def _takes_gzip(request: Request[Any, Any, Any]) -> bool:
    """Whether the browser takes gzip; one that refuses it says q=0 (RFC 9110, 12.5.3)."""
    for word in request.headers.get("accept-encoding", "").lower().split(","):
        coding, _, weight = word.replace(" ", "").partition(";q=")
        if coding == "gzip":
            return not weight or weight.strip("0.") != ""
    return False


def _asset(file: Path, *, takes_gzip: bool) -> Response[bytes]:
    kind, _ = mimetypes.guess_type(file.name)
    headers = {**HEADERS, "cache-control": NEVER_CHANGES if "assets" in file.parts else ASK_AGAIN}
    body = None
    if kind in WORTH_PACKING:
        headers["vary"] = "accept-encoding"
        if takes_gzip:
            headers["content-encoding"] = "gzip"
            body = _packed(file, file.stat().st_mtime_ns)
    return Response(content=file.read_bytes() if body is None else body, media_type=kind or "application/octet-stream", headers=headers)


@lru_cache(maxsize=PACKED_FILES)
def _packed(file: Path, changed_ns: int) -> bytes:
    """The file's bytes by gzip. Packed once: what has changed since has another `changed_ns`."""
    del changed_ns
    return gzip.compress(file.read_bytes(), mtime=0)


def _entry(dist: Path, first: str) -> Path:
    """The phone's own page below /pda, the console everywhere else."""
    return next((dist / name for name in PAGES.get(first, ()) if (dist / name).is_file()), dist / INDEX)


def _page(file: Path) -> Response[bytes]:
    nonce = secrets.token_urlsafe(16)
    html = file.read_text(encoding="utf-8").replace(PLACEHOLDER, nonce)
    headers = {**HEADERS, "content-security-policy": POLICY.format(nonce=nonce), "cache-control": "no-store"}
    return Response(content=html.encode(), media_type="text/html; charset=utf-8", headers=headers)


HANDLERS: Final = [first_page, other_page]
