"""Message bodies as people may see them: whatever names, phones or addresses may stand in, is hidden. Pure.

A body is opened as JSON, XML or a form; JSON and XML inside of text are opened as well. A value is hidden when its field, or a field around it,
speaks of a person; elsewhere phones and mail addresses are hidden by their shape. A body that can't be opened is hidden whole: what is not
understood is not shown.
"""

import json
import re
from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import parse_qsl

from lxml import etree

HIDDEN: Final = "***"
SIZE_MAX: Final = 2 * 1024 * 1024
DEPTH_MAX: Final = 40

# Parts of field names, lower case, without separators. Around a person everything but the region is hidden.
PERSONAL: Final = (
    "name", "phone", "mobile", "tel", "fax", "address", "addr", "detail", "street", "town", "zip", "postcode", "postal", "email", "mail", "remark",
    "memo", "note", "message", "nick", "buyer", "idcard", "idno", "identity", "latitude", "longitude", "receiver", "consignee", "contact", "customer",
    "recipient", "sender", "openuid", "oaid", "ip", "birthday", "gender", "wechat", "qq", "alipay",
)  # fmt: skip
AROUND: Final = ("receiver", "address", "addr", "customer", "contact", "consignee", "recipient", "sender", "buyer", "clientdetails")
# Names of things, not of people.
HARMLESS: Final = frozenset(
    (
        "itemname skuname goodsname productname shopname warehousename logisticsname carriername variantname skupropertiesname methodname tagname "
        "vendorname displayname shipmethod shippinglines description zipped customerid messageid messagetype detailorderid ordername filename "
        "expresscompanyname shipbyat quantityshipped"
    ).split()
)
REGIONS: Final = frozenset(
    {
        "province", "provincecode", "city", "district", "county", "state", "country", "countrycode", "area", "receiverstate", "receivercity",
        "receiverdistrict", "receivercountry", "receiverprovince",
    },
)  # fmt: skip
# Fields that hold a waybill's number: some of them look like a phone's.
WAYBILLS: Final = frozenset({"expresscode", "trackingno", "trackingnumber", "waybillno", "logisticsno", "outsid", "nu"})
_SEPARATORS: Final = re.compile(r"[^a-z0-9]")
_PHONE: Final = re.compile(
    r"""(?<![0-9])(?:\+?[0-9]{1,3}[- ]?)?1[3-9][0-9][- ]?[0-9]{4}[- ]?[0-9]{4}(?![0-9])  # mobile numbers of China
      | (?<![0-9])0[0-9]{2,3}-[0-9]{7,8}(?![0-9])                                        # its fixed lines
      | \+[0-9][0-9 ()-]{6,}[0-9]                                                        # anything international""",
    re.VERBOSE,
)
_MAIL: Final = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+")


def spoken(text: str) -> str:
    """Free text with the phones and mail addresses in it hidden by their shape."""
    return _MAIL.sub(HIDDEN, _PHONE.sub(HIDDEN, text))


def masked(body: bytes) -> str:
    """The body with everything personal hidden; or a word on its size, when it can't be opened."""
    if len(body) > SIZE_MAX:
        return _whole(body)
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return _whole(body)
    shown = _opened(text, 0)
    if shown is not None:
        return shown
    form = _form(text)
    return form if form is not None else _whole(body)


def _whole(body: bytes) -> str:
    return f"{HIDDEN} ({len(body)} bytes)"


def _opened(text: str, depth: int) -> str | None:
    """Text that is JSON or XML, masked; None for any other."""
    head = text.lstrip("\ufeff \t\r\n")[:1]
    if head in {"{", "["}:
        return _json(text, depth)
    return _xml(text) if head == "<" else None


def _json(text: str, depth: int) -> str | None:
    try:
        opened = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return json.dumps(_masked(opened, "", around=False, depth=depth), ensure_ascii=False, indent=2 if depth == 0 else None)


def _masked(value: Any, field: str, *, around: bool, depth: int) -> Any:
    """A JSON value; `around`: a field above speaks of a person."""
    if depth > DEPTH_MAX:
        return HIDDEN
    if isinstance(value, dict):
        inside = around or _is_around(field)
        return {_text(str(key), depth + 1): _masked(inner, str(key), around=inside, depth=depth + 1) for key, inner in value.items()}
    if isinstance(value, list):
        return [_masked(inner, field, around=around, depth=depth + 1) for inner in value]
    if value is None or isinstance(value, bool) or (not around and _is_waybill(field, value)):
        return value
    if _is_personal(field, around=around):
        opened = _opened(value, depth + 1) if isinstance(value, str) else None
        return opened if opened is not None and not _is_around(field) else (HIDDEN if value != "" else value)
    return _text(value, depth) if isinstance(value, str) else _number(value)


def _number(value: float) -> float | str:
    return HIDDEN if _PHONE.fullmatch(str(value)) else value


def _text(text: str, depth: int) -> str:
    """Free text: opened if it is a document, else cleaned by shape."""
    opened = _opened(text, depth + 1) if depth < DEPTH_MAX else HIDDEN
    return opened if opened is not None else spoken(text)


def _xml(text: str) -> str | None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(text.encode(), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    if "<!DOCTYPE" in text[:1000].upper():
        return None
    for element in root.iter():
        _mask_element(element)
    return etree.tostring(root, encoding="unicode")


def _mask_element(element: Any) -> None:
    tag = etree.QName(element).localname
    around = any(_is_around(etree.QName(above).localname) for above in element.iterancestors())
    if element.text and element.text.strip() and (around or not _is_waybill(tag, element.text)):
        element.text = HIDDEN if _is_personal(tag, around=around) else _text(element.text, 0)
    if element.tail and element.tail.strip():
        element.tail = HIDDEN
    for name, value in element.attrib.items():
        element.attrib[name] = HIDDEN if _is_personal(str(name), around=around) else _text(str(value), 0)


def _form(text: str) -> str | None:
    """A form or query: names and values, each value masked like a JSON field."""
    if "=" not in text or "\n" in text.strip():
        return None
    try:
        pairs: Iterable[tuple[str, str]] = parse_qsl(text, keep_blank_values=True, strict_parsing=True)
    except ValueError:
        return None
    return "&".join(f"{_text(name, 0)}={_masked(value, name, around=False, depth=0)}" for name, value in pairs)


def _is_personal(field: str, *, around: bool) -> bool:
    word = _SEPARATORS.sub("", field.lower())
    if word in REGIONS:
        return False
    return around or (word not in HARMLESS and any(part in word for part in PERSONAL))


def _is_waybill(field: str, value: Any) -> bool:
    return _SEPARATORS.sub("", field.lower()) in WAYBILLS and isinstance(value, str) and value.isascii() and value.isalnum()


def _is_around(field: str) -> bool:
    word = _SEPARATORS.sub("", field.lower())
    return word not in HARMLESS and any(part in word for part in AROUND)
