"""JSON from strangers: what is read, and what is refused without being shown."""

import pytest

from paidan.kernel.errors import BadInput
from paidan.kernel.reasons import Reason
from paidan.runtime.strict_json import read_object, read_strictly


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"a": [1, 2.5, null, true, "甲"]}', {"a": [1, 2.5, None, True, "甲"]}),
        (r'{"a": "\ud83d\ude00"}', {"a": "😀"}),
        (r'{"a": "a path: \\u0000"}', {"a": r"a path: \u0000"}),  # a backslash and five letters, no NUL
        ("[]", []),
    ],
)
def test_what_is_read(text, found):
    assert read_strictly(text) == found


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1, "a": 2}',
        '{"a": NaN}',
        '{"a": -Infinity}',
        '{"a": 1e999}',
        '{"a": ' + "9" * 31 + "}",
        r'{"a": "\ud800"}',
        r'{"\u0000": 1}',
        r'[["\u0000"]]',
        "[" * 100_000,
        '{"a": 1} {"b": 2}',
        "",
    ],
)
def test_what_is_refused_shows_nothing_of_it(text):
    with pytest.raises(BadInput) as refused:
        read_strictly(text)
    assert (refused.value.reason, refused.value.detail) == (Reason.BODY_UNREADABLE, "json")
    assert refused.value.__cause__ is None


def test_an_object_is_asked_for_and_its_size_is_bounded():
    with pytest.raises(BadInput) as refused:
        read_object("[]")
    assert refused.value.detail == "json: not an object"
    with pytest.raises(BadInput) as refused:
        read_object('{"a": 1}', size_max=7)
    assert refused.value.reason == Reason.BODY_TOO_LARGE
