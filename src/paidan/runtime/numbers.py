"""Human numbers (单号) from a pattern: `SO{yymmdd}{gene:2}{seq:6}{check}` → `SO26030217000042` and a check digit.

{yyyy} {yy} {mm} {dd} {yymmdd} {yyyymmdd}  the business date
{gene:n}    the bucket of the order, so that lookups by number go to one shard; n digits
{seq:n}     counts within the date part (for ever without one); wider than n digits when it outgrows them, never from 0 again
{check}     a digit over all digits before it, at the end only: Luhn mod 10 (ISO/IEC 7812-1, annex B); {check97}: two digits, ISO 7064 MOD 97-10

A widened sequence can't meet another number: an `n`-digit count never starts with 0 beyond its width, and the parts before it are of fixed width.
"""

import re
from collections.abc import Sequence
from datetime import date
from functools import cache, lru_cache
from threading import Lock
from typing import Final

from msgspec import Struct

from paidan.runtime.database import Database
from paidan.runtime.queries import load_queries

PART: Final = re.compile(r"\{(?P<name>[a-z0-9]+)(?::(?P<width>\d))?\}|(?P<text>[A-Z0-9-]+)")
DATES: Final = {"yyyy": "%Y", "yy": "%y", "mm": "%m", "dd": "%d", "yymmdd": "%y%m%d", "yyyymmdd": "%Y%m%d"}
CHECKS: Final = {"check": 1, "check97": 2}
NO_DIGITS: Final = bytes(set(range(256)) - set(b"0123456789"))
DOUBLED: Final = bytes.maketrans(b"0123456789", bytes((0, 2, 4, 6, 8, 1, 3, 5, 7, 9)))  # twice a digit, digits of the product added
BLOCK: Final = 256  # numbers fetched at once; those left at exit are lost: gaps are fine, repeats are not
BLOCKS_KEPT: Final = 64  # the ones used last: yesterday's are of no more use

queries = load_queries("paidan.runtime")


class Part(Struct, frozen=True):
    """One part of a pattern; `width` in digits, 0 where it has none."""

    name: str
    text: str = ""
    width: int = 0


class NumberSource:
    """Hands out numbers that are unique for ever among all processes of the merchant. Threads may share it."""

    def __init__(self, database: Database, *, block: int = BLOCK) -> None:
        self._database = database
        self._block = block
        self._lock = Lock()
        self._left: dict[tuple[str, str], range] = {}

    def take(self, pattern: str, n: int, on_date: date, genes: Sequence[int] = ()) -> list[str]:
        """`n` new numbers of `pattern` for the business date; `genes` gives each its bucket when the pattern has {gene}.

        Raises ValueError for a pattern that could repeat a number, or genes that do not fit.
        """
        parts = parse(pattern)
        has_gene = any(part.name == "gene" for part in parts)
        if has_gene and len(genes) != n:
            raise ValueError(f"{pattern}: one gene per number, {len(genes)} for {n}")
        counts = self._counts(pattern, _period(parts, on_date), n)
        dated = _dated(parts, on_date)
        return [_render(dated, count, gene) for count, gene in zip(counts, genes if has_gene else [0] * n, strict=True)]

    def _counts(self, pattern: str, period: str, n: int) -> list[int]:
        """The next `n` counts, from what is left of the block and, when that ends, from a new one."""
        with self._lock:
            left = self._left.get((pattern, period), range(0))
            counts = list(left[:n])
            left = left[n:]
            if missing := n - len(counts):
                fetched = self._fetch(pattern, period, max(missing, self._block))
                counts += fetched[:missing]
                left = fetched[missing:]
            self._left.pop((pattern, period), None)
            self._left[pattern, period] = left
            if len(self._left) > BLOCKS_KEPT:
                del self._left[next(iter(self._left))]
            return counts

    def _fetch(self, pattern: str, period: str, n: int) -> range:
        with self._database.transaction(aside=True) as tx:
            row = tx.execute(queries.take_number_block, {"pattern": pattern, "period": period, "count": n}).fetchone()
        if row is None:
            raise RuntimeError("an upsert returns its row")
        return range(row[0] - n, row[0])


@cache
def parse(pattern: str) -> tuple[Part, ...]:
    """Read a pattern. Raises ValueError for one that can't be read or could give the same number twice."""
    parts: list[Part] = []
    place = 0
    while place < len(pattern):
        match = PART.match(pattern, place)
        if match is None:
            raise ValueError(f"{pattern}: cannot be read from {pattern[place:]!r} on; plain text is A-Z, 0-9 and -")
        parts.append(_part(pattern, match))
        place = match.end()
    names = [part.name for part in parts]
    after = names[names.index("seq") + 1 :] if names.count("seq") == 1 else ["?"]
    if after and (len(after) > 1 or after[0] not in CHECKS):
        # Anything but a check digit behind the count could make 1·12 and 11·2 the same number.
        raise ValueError(f"{pattern}: needs exactly one {{seq:n}}, followed by nothing but {{check}}")
    if any(name in CHECKS for name in names[:-1]) or names.count("gene") > 1:
        raise ValueError(f"{pattern}: a check digit stands last, a gene once")
    return tuple(parts)


def render(parts: Sequence[Part], on_date: date, count: int, gene: int = 0) -> str:
    """Write one number. Raises ValueError for a gene wider than its place."""
    return _render(_dated(tuple(parts), on_date), count, gene)


def check_digits(text: str, kind: str = "check") -> str:
    """Check digits over the digits of `text` (letters and dashes do not count)."""
    digits = text.encode().translate(None, NO_DIGITS)
    if kind == "check97":
        return f"{98 - int(digits or b'0') * 100 % 97:02d}"
    # Summing bytes runs in C; each character is 48 more than its digit, doubled ones are mapped to digits.
    plain = digits[-2::-2]
    total = sum(plain) - 48 * len(plain) + sum(digits[::-2].translate(DOUBLED))
    return str(-total % 10)


def is_valid(number: str, pattern: str) -> bool:
    """Whether the check digits of a number typed by a person are right. True for patterns without."""
    last = parse(pattern)[-1].name
    width = CHECKS.get(last)
    return width is None or check_digits(number[:-width], last) == number[-width:]


def _part(pattern: str, match: re.Match[str]) -> Part:
    if match["text"]:
        return Part("text", match["text"])
    name, width = match["name"], int(match["width"] or 0)
    if name in DATES or name in CHECKS:
        return Part(name)
    if name in {"gene", "seq"} and width:
        return Part(name, width=width)
    raise ValueError(f"{pattern}: unknown part {match[0]}; {{gene:n}} and {{seq:n}} need a width")


def _period(parts: Sequence[Part], on_date: date) -> str:
    """The date parts as written: the count starts again when they change, and what is written then differs."""
    return "-".join(on_date.strftime(DATES[part.name]) for part in parts if part.name in DATES)


@lru_cache(maxsize=256)
def _dated(parts: tuple[Part, ...], on_date: date) -> tuple[Part, ...]:
    """The pattern with its dates written out and joined to the text around them: done once a day, not once a number."""
    dated: list[Part] = []
    for part in parts:
        fixed = part.text if part.name == "text" else on_date.strftime(DATES[part.name]) if part.name in DATES else None
        if fixed is None:
            dated.append(part)
        elif dated and dated[-1].name == "text":
            dated[-1] = Part("text", dated[-1].text + fixed)
        else:
            dated.append(Part("text", fixed))
    return tuple(dated)


def _render(dated: Sequence[Part], count: int, gene: int) -> str:
    text = ""
    for part in dated:
        if part.name == "text":
            text += part.text
        elif part.name == "seq":
            text += str(count).zfill(part.width)
        elif part.name == "gene":
            text += _gene(gene, part.width)
        else:
            text += check_digits(text, part.name)
    return text


def _gene(gene: int, width: int) -> str:
    if not 0 <= gene < 10**width:
        raise ValueError(f"gene {gene} does not fit {width} digits")
    return str(gene).zfill(width)
