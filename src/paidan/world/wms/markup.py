"""XML in and out. Reading refuses whatever could expand, load or nest without end; writing is text put together, for speed."""

from collections.abc import Iterable
from xml.sax.saxutils import escape

from lxml import etree
from lxml.etree import _Element as Element

from paidan.world.wms.refused import Refused, Trouble

_DECLARATION = '<?xml version="1.0" encoding="utf-8"?>'


def read_request(body: bytes) -> Element:
    """Parse a body whose root is `request`; Refused(TOP60, qimen.request-convert-error) for anything else, a document type included."""
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise Refused(Trouble.CALLER_FAULT, "qimen.request-convert-error: a document type is not allowed")
    # libxml2's own limits (depth 256, no huge text) stay on: huge_tree is False.
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise Refused(Trouble.CALLER_FAULT, "qimen.request-convert-error: the body is not well-formed XML in UTF-8") from None
    if root is None or root.tag != "request":
        raise Refused(Trouble.CALLER_FAULT, "qimen.request-convert-error: the root element is not request")
    return root


def text(element: Element, path: str) -> str:
    """Give the text at a path, stripped; empty when absent."""
    return (element.findtext(path) or "").strip()


def leaf(name: str, value: object) -> str:
    """Write `<name>value</name>`."""
    return f"<{name}>{escape(str(value))}</{name}>"


def leaves(**values: object) -> str:
    """Write one element for each keyword, in order; those that are empty are left out."""
    return "".join(leaf(name, value) for name, value in values.items() if value not in ("", None))


def wrap(name: str, parts: Iterable[str]) -> str:
    """Put written parts into an element."""
    return f"<{name}>{''.join(parts)}</{name}>"


def request_body(*parts: str) -> bytes:
    """Write the body of a call to Paidan."""
    return f"{_DECLARATION}<request>{''.join(parts)}</request>".encode()


def success(inner: str = "") -> bytes:
    """Answer that the document was stored (or the query answered)."""
    return f"{_DECLARATION}<response><flag>success</flag><code>0</code><message></message>{inner}</response>".encode()


def failure(no: Refused) -> bytes:
    """Answer with the code and the words of a refusal."""
    words = leaves(flag="failure", code=no.code, message=no.message)
    return f"{_DECLARATION}<response>{words}{no.inner}</response>".encode()
