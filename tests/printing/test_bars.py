"""Any text that bars can say is read back from them, to the letter."""

import re

import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from paidan.printing.bars import BARS_MAX, can_be_bars, code128, modules_of, qr

QUIET = 12


def picture(rows, scale=3):
    """Rows of modules as a picture with a quiet zone."""
    width, height = len(rows[0]) + 2 * QUIET, len(rows) + 2 * QUIET
    image = Image.new("L", (width, height), 255)
    image.putdata([0 if _is_dark(rows, x - QUIET, y - QUIET) else 255 for y in range(height) for x in range(width)])
    return image.resize((width * scale, height * scale), Image.Resampling.NEAREST)


def _is_dark(rows, x, y):
    return 0 <= y < len(rows) and 0 <= x < len(rows[0]) and rows[y][x] == "1"


def rows_of(svg):
    """What a drawing of ours shows, module by module."""
    width, height = map(int, re.search(r'viewBox="0 0 (\d+) (\d+)"', svg).groups())
    rows = [["0"] * width for _ in range(height)]
    for x, y, run in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", svg):
        rows[int(y)][int(x) : int(x) + int(run)] = "1" * int(run)
    return ["".join(row) for row in rows]


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=BARS_MAX) | st.from_regex(r"\A(99)?[0-9]{1,30}\Z"))
def test_a_code_128_says_what_it_was_told(text):
    assert can_be_bars(text)
    assert rows_of(code128(text)) == [modules_of(text)]
    [found] = zxingcpp.read_barcodes(picture([modules_of(text)] * 30), formats=zxingcpp.BarcodeFormat.Code128)
    assert found.text == text


@given(st.from_regex(r"\A(FH[0-9]{3,20}(-[0-9])?|PR[0-9]{1,19})\Z"))
def test_a_qr_code_says_what_it_was_told(text):
    [found] = zxingcpp.read_barcodes(picture(rows_of(qr(text))))
    assert found.text == text


def test_what_bars_can_not_say_is_known():
    assert [text for text in ("", "运单", "a\nb", "é", "1" * (BARS_MAX + 1)) if can_be_bars(text) or code128(text)] == []
