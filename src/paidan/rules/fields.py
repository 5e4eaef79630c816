"""What rules may speak about: a capability declares the fields of its subject once, in words, and how each is read from an object and in SQL."""

import re
from collections.abc import Iterable
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from msgspec import Struct


class FieldType(StrEnum):
    """What a field holds, in Python (`object`) and in SQL (`column`). A field may be unknown: None in Python, NULL in SQL."""

    INTEGER = "integer"  # int; bigint
    MONEY_MINOR = "money_minor"  # int, minor units of `Field.currency`; bigint
    DECIMAL = "decimal"  # Decimal or int, never float, never NaN; numeric
    TEXT = "text"  # str, compared exactly: case counts; text
    CODE = "code"  # str out of `Field.options`, or any code when there are none; text
    CODE_SET = "code_set"  # frozenset[str]; text[]
    BOOLEAN = "boolean"  # bool; boolean
    INSTANT = "instant"  # aware datetime; timestamptz
    TIME_OF_DAY = "time_of_day"  # naive time in the shop's zone; time
    AGE_HOURS = "age_hours"  # read from an instant: whole hours from it to now, negative when it is ahead; timestamptz
    AGE_DAYS = "age_days"  # as AGE_HOURS, in whole days of 24 hours


class Option(Struct, frozen=True):
    """One code of a closed list, with its words."""

    code: str
    zh: str
    en: str


class Field(Struct, frozen=True, kw_only=True):
    """A field that conditions may name.

    `path` is how it is read from the subject: attribute names joined by dots; a None on the way makes the field unknown. Empty: same as `name`.
    `sql` is the expression for lists, a constant the owner of the tables vouches for; empty: the field cannot be used in lists.
    """

    name: str
    type: FieldType
    zh: str
    en: str
    options: tuple[Option, ...] = ()
    path: str = ""
    sql: str = ""
    currency: str = "CNY"  # money only: how many decimal places the words show


NOW: Final = Field(name="now", type=FieldType.INSTANT, zh="当前时间", en="now")
"""Known to every catalogue: the business instant the decision is made at."""

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,49}")
_PATH: Final = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
_WITH_OPTIONS: Final = frozenset({FieldType.CODE, FieldType.CODE_SET})


class Catalogue:
    """The closed list of fields of one subject. Made once, by constants; compared by identity.

    `shop_field` and `platform_field` name the code fields a rule's scope is checked against; without them rules of this subject have no scope.
    Raises ValueError for a catalogue that contradicts itself: that is our own mistake.
    """

    __slots__ = ("fields_by_name", "platform_field", "shop_field", "subject")

    def __init__(self, *, subject: str, fields: Iterable[Field], shop_field: str = "", platform_field: str = "") -> None:
        declared = tuple(fields)
        by_name = {field.name: field for field in (NOW, *declared)}
        if len(by_name) != len(declared) + 1:
            raise ValueError(f"the catalogue of {subject} names a field twice")
        for field in declared:
            _check_field(field)
        for name in (shop_field, platform_field):
            if name and by_name[name].type is not FieldType.CODE:
                raise ValueError(f"the scope field {name} is not a code")
        self.subject = subject
        self.fields_by_name = MappingProxyType(by_name)
        self.shop_field = shop_field
        self.platform_field = platform_field

    def __repr__(self) -> str:
        return f"Catalogue({self.subject!r}, {len(self.fields_by_name)} fields)"


def _check_field(field: Field) -> None:
    if not _NAME.fullmatch(field.name):
        raise ValueError(f"not a field name: {field.name!r}")
    if not _PATH.fullmatch(path_of(field)):
        raise ValueError(f"not a path of attributes: {field.path!r}")
    if field.options and field.type not in _WITH_OPTIONS:
        raise ValueError(f"{field.name} is a {field.type}: it has no options")
    if len({option.code for option in field.options}) != len(field.options):
        raise ValueError(f"{field.name} has an option twice")


def path_of(field: Field) -> str:
    """The attribute path the field is read by, such as `receiver.province`."""
    return field.path or field.name
