"""The Online Retail invoices as packaged (data/README.md), column by column, nothing cleaned."""

import csv
import io
import lzma
import re
from array import array
from collections import Counter
from collections.abc import Sequence
from functools import cache
from importlib import resources
from itertools import accumulate
from typing import Final

from msgspec import Struct

# Codes of carriage, fees, discounts and adjustments: nothing that lies on a shelf.
SERVICE_CODES: Final = frozenset({"POST", "DOT", "C2", "M", "D", "S", "B", "BANK CHARGES", "AMAZONFEE", "CRUK"})
_VOUCHER: Final = re.compile(r"GIFT_\d+_\d+")
NO_DESCRIPTION: Final = "Unknown"  # stands in the set where the shop had no description
FIELD_MAX: Final = 1 << 20  # characters; the longest column has some hundred thousand
HOME: Final = frozenset({"United Kingdom", "Unspecified"})


class Retail(Struct, frozen=True):
    """The set. Lines of invoice i are `starts[i] : starts[i + 1]`. Codes are upper case, so that `15056bl` and `15056BL` are one SKU."""

    codes: tuple[str, ...]  # by index; lines and `names`, `prices` refer to it
    names: tuple[str, ...]  # the description used most, without remarks of stock takers
    prices: tuple[int, ...]  # GBP/1000, the price used most; 0 when never sold
    popularity: tuple[int, ...]  # lines of the code in the set
    descriptions: tuple[str, ...]
    invoice_no: tuple[str, ...]
    customer: tuple[str, ...]  # empty: not known
    country: tuple[str, ...]
    starts: Sequence[int]
    line_code: Sequence[int]
    line_description: Sequence[int]
    line_quantity: Sequence[int]
    line_price: Sequence[int]  # GBP/1000
    taken_back: frozenset[int]  # lines that a later cancellation takes back


def columns_of(name: str) -> dict[str, list[str]]:
    """A packaged columnar table: each record is a column, its name first."""
    limit = csv.field_size_limit(FIELD_MAX)
    try:
        return {record[0]: record[1:] for record in csv.reader(io.StringIO(text_of(name)))}
    finally:
        csv.field_size_limit(limit)  # it is the whole process's: files of strangers are read beside


def text_of(name: str) -> str:
    """A packaged table as text, unpacked when it ends in .xz."""
    raw = resources.files(__package__).joinpath("data", name).read_bytes()
    return (lzma.decompress(raw) if name.endswith(".xz") else raw).decode()


def is_service(code: str) -> bool:
    """Is the code postage, a fee, an adjustment or a voucher?"""
    return code in SERVICE_CODES or _VOUCHER.fullmatch(code) is not None


@cache
def load_retail() -> Retail:
    """The set, read once (about a second, 60 MB)."""
    columns = columns_of("retail.csv.xz")
    codes, folded = fold_case(columns["stock_code"])
    countries = columns["country"]
    line_code = array("i", map(folded.__getitem__, map(int, columns["stock_index"])))
    line_description = array("i", map(int, columns["description_index"]))
    line_price = array("i", map(int, columns["price_milli"]))
    popularity = Counter(line_code)
    return Retail(
        codes=codes,
        names=names_of(codes, Counter(zip(line_code, line_description, strict=True)), columns["description"]),
        prices=prices_of(codes, Counter(zip(line_code, line_price, strict=True))),
        popularity=tuple(popularity[i] for i in range(len(codes))),
        descriptions=tuple("" if text == NO_DESCRIPTION else text for text in columns["description"]),
        invoice_no=tuple(columns["invoice_no"]),
        customer=tuple(columns["customer"]),
        country=tuple(countries[int(i)] for i in columns["country_index"]),
        starts=array("i", (0, *accumulate(map(int, columns["line_count"])))),
        line_code=line_code,
        line_description=line_description,
        line_quantity=array("i", map(int, columns["quantity"])),
        line_price=line_price,
        taken_back=frozenset(map(int, columns["taken_back_line"])),
    )


def fold_case(written: list[str]) -> tuple[tuple[str, ...], list[int]]:
    """Codes in upper case, and for every code as written its index among them."""
    index: dict[str, int] = {}
    folded = [index.setdefault(code.strip().upper(), len(index)) for code in written]
    return tuple(index), folded


def names_of(codes: tuple[str, ...], uses: Counter[tuple[int, int]], descriptions: list[str]) -> tuple[str, ...]:
    """For every code the description used most; remarks are told by their lower case (`damaged`, `?`)."""
    best: dict[int, tuple[int, str]] = {}
    for (code, description), count in sorted(uses.items()):
        text = " ".join(descriptions[description].split())
        if text.upper() == text and any(letter.isalpha() for letter in text) and count > best.get(code, (0, ""))[0]:
            best[code] = (count, text)
    return tuple(best.get(i, (0, code))[1] for i, code in enumerate(codes))


def prices_of(codes: tuple[str, ...], uses: Counter[tuple[int, int]]) -> tuple[int, ...]:
    """For every code the price above zero used most, the lower on ties."""
    best: dict[int, tuple[int, int]] = {}
    for (code, price), count in sorted(uses.items()):
        if price > 0 and count > best.get(code, (0, 0))[0]:
            best[code] = (count, price)
    return tuple(best.get(i, (0, 0))[1] for i in range(len(codes)))
