"""Cursors, pages and global ids of the GraphQL API."""

import base64
import re
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import msgspec
from graphql import GraphQLError

FIRST_MAX = 250
GID = re.compile(r"gid://shopify/(?P<kind>[A-Za-z]+)/(?P<number>\d+)(?P<rest>\?.*)?")

T = TypeVar("T")


def gid(kind: str, number: int) -> str:
    """`gid://shopify/Order/123`."""
    return f"gid://shopify/{kind}/{number}"


def number_of(text: str, kind: str) -> int:
    """The number in a global id. Raises GraphQLError when it is not one of that kind."""
    match = GID.fullmatch(text)
    if match is None or match["kind"] != kind:
        raise GraphQLError(f"Invalid global id '{text}'", extensions={"code": "BAD_REQUEST"})
    return int(match["number"])


def connection(
    things: Sequence[T], show: Callable[[T], Any], first: int | None, after: str | None, key_of: Callable[[T], Any] | None = None
) -> dict[str, Any]:
    """A page of a sorted sequence. `key_of` gives what the sequence is sorted by (lists or numbers); without it the position is the cursor."""
    if first is None:
        raise GraphQLError("you must provide one of first or last", extensions={"code": "BAD_REQUEST"})
    if not 0 <= first <= FIRST_MAX:
        raise GraphQLError(f"first must be between 0 and {FIRST_MAX}", extensions={"code": "MAX_INPUT_SIZE_EXCEEDED"})
    keys = list(range(len(things))) if key_of is None else [key_of(thing) for thing in things]
    last = None if after is None else _read_cursor(after)
    start = 0 if last is None else next((place for place, key in enumerate(keys) if key > last), len(keys))
    page = range(start, min(start + first, len(keys)))
    edges = [{"cursor": _cursor(keys[place]), "node": show(things[place])} for place in page]
    return {
        "edges": edges,
        "nodes": [edge["node"] for edge in edges],
        "pageInfo": {
            "hasNextPage": page.stop < len(keys),
            "hasPreviousPage": start > 0,
            "startCursor": edges[0]["cursor"] if edges else None,
            "endCursor": edges[-1]["cursor"] if edges else None,
        },
    }


def _cursor(key: Any) -> str:
    return base64.b64encode(msgspec.json.encode(key)).decode()


def _read_cursor(text: str) -> Any:
    try:
        return msgspec.json.decode(base64.b64decode(text, validate=True))
    except ValueError:
        raise GraphQLError("Invalid cursor", extensions={"code": "BAD_REQUEST"}) from None
