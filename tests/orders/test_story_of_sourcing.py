"""What `explain` tells of a choice: every warehouse, and the best split beside it."""

import pytest

from paidan.orders.store import pack
from paidan.orders.story import Story, Teller
from scene import NOW

HEAD = ("SO1", "P1", "S1", "一店", "direct", 50, "", NOW, NOW, NOW, "CNY", 1000, "", "", "", "", "", "Asia/Shanghai")
CANDIDATES = [[1, 0, -1, 5, "short_of_stock"], [2, 9, 3200, 900, "dearer"]]


def told(language, **split):
    sourced = {"cost": 1100, "aim": "cheapest", "policy": 0, "parcels": [[1, 9, 500, 500, 300]], "candidates": CANDIDATES, "split": split}
    story = Story(
        head=HEAD,
        lines=[],
        holds=[],
        fulfilments=[],
        parcels=[],
        timeline=[(NOW, "system", pack([("sourced", sourced)]))],
        warehouses={1: "A 杭州", 2: "B 成都", 3: "C 上海"},
        carriers={9: "ZTO"},
    )
    return list(Teller(story, language).tell())


@pytest.mark.parametrize(
    ("language", "reason", "words"),
    [("en", "", ["best split", "11.50", "chosen"]), ("zh", "dearer", ["拆单", "11.50", "✗"]), ("zh", "", ["拆单", "✓ 选中"])],
)
def test_the_best_split_is_told_with_its_cost_and_its_end(language, reason, words):
    [line] = [line for line in told(language, cost=1150, parcels=[[1, 9, 500, 500, 300], [3, 9, 600, 600, 900]], reason=reason) if "C 上海" in line]
    assert all(word in line for word in [*words, "A 杭州 5.00", "C 上海 6.00"])


def test_without_a_split_nothing_is_told_of_one():
    assert not [line for line in told("en") if "best split" in line]
