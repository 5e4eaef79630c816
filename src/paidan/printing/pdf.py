"""Papers as PDF: typst draws them by the templates of this folder. Texts go in as data, never as markup."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from paidan.kernel.reasons import Reason
from paidan.printing.bars import code128, qr
from paidan.printing.drawing import draw
from paidan.printing.papers import Kind, Label, PackingList, Paper, PickList
from paidan.printing.words import words_of


def render_pdf(kind: Kind, papers: Sequence[Paper], language: str, *, font_folder: str = "") -> bytes | Reason:
    """One PDF with all papers: lists on A4, labels on 100 × 150 mm. FONT_MISSING when Chinese is to be printed and no font has its letters."""
    drawn = draw(
        template(kind),
        {"papers": [told(paper) for paper in papers], "words": words_of(kind, language), "language": language},
        printed_at=int(papers[0].printed_at.timestamp()),
        font_folder=font_folder,
        # Tags, for screen readers, more than double the size of a label that nobody reads on a screen.
        is_tagged=kind != Kind.LABEL,
    )
    return Reason.FONT_MISSING if drawn is None else drawn


@cache
def template(kind: Kind) -> str:
    """The template of a kind, with what all share before it."""
    folder = files("paidan.printing") / "templates"
    return "\n".join((folder / name).read_text(encoding="utf-8") for name in ("paper.typ", f"{kind.value}.typ"))


def told(paper: Paper) -> dict[str, Any]:
    """A paper as the templates take it: instants as text, barcodes drawn."""
    shown: dict[str, Any] = msgspec.to_builtins(paper, builtin_types=(datetime,))
    shown["printed_at"] = _minute(paper.printed_at)
    match paper:
        case PickList():
            shown["code"] = qr(paper.run_no)
        case PackingList():
            shown["code"] = code128(paper.fulfilment_no)
            shown["waybill_code"] = code128(paper.tracking_no)
            for order in shown["orders"]:
                order["placed_at"] = _minute(order["placed_at"])
        case Label():
            shown["code"] = code128(paper.tracking_no or paper.fulfilment_no)
            shown["qr"] = qr(paper.fulfilment_no)
    return shown


def _minute(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"
