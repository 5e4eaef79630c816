"""Scans against what a parcel shall hold. Pure: every scan that does not belong is told, by its place and with its reason."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from paidan.kernel.outcomes import Problem
from paidan.kernel.reasons import Reason


class Scan(Struct, frozen=True, kw_only=True):
    """A barcode (or the code of a SKU), seen so many times."""

    code: str
    quantity: int = 1
    is_damaged: bool = False


class Sku(Struct, frozen=True):
    """What a code stands for."""

    id: int
    code: str


class Want(Struct, frozen=True, kw_only=True):
    """Units of one fulfilment line still to be packed; `key` names the line (`<fulfilment id>-<line no>`)."""

    key: str
    sku_id: int
    quantity: int


class Put(Struct, frozen=True, kw_only=True):
    """Units of one line in one parcel; `parcel` counts from 0."""

    parcel: int
    key: str
    sku_id: int
    quantity: int


def tally(wants: Sequence[Want], parcels: Sequence[Sequence[Scan]], skus: Mapping[str, Sku]) -> tuple[list[Put], list[Problem]]:
    """Give the scans of each parcel to the lines they fit, first line first. Surplus and strange ones are problems, `scans.<n>` counted through."""
    left = {want.key: want.quantity for want in wants}
    puts: list[Put] = []
    problems: list[Problem] = []
    numbered = [(parcel, scan) for parcel, scans in enumerate(parcels) for scan in scans]
    for n, (parcel, scan) in enumerate(numbered):
        sku = skus.get(scan.code)
        fitting = [want for want in wants if sku is not None and want.sku_id == sku.id]
        if not fitting:
            problems.append(Problem(field=f"scans.{n}", reason=Reason.UNKNOWN_BARCODE if sku is None else Reason.NOT_IN_THIS_PARCEL))
            continue
        units = scan.quantity
        for want in fitting:
            taken = min(units, left[want.key])
            if taken:
                left[want.key] -= taken
                units -= taken
                puts.append(Put(parcel=parcel, key=want.key, sku_id=want.sku_id, quantity=taken))
        if units:
            problems.append(Problem(field=f"scans.{n}", reason=Reason.SCANNED_ENOUGH))
    return puts, problems


def is_whole(wants: Sequence[Want], puts: Sequence[Put]) -> bool:
    """Whether every unit wanted was put somewhere."""
    return sum(want.quantity for want in wants) == sum(put.quantity for put in puts)
