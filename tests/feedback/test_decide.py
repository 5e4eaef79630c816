import pytest
from msgspec.structs import replace

from paidan.feedback.decide import OrderedLine, what_to_tell


def goods(no: int, quantity: int = 1, cancelled: int = 0) -> OrderedLine:
    return OrderedLine(line_no=no, line_ref=f"L{no}", kind="goods", quantity=quantity, cancelled=cancelled)


def bundle(no: int, quantity: int, **parts: tuple[int, int]) -> list[OrderedLine]:
    """Parts by name: (line_no, units in one bundle)."""
    own = OrderedLine(line_no=no, line_ref=f"L{no}", kind="bundle", quantity=quantity)
    return [
        own,
        *[OrderedLine(line_no=n, line_ref="", kind="part", quantity=units * quantity, parent_line_no=no) for n, units in parts.values()],
    ]


SET = bundle(1, 2, p=(2, 2), q=(3, 1))  # two sets of two P and one Q
GIFT = OrderedLine(line_no=9, line_ref="", kind="gift", quantity=1)
POSTAGE = OrderedLine(line_no=8, line_ref="L8", kind="service", quantity=1)
HALF = [SET[0], *[replace(part, cancelled=part.quantity // 2) for part in SET[1:]]]


@pytest.mark.parametrize(
    ("lines", "in_parcel", "in_told", "told", "is_whole", "is_last"),
    [
        pytest.param([goods(1, 2)], {1: 2}, {}, [("L1", 2, 2, 0)], True, True, id="the whole order in one parcel"),
        pytest.param([goods(1), goods(2)], {1: 1}, {}, [("L1", 1, 1, 0)], False, False, id="one of two lines"),
        pytest.param([goods(1), goods(2)], {2: 1}, {1: 1}, [("L2", 1, 1, 0)], False, True, id="the other of two lines"),
        pytest.param([goods(1, 3)], {1: 2}, {}, [("L1", 2, 3, 0)], False, False, id="part of a line"),
        pytest.param([goods(1, 3)], {1: 1}, {1: 2}, [("L1", 1, 3, 2)], False, True, id="the rest of a line"),
        pytest.param([goods(1, 3, cancelled=1)], {1: 2}, {}, [("L1", 2, 2, 0)], True, True, id="what was cancelled is not waited for"),
        pytest.param([goods(1), goods(2, 1, cancelled=1)], {1: 1}, {}, [("L1", 1, 1, 0)], True, True, id="a cancelled line is no line"),
        pytest.param([goods(1), GIFT, POSTAGE], {1: 1, 9: 1}, {}, [("L1", 1, 1, 0)], True, True, id="gifts and services are not told"),
        pytest.param([goods(1), GIFT], {9: 1}, {1: 1}, [], False, True, id="a parcel with the gift alone"),
        pytest.param(SET, {2: 4, 3: 2}, {}, [("L1", 2, 2, 0)], True, True, id="bundles whole in one parcel"),
        pytest.param(SET, {2: 4}, {}, [], False, False, id="a bundle without all its parts has not left"),
        pytest.param(SET, {3: 2}, {2: 4}, [("L1", 2, 2, 0)], True, True, id="the parcel with the last part tells the bundle"),
        pytest.param(SET, {2: 3, 3: 1}, {}, [("L1", 1, 2, 0)], False, False, id="one bundle and a part of the next"),
        pytest.param(SET, {2: 1, 3: 1}, {2: 3, 3: 1}, [("L1", 1, 2, 1)], False, True, id="the rest of the next bundle"),
        pytest.param(HALF, {2: 2, 3: 1}, {}, [("L1", 1, 1, 0)], True, True, id="one of two bundles cancelled"),
        pytest.param([goods(1, 1)], {1: 2}, {}, [("L1", 1, 1, 0)], True, True, id="more than ordered is not told"),
    ],
)
def test_what_a_platform_is_told_of_a_parcel(lines, in_parcel, in_told, told, is_whole, is_last):
    tell = what_to_tell(lines, in_parcel, in_told)
    assert [(one.line_ref, one.quantity, one.quantity_ordered, one.quantity_told) for one in tell.lines] == told
    assert (tell.is_whole, tell.is_last) == (is_whole, is_last)
