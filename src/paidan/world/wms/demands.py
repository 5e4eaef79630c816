"""What a body must hold. Names are those of the Qimen metadata that carry its required flag."""

import re
from collections.abc import Iterable
from typing import Final

from lxml.etree import _Element as Element

from paidan.world.carrier.chinatime import read_time
from paidan.world.wms.markup import text
from paidan.world.wms.refused import Refused, Trouble

_QUANTITY: Final = re.compile(r"[0-9]{1,9}")
_CODE_LENGTH_MAX: Final = 50
_CONTACT: Final = ("name", "mobile", "province", "city", "detailAddress")
PAGE_SIZE_MAX: Final = 100
INVENTORY_TYPES: Final = ("ZP", "CC", "JS", "XS", "ZT")


def demand_child(element: Element, name: str) -> Element:
    """Give the child; Refused when it is missing."""
    child = element.find(name)
    if child is None:
        raise Refused(Trouble.MISSING, f"{name} is missing")
    return child


def demand_list(element: Element, path: str) -> list[Element]:
    """Give the repeated elements at `wrapper/element`; Refused when there is none."""
    found: list[Element] = element.findall(path)
    if not found:
        raise Refused(Trouble.MISSING, f"{path} is missing")
    return found


def demand(element: Element, names: Iterable[str]) -> dict[str, str]:
    """Give the texts of required children; Refused names the first that is missing or empty."""
    found = {}
    for name in names:
        value = text(element, name)
        if not value:
            raise Refused(Trouble.MISSING, f"{element.tag}/{name} is missing")
        found[name] = value
    return found


def demand_code(value: str, name: str) -> str:
    """Give a document code back; Refused when it is too long to store."""
    if len(value) > _CODE_LENGTH_MAX:
        raise Refused(Trouble.MALFORMED, f"{name} is longer than {_CODE_LENGTH_MAX}")
    return value


def demand_times(values: dict[str, str], names: Iterable[str]) -> None:
    """Refused when a time is not written `2026-01-01 12:00:00`."""
    for name in names:
        if read_time(values[name]) is None:
            raise Refused(Trouble.MALFORMED, f"{name} is not a time")


def demand_quantity(value: str, name: str) -> int:
    """Read a positive whole number; Refused for zero, negative, fractional."""
    if not _QUANTITY.fullmatch(value) or int(value) == 0:
        raise Refused(Trouble.MALFORMED, f"{name} is not a positive whole number")
    return int(value)


def demand_word(value: str, allowed: Iterable[str], name: str) -> str:
    """Give a word of a closed list back."""
    if value not in allowed:
        raise Refused(Trouble.MALFORMED, f"{name} is not one of {', '.join(allowed)}")
    return value


def demand_contact(element: Element, name: str) -> Element:
    """Give a contact block that is complete."""
    contact = demand_child(element, name)
    demand(contact, _CONTACT)
    return contact


def demand_page(root: Element) -> tuple[int, int]:
    """Read page and pageSize as (offset, size); at most 100 a page."""
    page = demand_quantity(text(root, "page"), "page")
    size = demand_quantity(text(root, "pageSize"), "pageSize")
    if size > PAGE_SIZE_MAX:
        raise Refused(Trouble.MALFORMED, f"pageSize is above {PAGE_SIZE_MAX}")
    return (page - 1) * size, size
