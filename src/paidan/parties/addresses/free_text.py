"""A receiver as people paste him into a form: name, phone and address in one text, in any order. Pure."""

import re
from typing import Final

from msgspec import Struct

from paidan.parties.addresses.parse import parse_free_text

_PHONE: Final = re.compile(r"(?<![0-9])(?:\+?86[ -]?)?(1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4})(?![0-9])|(?<![0-9])(0[0-9]{2,3}-?[0-9]{7,8})(?![0-9])")
_LABEL: Final = re.compile(r"(?:收[货件]人?|联系人|姓名|名字|手机号?码?|电话|联系方式|地址|详细地址|所在地区|收货地址)\s*[:：]")
_BREAK: Final = re.compile(r"[\s,，;；、|/]+")
NAME_MAX: Final = 6  # characters; a longer word without a division's name is part of a street


class Recipient(Struct, frozen=True, kw_only=True):
    """What was found; what was not is empty."""

    name: str = ""
    phone: str = ""
    province: str = ""
    city: str = ""
    district: str = ""
    detail: str = ""

    def __repr__(self) -> str:
        """Nothing personal, wherever it may be printed."""
        return "Recipient(…)"


def read_recipient(text: str) -> Recipient:
    """Find the phone by its shape, the name as a short word at either end, and read the rest as an address."""
    line = _LABEL.sub(" ", text)
    found = _PHONE.search(line)
    phone = re.sub(r"[ -]", "", found[1]) if found and found[1] else found[2] if found else ""
    words = [word for word in _BREAK.split(_PHONE.sub(" ", line, count=1)) if word]
    name = next((word for word in (*words[:1], *words[-1:]) if _is_name(word)), "") if len(words) > 1 else ""
    if name:
        words.remove(name)
    place = parse_free_text(" ".join(words))
    return Recipient(name=name, phone=phone, province=place.province, city=place.city, district=place.district, detail=place.detail)


def _is_name(word: str) -> bool:
    return len(word) <= NAME_MAX and not any(char.isdigit() for char in word) and parse_free_text(word).adcode is None
