"""The default tables: complete, free of contradictions, and only legal moves."""

from collections import Counter

import pytest

from paidan.counterparts.carriers import CARRIERS, CARRIERS_BY_CODE, CARRIERS_BY_KUAIDI100, CARRIERS_BY_TAOBAO
from paidan.counterparts.qimen.translate import (
    DELIVERY_STATUS,
    ENTRY_STATUS,
    GRADE_BY_INVENTORY_TYPE,
    INVENTORY_TYPE_BY_GRADE,
    ORDER_TYPES,
    PROCESS_STATUS,
    STATUS_ROWS,
    StatusRow,
    next_state,
    rows_of,
)
from paidan.kernel.states import DOCUMENT_MOVES, FULFILMENT_MOVES
from paidan.kernel.states import DocumentState as D
from paidan.kernel.states import FulfilmentState as F

MOVES = {DELIVERY_STATUS: FULFILMENT_MOVES, PROCESS_STATUS: FULFILMENT_MOVES, ENTRY_STATUS: DOCUMENT_MOVES}


@pytest.mark.parametrize("row", STATUS_ROWS, ids=lambda row: f"{row.protocol} {row.code}")
def test_a_row_moves_legally_or_not_at_all(row: StatusRow) -> None:
    assert bool(row.moves_to) == bool(row.only_from)
    assert all((state, row.moves_to) in MOVES[row.protocol] for state in row.only_from)


def test_every_code_is_there_once() -> None:
    assert max(Counter((row.protocol, row.code) for row in STATUS_ROWS).values()) == 1
    assert len(rows_of(DELIVERY_STATUS)) == 9
    assert len(rows_of(PROCESS_STATUS)) == 22
    assert len(rows_of(ENTRY_STATUS)) == 9
    assert max(Counter(row.code for row in ORDER_TYPES).values()) == 1


@pytest.mark.parametrize(
    ("protocol", "code", "state", "expected"),
    [
        (PROCESS_STATUS, "PICK", F.RELEASED, F.ACCEPTED),
        (PROCESS_STATUS, "pick", F.RELEASED, F.ACCEPTED),
        (PROCESS_STATUS, "PICK", F.ACCEPTED, None),
        (PROCESS_STATUS, "ACCEPT", F.RECALLING, None),
        (PROCESS_STATUS, "PICK", F.SHIPPED, None),
        (PROCESS_STATUS, "DELIVERED", F.ACCEPTED, None),
        (PROCESS_STATUS, "SIGN", F.SHIPPED, F.DELIVERED),
        (PROCESS_STATUS, "CANCELEDFAIL", F.RECALLING, F.ACCEPTED),
        (PROCESS_STATUS, "NEW THING", F.RELEASED, None),
        (DELIVERY_STATUS, "DELIVERED", F.RELEASED, F.SHIPPED),
        (DELIVERY_STATUS, "PARTDELIVERED", F.SHIPPED, None),
        (DELIVERY_STATUS, "REJECT", F.RELEASED, F.REJECTED),
        (DELIVERY_STATUS, "CANCELED", F.SHIPPED, None),
        (ENTRY_STATUS, "FULFILLED", D.PART_DONE, D.DONE),
        (ENTRY_STATUS, "PARTFULFILLED", D.DONE, None),
    ],
)
def test_what_a_code_does_in_a_state(protocol: str, code: str, state: int, expected: int | None) -> None:
    assert next_state(rows_of(protocol), code, state) == expected


def test_grades_translate_both_ways() -> None:
    assert {grade: GRADE_BY_INVENTORY_TYPE[code] for grade, code in INVENTORY_TYPE_BY_GRADE.items()} == {1: 1, 2: 2}
    assert set(GRADE_BY_INVENTORY_TYPE.values()) == set(INVENTORY_TYPE_BY_GRADE)


def test_a_carrier_is_found_by_each_of_its_names() -> None:
    assert len(CARRIERS_BY_CODE) == len(CARRIERS)
    assert CARRIERS_BY_CODE["YUNDA"].kuaidi100 == "yunda"
    assert CARRIERS_BY_KUAIDI100["zhongtong"].code == CARRIERS_BY_TAOBAO["ZTO"].code == "ZTO"
    for names in (CARRIERS_BY_KUAIDI100, CARRIERS_BY_TAOBAO):
        assert len(names) == len(set(names))
