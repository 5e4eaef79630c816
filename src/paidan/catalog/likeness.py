"""Which SKU a listing may be: by its seller's code, by a barcode, by its title. Pure; a score of 0 to 100, and why.

Only what is the same (a code, a barcode, a code but for case and marks) can be sure, and only where nothing else comes close. What is alike is
proposed and never more: goods sent by a likeness are the wrong goods.

Likeness of titles: the share of the SKU's own words (pairs of Chinese characters, words of letters and digits) that stand in the title, rare ones
counting more (inverse document frequency). Likeness of codes: Dice's coefficient of their pairs of letters.
"""

import math
import re
import unicodedata
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final

from msgspec import Struct

SURE: Final = 90
RIVAL: Final = 86
"""From here on another SKU makes the best one doubtful."""
ALIKE_MAX: Final = 80
BOTH_ALIKE: Final = 6
NAME_SHARE_MIN: Final = 0.55
CODE_SHARE_MIN: Final = 0.7
CODE_MIN: Final = 4
COMMON: Final = 0.05
COMMON_MIN: Final = 50
MOST: Final = 3

_WORDS: Final = re.compile(r"[a-z]+|[0-9]+(?:\.[0-9]+)?|[^\W\d_a-z]+")
_MARKS: Final = re.compile(r"[\W_]+")
_GTIN_LENGTHS: Final = frozenset({8, 12, 13, 14})


class Why(StrEnum):
    """What speaks for a SKU."""

    SAME_CODE = "same_code"
    SAME_BARCODE = "same_barcode"
    SAME_BUT_MARKS = "same_but_marks"
    ALIKE_CODE = "alike_code"
    ALIKE_NAME = "alike_name"


EXACT: Final = {Why.SAME_CODE: 100, Why.SAME_BARCODE: 98, Why.SAME_BUT_MARKS: 92}


class Goods(Struct, frozen=True, kw_only=True):
    """A SKU as it is compared; `title` is its product's name with its own."""

    code: str
    name: str
    title: str
    barcodes: tuple[str, ...] = ()


class Offered(Struct, frozen=True, kw_only=True):
    """A listing as it is compared."""

    merchant_code: str
    title: str
    refs: tuple[str, ...] = ()


class Suggestion(Struct, frozen=True, kw_only=True):
    """A SKU that a listing may be, how likely (0 to 100), and what speaks for it."""

    sku_code: str
    sku_name: str
    score: int
    why: tuple[Why, ...]


def plain(code: str) -> str:
    """A code without case and marks, full-width letters as usual ones: "ab-01 " is "AB01". Between digits a mark tells: "M2.5" is not "M25"."""
    text = unicodedata.normalize("NFKC", code).strip()
    return _MARKS.sub(lambda found: "-" if _is_between_digits(text, found.start(), found.end()) else "", text).upper()


def _is_between_digits(text: str, start: int, end: int) -> bool:
    return start > 0 and end < len(text) and text[start - 1].isdecimal() and text[end].isdecimal()


def is_gtin(text: str) -> bool:
    """Whether it is a trade item number by its length and check digit (GS1 General Specifications, 7.9): not just any short number of a platform."""
    if len(text) not in _GTIN_LENGTHS or not (text.isascii() and text.isdecimal()):
        return False
    return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(text))) % 10 == 0


def words_of(text: str) -> frozenset[str]:
    """What is compared of a title: pairs of Chinese characters, whole words of letters, numbers."""
    found: set[str] = set()
    for word in _WORDS.findall(unicodedata.normalize("NFKC", text).lower()):
        if word.isascii() or len(word) == 1:
            found.add(word)
        else:
            found.update(word[at : at + 2] for at in range(len(word) - 1))
    return frozenset(found)


def pairs_of(code: str) -> frozenset[str]:
    """Pairs of neighbours in a plain code."""
    return frozenset(code[at : at + 2] for at in range(len(code) - 1))


def is_sure(suggestions: Sequence[Suggestion]) -> bool:
    """Whether the first can be taken unseen: the same by code or barcode, and no other comes close."""
    return bool(suggestions) and suggestions[0].score >= SURE and all(other.score < RIVAL for other in suggestions[1:])


class LikenessIndex:
    """All SKUs by their codes, barcodes and words. Built once for a catalogue; what it tells changes nothing, so threads may share it."""

    def __init__(self, goods: Iterable[Goods]) -> None:
        self._goods = list(goods)
        self._by_code = {one.code: n for n, one in enumerate(self._goods)}
        self._by_barcode: defaultdict[str, list[int]] = defaultdict(list)
        self._by_plain: defaultdict[str, list[int]] = defaultdict(list)
        self._by_word: defaultdict[str, array[int]] = defaultdict(lambda: array("l"))
        self._by_pair: defaultdict[str, array[int]] = defaultdict(lambda: array("l"))
        for n, one in enumerate(self._goods):
            self._by_plain[plain(one.code)].append(n)
            for barcode in one.barcodes:
                self._by_barcode[barcode].append(n)
            for word in words_of(one.title):
                self._by_word[word].append(n)
            for pair in pairs_of(plain(one.code)):
                self._by_pair[pair].append(n)
        self._common = max(COMMON_MIN, int(len(self._goods) * COMMON))
        self._weight_by_word = {word: math.log(1 + len(self._goods) / len(found)) for word, found in self._by_word.items()}

    def suggest(self, offered: Offered, most: int = MOST) -> tuple[Suggestion, ...]:
        """The likeliest SKUs, the best first."""
        told: defaultdict[int, dict[Why, int]] = defaultdict(dict)
        for why, found in self._same(offered):
            for n in found:
                told[n][why] = EXACT[why]
        for n, share in self._alike_codes(plain(offered.merchant_code)).items():
            told[n][Why.ALIKE_CODE] = round(ALIKE_MAX * share)
        for n, share in self._alike_names(words_of(offered.title)).items():
            told[n][Why.ALIKE_NAME] = round(ALIKE_MAX * share)
        scored = sorted(((_score(whys), n) for n, whys in told.items()), key=lambda pair: (-pair[0], self._goods[pair[1]].code))
        return tuple(self._told(n, score, told[n]) for score, n in scored[:most])

    def sure(self, offered: Offered) -> Suggestion | None:
        """The SKU that can be taken unseen, if there is one: what is only alike never comes close enough to matter."""
        told: defaultdict[int, dict[Why, int]] = defaultdict(dict)
        for why, found in self._same(offered):
            for n in found:
                told[n][why] = EXACT[why]
        scored = sorted(((_score(whys), n) for n, whys in told.items()), reverse=True)
        suggestions = [self._told(n, score, told[n]) for score, n in scored]
        return suggestions[0] if is_sure(suggestions) else None

    def _told(self, n: int, score: int, whys: dict[Why, int]) -> Suggestion:
        same = tuple(why for why in Why if why in whys and why in EXACT)
        return Suggestion(
            sku_code=self._goods[n].code,
            sku_name=self._goods[n].name,
            score=score,
            why=(same[:1] if Why.SAME_CODE in same else same)
            + tuple(why for why in Why if why in whys and why not in EXACT and not _is_said(why, same)),
        )

    def _same(self, offered: Offered) -> Iterable[tuple[Why, Sequence[int]]]:
        code = offered.merchant_code.strip()
        if code in self._by_code:
            yield Why.SAME_CODE, (self._by_code[code],)
        # A platform numbers its items as it likes; only what is a trade item number can be the one on the goods.
        for barcode in ({code} | {ref for ref in offered.refs if is_gtin(ref)}) - {""}:
            yield Why.SAME_BARCODE, self._by_barcode.get(barcode, ())
        if plain(code):
            yield Why.SAME_BUT_MARKS, self._by_plain.get(plain(code), ())

    def _alike_codes(self, code: str) -> dict[int, float]:
        if len(code) < CODE_MIN:
            return {}
        pairs = pairs_of(code)
        common = Counter(n for pair in pairs for n in self._rare(self._by_pair.get(pair)))
        found = {n: len(pairs & pairs_of(plain(self._goods[n].code))) for n, _ in common.most_common(20)}
        shares = {n: 2 * shared / (len(pairs) + len(pairs_of(plain(self._goods[n].code)))) for n, shared in found.items()}
        return {n: share for n, share in shares.items() if share >= CODE_SHARE_MIN}

    def _alike_names(self, words: frozenset[str]) -> dict[int, float]:
        common: Counter[int] = Counter()
        for word in words:
            for n in self._rare(self._by_word.get(word)):
                common[n] += 1
        shares = {n: self._share(words, n) for n, _ in common.most_common(50)}
        return {n: share for n, share in shares.items() if share >= NAME_SHARE_MIN}

    def _share(self, words: frozenset[str], n: int) -> float:
        """How much of a SKU's name stands in the title."""
        own = words_of(self._goods[n].title)
        whole = sum(self._weight_by_word[word] for word in own)
        return sum(self._weight_by_word[word] for word in own & words) / whole if len(own) > 1 else 0.0

    def _rare(self, found: "array[int] | None") -> Sequence[int]:
        """Words of every other SKU point at none."""
        return found if found is not None and len(found) <= self._common else ()


def _is_said(why: Why, same: Sequence[Why]) -> bool:
    """A code that is the same is alike as well: that is no second reason."""
    return why == Why.ALIKE_CODE and bool({Why.SAME_CODE, Why.SAME_BUT_MARKS} & set(same))


def _score(whys: dict[Why, int]) -> int:
    exact = max((score for why, score in whys.items() if why in EXACT), default=0)
    return exact or min(max(whys.values()) + (BOTH_ALIKE if len(whys) > 1 else 0), ALIKE_MAX + BOTH_ALIKE - 1)
