"""Forms are read and written as the standard library does, which serves as the model."""

from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paidan.runtime.forms import read_pairs, write_pairs

FIELDS_MAX = 5
CHARACTERS = st.sampled_from([*list("ab1 +%&=\\/~-._\"'{}x\n"), "\\x41", "%e4%BA%ac", "%41", "%5C", "京", "é", "\0"])


@given(st.lists(CHARACTERS, max_size=25).map("".join))
def test_any_text_is_read_as_the_library_reads_it(text: str) -> None:
    try:
        expected = parse_qsl(text, keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=FIELDS_MAX) if text else None
    except ValueError:
        expected = None
    if expected is None:
        with pytest.raises(ValueError):  # noqa: PT011 - no text of it is promised
            read_pairs(text, FIELDS_MAX)
    else:
        assert read_pairs(text, FIELDS_MAX) == expected


@given(st.dictionaries(st.text(), st.text() | st.binary(), max_size=FIELDS_MAX))
def test_any_form_is_written_as_the_library_writes_it(form: dict[str, str | bytes]) -> None:
    assert write_pairs(form) == urlencode(form).encode()
