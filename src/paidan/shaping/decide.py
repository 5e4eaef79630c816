"""Shaping: what was bought becomes what is shipped. Bundles into parts, with an exact spread of the price. Pure."""

from collections.abc import Mapping

from paidan.catalog.load import Sku
from paidan.kernel.money import split
from paidan.kernel.states import LineKind
from paidan.orders.batch import Batch, Line, Order


def decide(batch: Batch, skus: Mapping[int, Sku]) -> None:
    """Give every bundle line its parts; lines of services carry no work."""
    for order in batch.orders:
        for line in list(order.lines):
            sku = skus.get(line.sku_id) if line.sku_id is not None else None
            if sku is not None and line.kind == LineKind.GOODS and _can_be_shaped(sku) and _is_untouched(line):
                shape_line(order, line, sku)
            elif line.kind == LineKind.BUNDLE:
                spread_again(order, line, sku)


def shape_line(order: Order, line: Line, sku: Sku) -> None:
    """Turn a goods line into a bundle with parts, or into a service."""
    order.is_changed = True
    if sku.kind == LineKind.SERVICE:
        line.kind, line.open, line.cancelled = LineKind.SERVICE, 0, 0
        return
    line_no = max(known.line_no for known in order.lines)
    shares = split(line.payable_minor, [part.price_share for part in sku.parts])
    for part, payable_minor in zip(sku.parts, shares, strict=True):
        line_no += 1
        quantity = line.quantity * part.quantity
        order.lines.append(
            Line(
                line_no=line_no,
                line_ref=line.line_ref,
                kind=LineKind.PART,
                parent_line_no=line.line_no,
                listing_id=line.listing_id,
                sku_id=part.sku_id,
                quantity=quantity,
                price_minor=payable_minor // quantity,
                payable_minor=payable_minor,
                taken_back=quantity * line.taken_back // line.quantity,
                open=quantity - line.cancelled * part.quantity,
                cancelled=line.cancelled * part.quantity,
            )
        )
    line.kind, line.open, line.cancelled = LineKind.BUNDLE, 0, 0
    order.tell("bundle_unpacked", {"line": line.line_no, "parts": len(sku.parts)})


def spread_again(order: Order, bundle: Line, sku: Sku | None) -> None:
    """The platform told another price for a bundle already unpacked: its parts follow, by the catalogue's shares, else as they were."""
    parts = [line for line in order.lines if line.parent_line_no == bundle.line_no]
    if not parts or sum(part.payable_minor for part in parts) == bundle.payable_minor:
        return
    share_by_sku = {part.sku_id: part.price_share for part in sku.parts} if sku is not None else {}
    is_known = all(part.sku_id in share_by_sku for part in parts)
    weights = [share_by_sku[part.sku_id] if is_known and part.sku_id is not None else part.payable_minor for part in parts]
    for part, payable_minor in zip(parts, split(bundle.payable_minor, weights), strict=True):
        part.payable_minor, part.price_minor = payable_minor, payable_minor // part.quantity
    order.is_changed = True


def _can_be_shaped(sku: Sku) -> bool:
    """Services, and bundles whose parts are known: the audit holds what has none yet."""
    return sku.kind == LineKind.SERVICE or (sku.kind == LineKind.BUNDLE and bool(sku.parts))


def _is_untouched(line: Line) -> bool:
    """Nothing of it has been reserved, sent or found short."""
    return not (line.short or line.reserved or line.in_fulfilment or line.shipped)
