"""Labels as ZPL II for printers of 203 dpi (8 dots a mm), 100 × 150 mm, texts as UTF-8 (^CI28). The template runs in a sandbox.

Every value goes through `field` on its way out: ^ and ~ begin commands and _ begins a code (^FH), so all three are written as codes.
"""

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Final

import msgspec
from jinja2 import StrictUndefined, Template
from jinja2.sandbox import SandboxedEnvironment

from paidan.kernel.errors import SetupError
from paidan.printing.bars import can_be_bars, modules_of
from paidan.printing.papers import Kind, Label
from paidan.printing.shortening import columns_of, shortened, wrapped
from paidan.printing.words import words_of

FONT: Final = "E:SIMSUN.FNT"
"""Where Zebra's Chinese printers keep their font; another one is named by PAIDAN_PRINT_ZPL_FONT."""
_FONT_SHAPE: Final = re.compile(r"[A-Z]:[A-Z0-9_-]{1,16}\.(?:FNT|TTF|TTE)")
_WIDTH: Final = 800
_BARS_WIDTH: Final = 740
_MODULE_MAX: Final = 4
_COMMAND: Final = {ord(sign): f"_{ord(sign):02X}" for sign in "^~_"}


def render_zpl(labels: Sequence[Label], language: str, *, font: str = FONT) -> bytes:
    """All labels one after the other. Raises SetupError when the font's name is none of a printer's."""
    if not _FONT_SHAPE.fullmatch(font):
        raise SetupError("PAIDAN_PRINT_ZPL_FONT is not a font of a printer, as E:SIMSUN.FNT is")
    told = [_told(label) for label in labels]
    return _template().render(labels=told, words=words_of(Kind.LABEL, language), font=Command(font)).encode()


class Command(str):
    """Text that is part of a command, not of a field: never a value of an order."""

    __slots__ = ()


def field(value: Any) -> Any:
    """A value as the data of a field (^FD below ^FH): no sign of it can begin a command."""
    if isinstance(value, Command) or not isinstance(value, str):
        return value
    return "".join(letter if letter.isprintable() else " " for letter in value).translate(_COMMAND)


def called(contact: dict[str, str], columns: int) -> str:
    """Name and phone in at most so many columns: of a long name some is left out, of the phone nothing, for the courier calls it."""
    return f"{shortened(contact['name'], max(columns - 2 - columns_of(contact['phone']), 1))}  {contact['phone']}".strip()


@cache
def _template() -> Template:
    # Autoescape writes HTML; here `field` guards every value.
    environment = SandboxedEnvironment(finalize=field, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False)
    environment.filters["wrapped"] = wrapped
    environment.filters["columns"] = columns_of
    environment.filters["called"] = called
    return environment.from_string((files("paidan.printing") / "templates" / "label.zpl").read_text(encoding="utf-8"))


def _told(label: Label) -> dict[str, Any]:
    number = label.tracking_no or label.fulfilment_no
    told: dict[str, Any] = msgspec.to_builtins(label)
    return {**told, "printed_at": f"{label.printed_at:%Y-%m-%d %H:%M}", "number": number, "bars": _bars(number)}


def _bars(text: str) -> dict[str, Any] | None:
    """Module width and left edge of a Code 128 of this text, centred, and its data: `>` begins a code of its own in ^BC, and is itself `>0`.

    None: it does not fit one.
    """
    if not can_be_bars(text):
        return None
    count = len(modules_of(text))
    module = max(1, min(_MODULE_MAX, _BARS_WIDTH // count))
    return {"module": module, "left": (_WIDTH - module * count) // 2, "data": text.replace(">", ">0")}
