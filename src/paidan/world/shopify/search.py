"""The search syntax of `query:` arguments: `updated_at:>='2026-01-05T00:00:00Z' status:any`, terms joined by AND."""

import operator
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from graphql import GraphQLError

TERM = re.compile(r"""(?P<field>\w+):(?P<compare><=|>=|<|>|=)?(?:'(?P<single>[^']*)'|"(?P<double>[^"]*)"|(?P<bare>\S+))""")
COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "": operator.eq,
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def matcher(query: str | None, fields: Mapping[str, Callable[[Any], Any]]) -> Callable[[Any], bool]:
    """A test for one thing. `fields` read its values: instants, numbers, texts, or sets of texts (equal when the text is among them).

    Raises GraphQLError for fields or syntax it does not know: the real platform would silently match everything, which no test should rest on.
    """
    tests = []
    left = (query or "").strip()
    while left:
        match = TERM.match(left)
        if match is None or match["field"] not in fields:
            raise GraphQLError(f"search query not understood at: {left}", extensions={"code": "BAD_REQUEST"})
        text = next(value for value in (match["single"], match["double"], match["bare"]) if value is not None)
        tests.append(_test(fields[match["field"]], match["compare"] or "", text))
        left = re.sub(r"^\s+(AND\s+)?", "", left[match.end() :])
    return lambda thing: all(test(thing) for test in tests)


def _test(read: Callable[[Any], Any], compare: str, text: str) -> Callable[[Any], bool]:
    def holds(thing: Any) -> bool:
        value = read(thing)
        if isinstance(value, frozenset):
            return text.lower() in value
        if isinstance(value, datetime):
            return COMPARE[compare](value, _instant(text))
        if isinstance(value, int):
            return COMPARE[compare](value, int(text))
        return COMPARE[compare](value, text)

    return holds


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise GraphQLError(f"not a time: {text}", extensions={"code": "BAD_REQUEST"}) from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
