"""The one search box: numbers (up to five hundred), a phone or its tail, a waybill, a fulfilment, a SKU or barcode, the initials of names."""

import re
from typing import Final, Literal

from msgspec import Struct

from paidan.entrypoints.api.lists.compose import matching, read_question
from paidan.entrypoints.api.lists.initials import queries, refresh
from paidan.entrypoints.api.lists.kinds import Moment
from paidan.entrypoints.api.people.caller import Caller
from paidan.entrypoints.api.problems import invalid
from paidan.kernel import expected
from paidan.orders.fulfilment_no import read_fulfilment_no
from paidan.parties.masks import digits_of
from paidan.runtime.database import Tx

NUMBERS_MAX: Final = 500
FOUND_MAX: Final = 500
NUMBER_LENGTH_MAX: Final = 128
_BETWEEN: Final = re.compile(r"[\s,;|，；、]+")
_PHONE: Final = re.compile(r"\+?[0-9][0-9 -]{5,18}[0-9]|[0-9]{4}")
_INITIALS: Final = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9]{2,20}")  # digits alone are a number, and no name's initials


class Found(Struct, frozen=True, kw_only=True):
    """Order numbers found, newest first when it was no list of numbers; `missing`: what stands for nothing; `is_cut`: there are more."""

    kind: Literal["numbers", "phone", "sku", "initials", "nothing"]
    found: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    is_cut: bool = False


def find(tx: Tx, text: str, caller: Caller, moment: Moment) -> Found:
    """What the text means: the first meaning that finds anything. Raises Refused for more than five hundred numbers."""
    asked = list(dict.fromkeys(filter(None, _BETWEEN.split(text.strip()))))
    if len(asked) > NUMBERS_MAX:
        raise invalid("text", expected=expected.at_most_numbers(NUMBERS_MAX))
    numbers = _numbers(tx, asked, caller)
    if numbers.found or len(asked) != 1:
        return numbers
    [word] = asked
    for meaning in (_by_phone, _by_sku, _by_initials):
        found = meaning(tx, word, caller, moment)
        if found is not None and found.found:
            return found
    return Found(kind="nothing", missing=(word,))


def _numbers(tx: Tx, asked: list[str], caller: Caller) -> Found:
    wanted = [number for number in asked if len(number) <= NUMBER_LENGTH_MAX and "\0" not in number]
    orders_by_number: dict[str, list[str]] = {}
    fulfilments = [told and told[0] for told in (read_fulfilment_no(number.upper()) for number in wanted)]
    for number, order_no in tx.execute(queries.find_numbers, {"numbers": wanted, "fulfilments": fulfilments, **caller.sees}):
        orders_by_number.setdefault(number, []).append(order_no)
    found = dict.fromkeys(order_no for number in asked for order_no in orders_by_number.get(number, ()))
    missing = tuple(number for number in asked if number not in orders_by_number)
    return Found(kind="numbers" if found else "nothing", found=tuple(found)[:FOUND_MAX], missing=missing, is_cut=len(found) > FOUND_MAX)


def _by_phone(tx: Tx, word: str, caller: Caller, moment: Moment) -> Found | None:
    return _by_filter(tx, "phone", f"phone:is:{digits_of(word)}", caller, moment) if _PHONE.fullmatch(word) else None


def _by_sku(tx: Tx, word: str, caller: Caller, moment: Moment) -> Found | None:
    if "\0" in word or len(word) > NUMBER_LENGTH_MAX:
        return None
    codes = [row[0] for row in tx.execute(queries.find_skus, {"code": word})]
    codes = [code for code in codes if "|" not in code]
    return _by_filter(tx, "sku", f"sku:is:{'|'.join(codes)}", caller, moment) if codes else None


def _by_filter(tx: Tx, kind: Literal["phone", "sku"], filter_: str, caller: Caller, moment: Moment) -> Found:
    ids = matching(tx, read_question([filter_], "", caller, moment), FOUND_MAX + 1, is_newest=True)
    rows = tx.execute(queries.numbers_of, {"ids": ids[:FOUND_MAX]})
    return Found(kind=kind, found=tuple(row[0] for row in rows), is_cut=len(ids) > FOUND_MAX)


def _by_initials(tx: Tx, word: str, caller: Caller, moment: Moment) -> Found | None:
    del moment
    if not _INITIALS.fullmatch(word):
        return None
    refresh(tx)
    rows = tx.execute(queries.find_by_initials, {"initials": word.lower(), "limit": FOUND_MAX + 1, **caller.sees}).fetchall()
    return Found(kind="initials", found=tuple(row[0] for row in rows[:FOUND_MAX]), is_cut=len(rows) > FOUND_MAX)
