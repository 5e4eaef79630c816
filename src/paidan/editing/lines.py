"""Editing what an order sends: fewer units, another SKU in place of the one bought, gifts. Pure.

A line stays what the platform sold: its reference, listing, price and quantity. Units that shall not be sent are cancelled; the SKU is replaced in
place, so that the platform hears of the line it knows. `edits.lines` remembers what was bought (`sku`) and how many units were left out (`cut`).
"""

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET, UnsetType

from paidan.editing.decide import Editing, decide_conflict, look_again, refusal
from paidan.editing.edits import EditLines, Gift, Goods, LineChange
from paidan.kernel.reasons import Reason
from paidan.kernel.states import LineKind
from paidan.orders.batch import Line, Order

BOUGHT = frozenset({LineKind.GOODS, LineKind.BUNDLE})
EDITABLE = BOUGHT | {LineKind.GIFT}

GoodsByCode = Mapping[str, Goods]


def edit_lines(order: Order, command: EditLines, goods: GoodsByCode, codes: Mapping[int, str], editing: Editing) -> Reason | None:
    """Make all the changes, or say why not; refused, the draft is thrown away. `codes`: codes of the SKUs the lines have now, or had."""
    if (reason := refusal(order)) is not None:
        return reason
    told: list[str] = []
    planned = len(order.steps)
    look_again(order, editing)
    in_conflict = {line.line_no for line in order.lines if line.taken_back and remembered(order, line).get("cut")}
    is_decided = False
    for change in command.changes:
        found = _change(order, change, goods, codes)
        if isinstance(found, Reason):
            return found
        told += [found] if found else []
        is_decided |= bool(found) and change.line_no in in_conflict
    for gift in command.gifts:
        if (reason := _add(order, gift, goods)) is not None:
            return reason
    if not told and not command.gifts:
        return Reason.NOTHING_CHANGED
    if not any(line.line_ref and line.kind in BOUGHT and to_send(order, line) for line in order.lines):
        return Reason.NOTHING_WOULD_BE_LEFT  # gifts alone: the platform would never hear of a shipment
    if is_decided:
        decide_conflict(order, Reason.UNITS_CONFLICT, editing)
    told += [f"+ {gift.sku_code} × {gift.quantity}" for gift in command.gifts]
    order.steps.insert(planned, ("lines_edited", {"changes": told}))
    _forget_what_is_as_bought(order)
    return None


def _change(order: Order, change: LineChange, goods: GoodsByCode, codes: Mapping[int, str]) -> str | Reason:
    """What of the line was changed, as `#2 X → Y, × 3 → × 1`; empty: nothing; or why it can't be."""
    line = next((line for line in order.lines if line.line_no == change.line_no), None)
    if line is None:
        return Reason.UNKNOWN_LINE
    if line.kind not in EDITABLE:
        return Reason.LINE_NOT_EDITABLE
    kept = to_send(order, line)
    wanted = kept if change.quantity is UNSET else change.quantity
    if wanted > line.quantity - line.taken_back:
        return Reason.MORE_THAN_BOUGHT
    told = []
    sku = _wanted_sku(order, line, change.sku_code, goods)
    if isinstance(sku, Reason):
        return sku
    if sku is not UNSET and (sku.id if sku else None) != line.sku_id:
        told.append(f"{codes.get(line.sku_id or 0, '')} → {sku.code if sku else '?'}")
        _remember(order, line, sku=_id_text(line))
        if (reason := _replace(order, line, sku, kept)) is not None:
            return reason
    if wanted != kept:
        told.append(f"× {kept} → × {wanted}")
        _send(order, line, wanted)
        _remember(order, line, cut=line.quantity - line.taken_back - wanted)
    return f"#{line.line_no} {', '.join(told)}" if told else ""


def to_send(order: Order, line: Line) -> int:
    """Units of the line that are not cancelled; of a bundle, whole bundles."""
    if line.kind != LineKind.BUNDLE:
        return line.quantity - line.cancelled
    parts = _parts(order, line)
    return min(((part.quantity - part.cancelled) * line.quantity // part.quantity for part in parts), default=line.quantity)


def _parts(order: Order, line: Line) -> list[Line]:
    return [part for part in order.lines if part.parent_line_no == line.line_no]


def _wanted_sku(order: Order, line: Line, code: str | UnsetType | None, goods: GoodsByCode) -> Goods | Reason | UnsetType | None:
    """The SKU to send; UNSET: as it is; None: none, as it was when the listing had none. The code None is what was bought."""
    if isinstance(code, UnsetType):
        return UNSET
    if code is None:
        mine = remembered(order, line)
        if mine.get("sku"):
            return next((sku for sku in goods.values() if str(sku.id) == mine["sku"]), Reason.UNKNOWN_SKU)
        return None if "sku" in mine else UNSET
    sku = goods.get(code)
    if sku is None:
        return Reason.UNKNOWN_SKU
    is_fit = sku.kind == LineKind.GOODS or (sku.kind == LineKind.BUNDLE and line.kind != LineKind.GIFT)
    return sku if is_fit else Reason.LINE_NOT_EDITABLE


def remembered(order: Order, line: Line) -> dict[str, Any]:
    """What our edit says of a line: `sku` that was bought, `cut` units left out."""
    found: dict[str, Any] = (order.edits or {}).get("lines", {}).get(str(line.line_no), {})
    return found


def _id_text(line: Line) -> str | None:
    return str(line.sku_id) if line.sku_id else None


def _remember(order: Order, line: Line, *, sku: str | UnsetType | None = UNSET, cut: int | UnsetType = UNSET) -> None:
    """Keep what was bought, the first time, and how many units are left out now."""
    edits = dict(order.edits or {})
    lines = dict(edits.get("lines", {}))
    mine = dict(lines.get(str(line.line_no), {}))
    if sku is not UNSET:
        mine.setdefault("sku", sku)
    if cut is not UNSET:
        mine["cut"] = cut
    lines[str(line.line_no)] = mine
    order.edits = edits | {"lines": lines}


def _forget_what_is_as_bought(order: Order) -> None:
    edits = dict(order.edits or {})
    by_no = {str(line.line_no): line for line in order.lines}
    kept = {
        number: mine
        for number, mine in edits.pop("lines", {}).items()
        if mine.get("cut") or ("sku" in mine and mine["sku"] != _id_text(by_no[number]))
    }
    order.edits = (edits | {"lines": kept} if kept else edits) or None


def _replace(order: Order, line: Line, sku: Goods | None, kept: int) -> Reason | None:
    """Another SKU on the line, all of whose units are open, short or cancelled. A bundle's parts go with it, and come back with it."""
    parts = _parts(order, line)
    if parts and sku and sku.kind == LineKind.BUNDLE:
        if str(sku.id) != remembered(order, line).get("sku"):
            return Reason.LINE_NOT_EDITABLE  # parts of two bundles on one line could not be told apart
        line.kind, line.sku_id = LineKind.BUNDLE, sku.id
        line.open = line.short = line.cancelled = 0
        _send(order, line, kept)
        return None
    line.open += line.short
    line.short = 0
    if line.kind == LineKind.BUNDLE:
        for part in parts:
            part.open = part.short = 0
            part.cancelled = part.quantity
        line.kind, line.open, line.cancelled = LineKind.GOODS, kept, line.quantity - kept
    line.sku_id = sku.id if sku else None
    return None


def _send(order: Order, line: Line, wanted: int) -> None:
    """Let so many units of the line be sent; the others are cancelled."""
    if line.kind == LineKind.BUNDLE:
        for part in _parts(order, line):
            _send(order, part, part.quantity * wanted // line.quantity)
        return
    cut = line.quantity - wanted - line.cancelled
    from_open = min(line.open, cut)
    line.open -= from_open
    line.short -= cut - from_open
    line.cancelled += cut


def _add(order: Order, gift: Gift, goods: GoodsByCode) -> Reason | None:
    sku = goods.get(gift.sku_code)
    if sku is None:
        return Reason.UNKNOWN_SKU
    if sku.kind != LineKind.GOODS:
        return Reason.LINE_NOT_EDITABLE
    line_no = max((line.line_no for line in order.lines), default=0) + 1
    line = Line(line_no=line_no, kind=LineKind.GIFT, quantity=gift.quantity, price_minor=0, payable_minor=0, sku_id=sku.id, open=gift.quantity)
    order.lines.append(line)
    return None
