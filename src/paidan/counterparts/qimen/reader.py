"""Reading XML that may be hostile: bytes → honest text → tree without DTD, entities or network → typed fields."""

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, TypeVar

from lxml import etree
from lxml.etree import _Element

from paidan.counterparts.china_time import china_instant, plain_date
from paidan.counterparts.qimen.messages import Properties
from paidan.kernel.errors import BadInput
from paidan.kernel.reasons import Reason

T = TypeVar("T")
SIZE_MAX: Final = 4 * 1024 * 1024
CODE_MAX: Final = 200  # codes become keys: an index entry must stay small
QUANTITY_MAX: Final = 2**31 - 1
DIGITS_PLAIN: Final = 10  # a number of fewer digits is no larger than that: most are read so
TAGS_MAX: Final = 400_000  # `<` in a body: even a small body of tiny elements needs a huge tree; 10,000 lines have about 300,000
EQUALS_MAX: Final = 50_000  # the same for attributes, of which the protocol has none
REST_MAX: Final = 1000  # unknown elements kept of one element
PLACE_MAX: Final = 200
_BOM = b"\xef\xbb\xbf"
_DECLARED = re.compile(rb"""\s*<\?xml\s[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_DECLARATION = re.compile(r"\s*<\?xml\s[^>]*?\?>")
# GB18030 contains GBK contains GB2312: one codec reads all three.
_CODECS: Final = {"utf-8": "utf-8", "utf8": "utf-8", "gb18030": "gb18030", "gbk": "gb18030", "gb2312": "gb18030"}
_FIRST_THREE_BYTES: Final = "\u0800"  # from here on UTF-8 takes three bytes and more
_NUMBER = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,9})?")


def decode(body: bytes, size_max: int = SIZE_MAX) -> str:
    """The body as text, without its XML declaration. UTF-8, or GB18030/GBK/GB2312 if declared and true; BadInput otherwise."""
    if len(body) > size_max:
        raise BadInput(Reason.BODY_TOO_LARGE)
    raw = body.removeprefix(_BOM)
    declared = _DECLARED.match(raw)
    name = declared[1].decode("ascii").lower() if declared else "utf-8"
    codec = _CODECS.get(name)
    if codec is None or (codec != "utf-8" and (raw is not body or _is_utf8_in_disguise(raw))):
        raise BadInput(Reason.ENCODING_WRONG, "encoding")
    try:
        text = raw.decode(codec)
    except UnicodeDecodeError as error:
        raise BadInput(Reason.ENCODING_WRONG, f"byte {error.start}") from None  # the error itself shows the body
    return _DECLARATION.sub("", text, count=1)


def _is_utf8_in_disguise(raw: bytes) -> bool:
    """Chinese text in UTF-8 nearly always passes as GB18030 garbage; true GB18030 practically never passes as three-byte UTF-8."""
    try:
        return max(raw.decode("utf-8"), default="") >= _FIRST_THREE_BYTES
    except UnicodeDecodeError:
        return False


def parse_tree(body: bytes, size_max: int = SIZE_MAX) -> _Element:
    """The root element. Raises BadInput for anything unreadable, too large, wrongly encoded, or with a document type."""
    text = decode(body, size_max)
    if text.count("<") > TAGS_MAX or text.count("=") > EQUALS_MAX:
        raise BadInput(Reason.BODY_TOO_LARGE, "elements")
    if "<!DOCTYPE" in text:
        raise BadInput(Reason.BODY_UNREADABLE, "DOCTYPE")
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:  # its text may quote the body: only the place is passed on
        raise BadInput(Reason.BODY_UNREADABLE, f"line {error.lineno}, column {error.offset}") from None


def read_root(body: bytes, name: str, size_max: int = SIZE_MAX) -> "Reader":
    """A reader of the root element, which must have this name."""
    root = parse_tree(body, size_max)
    if _local(root) != name:
        raise BadInput(Reason.BODY_UNREADABLE, f"the root is not <{name}>")
    return Reader(root, "")


def _refused(reason: Reason, place: str) -> BadInput:
    return BadInput(reason, place[:PLACE_MAX])


def _local(element: _Element) -> str:
    tag = element.tag
    return tag if isinstance(tag, str) and "}" not in tag else str(tag).rpartition("}")[2]


class Reader:
    """The children of one element, each taken at most once by name; what nobody took is kept by `rest`.

    Every refusal is a BadInput that names the path of the element, never its value.
    """

    def __init__(self, element: _Element, path: str) -> None:
        """Raises BadInput when two children have one name (a list's children are read by `each`)."""
        self._path = path
        names = [_local(child) for child in element]
        self._children: dict[str, _Element] = dict(zip(names, element, strict=True))
        if len(self._children) != len(names):
            twice = next(name for place, name in enumerate(names) if name in names[:place])
            raise _refused(Reason.FIELD_INVALID, f"{self._at(twice)} is given twice")

    def text(self, name: str) -> str:
        """Free text without outer blanks; empty when absent."""
        element = self._children.pop(name, None)
        if element is None:
            return ""
        if len(element):
            raise _refused(Reason.FIELD_INVALID, self._at(name))
        return (element.text or "").strip()

    def code(self, name: str, default: str = "") -> str:
        """A code: text of at most 200 characters."""
        text = self.text(name)
        if len(text) > CODE_MAX:
            raise _refused(Reason.FIELD_INVALID, self._at(name))
        return text or default

    def required(self, name: str) -> str:
        """A code that must be there."""
        return self._there(name, self.code(name))

    def quantity(self, name: str) -> int | None:
        """A whole number of units with optional sign; `4.0000` is 4, `1.5` is refused. None when absent."""
        return self._converted(name, _whole)

    def quantity_required(self, name: str, *, signed: bool = False) -> int:
        """A whole number that must be there; below zero only if `signed`."""
        number = self.count(name) if not signed else self.quantity(name)
        return self._there(name, number)

    def count(self, name: str) -> int | None:
        """A whole number not below zero. None when absent."""
        number = self.quantity(name)
        if number is not None and number < 0:
            raise _refused(Reason.FIELD_INVALID, self._at(name))
        return number

    def scaled(self, name: str, digits: int) -> int | None:
        """A measure times `10**digits`, half up (kg → g is 3). None when absent."""
        return self._converted(name, lambda text: _measure(text, digits))

    def instant(self, name: str) -> datetime | None:
        """A China local date and time as UTC. None when absent."""
        return self._converted(name, china_instant)

    def day(self, name: str) -> date | None:
        """A date. None when absent."""
        return self._converted(name, plain_date)

    def inner(self, name: str) -> "Reader":
        """A reader of a child element that must be there."""
        element = self._there(name, self._children.pop(name, None))
        return Reader(element, self._at(name))

    def inner_or_empty(self, name: str) -> "Reader":
        """A reader of a child element; an empty one when it is absent."""
        element = self._children.pop(name, None)
        return Reader(etree.Element(name) if element is None else element, self._at(name))

    def each(self, wrapper: str, name: str) -> list["Reader"]:
        """Readers of the repeated children of a list element; anything else in it is refused, an absent list is empty."""
        return [Reader(element, path) for path, element in self._listed(wrapper, name)]

    def texts(self, wrapper: str, name: str) -> tuple[str, ...]:
        """The texts of a list of simple elements."""
        return tuple((element.text or "").strip() for _, element in self._listed(wrapper, name))

    def rest(self) -> Properties:
        """Everything not taken, as (path below this element, text); the children of extendProps come without its name."""
        return tuple(row for name, element in self._children.items() for row in _leaves("" if name == "extendProps" else name, element))

    def simple(self) -> dict[str, str]:
        """Every child not taken that has no children, as text by name."""
        return {name: (element.text or "").strip() for name, element in self._children.items() if not len(element)}

    def _listed(self, wrapper: str, name: str) -> list[tuple[str, _Element]]:
        element = self._children.pop(wrapper, None)
        path = self._at(wrapper)
        rows = [] if element is None else [(f"{path}/{name}[{place}]", child) for place, child in enumerate(element, start=1)]
        for row_path, child in rows:
            if _local(child) != name:
                raise _refused(Reason.UNKNOWN_FIELD, f"{path}: not a <{name}> at {row_path}")
        return rows

    def _converted(self, name: str, convert: Callable[[str], T]) -> T | None:
        text = self.text(name)
        if not text:
            return None
        try:
            return convert(text)
        except ValueError:
            raise _refused(Reason.FIELD_INVALID, self._at(name)) from None  # the error may quote the value

    def _there(self, name: str, value: T | None) -> T:
        if value is None or value == "":
            raise _refused(Reason.FIELD_MISSING, self._at(name))
        return value

    def _at(self, name: str) -> str:
        return f"{self._path}/{name}" if self._path else name


def _decimal(text: str) -> Decimal:
    if _NUMBER.fullmatch(text) is None:
        raise ValueError("not a number")
    return Decimal(text)


def _whole(text: str) -> int:
    if len(text) < DIGITS_PLAIN and text.isdecimal() and text.isascii():
        return int(text)
    number = _decimal(text)
    if number != number.to_integral_value() or abs(number) > QUANTITY_MAX:
        raise ValueError("not a whole number")
    return int(number)


def _measure(text: str, digits: int) -> int:
    number = _decimal(text).scaleb(digits).quantize(Decimal(1), ROUND_HALF_UP)
    if not 0 <= number <= QUANTITY_MAX:
        raise ValueError("not a measure")
    return int(number)


def _leaves(path: str, element: _Element) -> list[tuple[str, str]]:
    """The texts of all descendants without children, with their paths, in document order, without recursion. BadInput when too many."""
    rows: list[tuple[str, str]] = []
    waiting = [(path, element)]
    while waiting:
        here, node = waiting.pop()
        if len(rows) + len(waiting) + len(node) > REST_MAX or len(here) > CODE_MAX:
            raise _refused(Reason.UNKNOWN_FIELD, here)
        if len(node):
            waiting.extend((f"{here}/{_local(child)}" if here else _local(child), child) for child in reversed(node))
        elif node.text and node.text.strip():
            rows.append((here, node.text.strip()))
    return rows
