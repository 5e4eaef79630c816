"""What a platform is to hear of one parcel: its own lines, in its own units. Pure.

A platform knows the lines the buyer bought: goods and bundles. Gifts of ours, services and the parts of a bundle are not its business;
a bundle has left when all its parts have, so the parcel with the last part tells it.
"""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from paidan.channels.platform import ParcelLine
from paidan.kernel.states import LineKind

Units = Mapping[int, int]  # line_no -> units


class OrderedLine(Struct, frozen=True, kw_only=True):
    """A line of the order as bought; `cancelled` units will never ship."""

    line_no: int
    line_ref: str
    kind: str
    quantity: int
    cancelled: int = 0
    parent_line_no: int | None = None


class Tell(Struct, frozen=True, kw_only=True):
    """What to tell of a parcel; no lines: nothing. `is_whole`: everything there is to ship lies in it; `is_last`: nothing is left to tell."""

    lines: tuple[ParcelLine, ...]
    is_whole: bool
    is_last: bool


def what_to_tell(lines: Sequence[OrderedLine], in_parcel: Units, in_told: Units) -> Tell:
    """Lines and units to tell of a parcel that holds `in_parcel`, when parcels holding `in_told` in all were told before. Units by line number."""
    all_units = {number: in_parcel.get(number, 0) + in_told.get(number, 0) for number in in_parcel.keys() | in_told.keys()}
    told, is_whole, is_last = [], True, True
    for line in lines:
        if line.kind not in {LineKind.GOODS, LineKind.BUNDLE} or not line.line_ref:
            continue
        ordered = line.quantity - line.cancelled if line.kind == LineKind.GOODS else _bundles(line, lines, _to_ship(lines))
        before = min(_left(line, lines, in_told), ordered)
        now = min(_left(line, lines, all_units), ordered) - before
        if now:
            told.append(ParcelLine(line_ref=line.line_ref, quantity=now, quantity_ordered=ordered, quantity_told=before))
        is_whole = is_whole and now == ordered
        is_last = is_last and before + now == ordered
    return Tell(lines=tuple(told), is_whole=is_whole and bool(told), is_last=is_last)


def _left(line: OrderedLine, lines: Sequence[OrderedLine], units: Units) -> int:
    return _bundles(line, lines, units) if line.kind == LineKind.BUNDLE else units.get(line.line_no, 0)


def _to_ship(lines: Sequence[OrderedLine]) -> dict[int, int]:
    return {line.line_no: line.quantity - line.cancelled for line in lines}


def _bundles(bundle: OrderedLine, lines: Sequence[OrderedLine], units: Units) -> int:
    """Whole bundles that these units of parts make; parts come `part.quantity / bundle.quantity` to a bundle."""
    parts = [line for line in lines if line.parent_line_no == bundle.line_no and line.kind == LineKind.PART]
    return min((units.get(part.line_no, 0) * bundle.quantity // part.quantity for part in parts), default=0)
