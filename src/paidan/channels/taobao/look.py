"""Reading what Taobao shows: an increment of zero changes nothing, and its answer tells the quantity after it.

`quantity` of an increment may be zero (metadata of `taobao.skus.quantity.update`); a repeat is harmless by nature.
"""

from collections.abc import Sequence
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from paidan.channels.platform import ListingQuantity
from paidan.channels.taobao.client import TopAnswer, TopClient
from paidan.channels.taobao.stock import FULL_ITEM, FULL_SKUS, SKUS_MAX
from paidan.channels.taobao.wire import Ref
from paidan.runtime.calling import CallRecord, RecordedSilence, after

INCREMENT: Final = "2"
Count = Annotated[int, Meta(ge=-(2**31), le=2**31)]
Quantities = dict[tuple[str, str], int]  # (item_ref, sku_ref) -> shown


class SkuShown(Struct):
    """A SKU after the call."""

    quantity: Count
    sku_id: Ref = None


class SkusShown(Struct):
    """Lists are double wrapped."""

    sku: list[SkuShown] = []


class ItemShown(Struct):
    """An item after the call."""

    num: Count | None = None
    skus: list[SkuShown] | SkusShown | None = None


class Result(Struct):
    """The result of either method."""

    item: ItemShown


_RESULT: Final = msgspec.json.Decoder(Result)


def look(client: TopClient, rows: Sequence[ListingQuantity]) -> tuple[Quantities, tuple[CallRecord, ...]]:
    """What these listings show now; their own quantities are not looked at. Raises a RecordedFailure with all records so far."""
    found: Quantities = {}
    records: list[CallRecord] = []
    for part in _parts(rows):
        with after(records):
            answer = client.call(*_call(part))
            records.append(answer.record)
        found |= _read(answer, part)
    return found, tuple(records)


def _parts(rows: Sequence[ListingQuantity]) -> list[list[ListingQuantity]]:
    """SKUs of one item together, 20 at most; an item without SKUs alone."""
    by_item: dict[object, list[ListingQuantity]] = {}
    for row in sorted(rows, key=lambda row: (row.item_ref, row.sku_ref)):
        by_item.setdefault((row.item_ref, bool(row.sku_ref)), []).append(row)
    return [part[at : at + SKUS_MAX] for part in by_item.values() for at in range(0, len(part), SKUS_MAX)]


def _call(part: Sequence[ListingQuantity]) -> tuple[str, dict[str, str]]:
    parameters = {"num_iid": part[0].item_ref, "type": INCREMENT}
    if part[0].sku_ref:
        return FULL_SKUS, parameters | {"skuid_quantities": ";".join([f"{row.sku_ref}:0" for row in part])}
    return FULL_ITEM, parameters | {"quantity": "0"}


def _read(answer: TopAnswer, part: Sequence[ListingQuantity]) -> Quantities:
    item = answer.read(_RESULT).item
    skus = item.skus.sku if isinstance(item.skus, SkusShown) else item.skus or []
    by_sku = {str(sku.sku_id): sku.quantity for sku in skus} | ({"": item.num} if item.num is not None else {})
    if any(row.sku_ref not in by_sku for row in part):
        raise RecordedSilence(f"{answer.record.method}: the answer leaves a SKU out", record=answer.record)
    return {(row.item_ref, row.sku_ref): by_sku[row.sku_ref] for row in part}
