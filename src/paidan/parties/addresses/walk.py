"""Reads names of divisions from the start of a text, from the province downwards. Pure; ambiguity stays visible."""

import re
from typing import Final

from msgspec import Struct

from paidan.parties.addresses.divisions import EMPTY_NAMES, Atlas, Division, atlas

FULL, SHORT, VARIANT = 0, 1, 2
SEPARATORS: Final = frozenset(" \t,，.。、·/|-_－—:：;；")
# A short name followed by one of these is the name of something else: 南京东路, 朝阳门, 上海大学.
_NOT_A_DIVISION: Final = re.compile(
    r"(?:村|镇|乡|里|公园|广场|大厦|花园|小区|社区|酒店|宾馆|饭店|银行|大学(?!城)|学院|医院|寺|口|庄|河|湖|山|江|证券|电视)"
    r"|[东西南北中]?[一二三四五六七八九十]{0,2}[东西南北中]?(?:路|街|道|大道|巷|弄|桥|站|胡同|门)",
)


class Step(Struct, frozen=True):
    """Where a reading stands. `node` is None before the first name."""

    node: Division | None
    position: int
    full_names: int = 0
    names: int = 0
    worst: int = FULL
    inferred: bool = False  # an upper level was not written

    @property
    def depth(self) -> int:
        """0 nothing, 1 province, 2 city, 3 district or zone."""
        return 0 if self.node is None else {"province": 1, "city": 2}.get(self.node.level, 3)


def is_above(upper: Division, lower: Division, by_code: dict[str, Division]) -> bool:
    """Does `lower` lie in `upper`, one or two levels down?"""
    if lower.parent == upper.adcode:
        return True
    parent = by_code.get(lower.parent)
    return parent is not None and parent.parent == upper.adcode


def advance(text: str, step: Step, book: Atlas) -> list[Step]:
    """All readings of the next name; the longest name that fits where the reading stands wins."""
    position = step.position
    while position < len(text) and text[position] in SEPARATORS:
        position += 1
    if position >= len(text):
        return []
    for length in book.lengths_by_first.get(text[position], ()):
        word = text[position : position + length]
        if len(word) == length:
            found = readings(word, text, position + length, step, book)
            if found:
                return found
    return []


def readings(word: str, text: str, end: int, step: Step, book: Atlas) -> list[Step]:
    """The readings of one word that ends at `end`: names below the node, or the node and its parents said again."""
    node = step.node
    same = Step(node, end, step.full_names, step.names, step.worst, step.inferred)
    found, is_repeat = [], False
    for division, quality in book.by_name.get(word, ()):
        if quality == SHORT and _NOT_A_DIVISION.match(text, end) and not advance(text, Step(division, end), book):
            continue
        if node is not None and (division is node or is_above(division, node, book.by_code)):
            is_repeat = True
            continue
        if node is not None and not is_above(node, division, book.by_code):
            continue
        skipped = step.inferred or (division.level != "province" if node is None else is_inferred(node, division))
        found.append(
            Step(division, end, step.full_names + (quality == FULL), step.names + 1, max(step.worst, weight(division, quality)), skipped),
        )
    if is_repeat and not any(each.full_names > step.full_names for each in found):
        return [same]
    if not found and word in EMPTY_NAMES and (end == len(text) or text[end] in SEPARATORS or len(word) > 3):  # noqa: PLR2004 - 县, 无 only alone
        return [same]
    best = min((each.worst for each in found), default=0)
    return [each for each in found if each.worst == best] if best < VARIANT else found


def is_inferred(node: Division, division: Division) -> bool:
    """Was the city between a province and a district left out?"""
    return division.parent != node.adcode and division.parent[2:] != "0100"


def weight(division: Division, quality: int) -> int:
    """A province or city without its kind (`浙江`, `杭州`) is as good as its full name."""
    return FULL if quality == SHORT and division.level in {"province", "city"} else quality


def walk(text: str, starts: list[Step]) -> list[Step]:
    """The deepest readings of the text's beginning; more than one means that the names fit several divisions."""
    book, ended, open_steps = atlas(), [], starts
    while open_steps:
        following = []
        for step in open_steps:
            found = advance(text, step, book)
            if found:
                following += found
            else:
                ended.append(step)
        open_steps = following
    return best_of(ended)


def best_of(steps: list[Step]) -> list[Step]:
    """The readings that reach deepest and furthest, each division once; a province stands before its namesake city when nothing follows."""
    top = max(((step.position > 0, step.names, step.position, -step.worst) for step in steps), default=None)
    kept: dict[str, Step] = {}
    for step in steps:
        if (step.position > 0, step.names, step.position, -step.worst) == top:
            kept.setdefault(step.node.adcode if step.node else "", step)
    found = list(kept.values())
    if len(found) > 1:
        shallowest = min(step.depth for step in found)
        highest = [step for step in found if step.depth == shallowest]
        if len(highest) == 1 and shallowest < 3:  # noqa: PLR2004 - a province or city beats the districts of the same name
            return highest
    return found
