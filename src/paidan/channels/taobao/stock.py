"""Telling Taobao how many are for sale.

Differences go by `tmall.item.quantity.update` with `outer_biz_key` (hexadecimal, by rule of the platform): a repeat has no second effect.
Full quantities go by `taobao.skus.quantity.update`, at most 20 SKUs of one item in a call; items without SKUs by `taobao.item.quantity.update`.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from itertools import groupby
from typing import Final

import msgspec
from msgspec import Struct

from paidan.channels.platform import ListingQuantity, StockOutcome
from paidan.channels.taobao.client import Answered, TopCall, TopClient
from paidan.runtime.calling import RecordedFailure

BY_DIFFERENCE: Final = "tmall.item.quantity.update"
FULL_SKUS: Final = "taobao.skus.quantity.update"
FULL_ITEM: Final = "taobao.item.quantity.update"
SKUS_MAX: Final = 20
FULL: Final = "1"
DIFFERENCE: Final = 2
_KEY_LENGTH: Final = 32


class StockCall(Struct, frozen=True, kw_only=True):
    """One call and its rows."""

    method: str
    parameters: dict[str, str]
    rows: tuple[ListingQuantity, ...]


def full_calls(rows: Iterable[ListingQuantity]) -> list[StockCall]:
    """Calls that set quantities. Raises ValueError for a negative one."""
    calls = []
    for part in _parts(rows):
        if any(row.quantity < 0 for row in part):
            raise ValueError("a quantity to show can't be negative")
        parameters = {"num_iid": part[0].item_ref, "type": FULL}
        if part[0].sku_ref:
            listed = ";".join([f"{row.sku_ref}:{row.quantity}" for row in part])
            calls.append(StockCall(method=FULL_SKUS, parameters=parameters | {"skuid_quantities": listed}, rows=part))
        else:
            calls.append(StockCall(method=FULL_ITEM, parameters=parameters | {"quantity": str(part[0].quantity)}, rows=part))
    return calls


def difference_calls(rows: Iterable[ListingQuantity], key: str) -> list[StockCall]:
    """Calls that add differences; each has its own key, made from `key` and its rows' item and SKUs."""
    calls = []
    for part in _parts(rows):
        name = "|".join([key, part[0].item_ref, *[row.sku_ref for row in part]])
        options = {"type": DIFFERENCE, "outer_biz_key": sha256(name.encode()).hexdigest()[:_KEY_LENGTH]}
        parameters = {"item_id": part[0].item_ref, "options": _json(options)}
        if part[0].sku_ref:
            parameters["sku_quantities"] = _json([{"sku_id": row.sku_ref, "quantity": row.quantity} for row in part])
        else:
            parameters["item_quantity"] = str(part[0].quantity)
        calls.append(StockCall(method=BY_DIFFERENCE, parameters=parameters, rows=part))
    return calls


def _parts(rows: Iterable[ListingQuantity]) -> list[tuple[ListingQuantity, ...]]:
    """Rows of one item together, 20 at most, in an order that does not depend on theirs; an item without SKUs stands alone."""
    ordered = sorted(rows, key=lambda row: (row.item_ref, row.sku_ref))
    parts = []
    for (_, has_sku), group in groupby(ordered, key=lambda row: (row.item_ref, bool(row.sku_ref))):
        size, members = SKUS_MAX if has_sku else 1, tuple(group)
        parts += [members[at : at + size] for at in range(0, len(members), size)]
    return parts


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


class TaobaoStock:
    """Tells quantities of one shop."""

    def __init__(self, client: TopClient) -> None:
        self._client = client

    def set_quantities(self, rows: Sequence[ListingQuantity]) -> list[StockOutcome]:
        """Show exactly these."""
        return self._tell(full_calls(rows))

    def change_quantities(self, rows: Sequence[ListingQuantity], *, key: str) -> list[StockOutcome]:
        """Add these differences once."""
        return self._tell(difference_calls(rows, key))

    def _tell(self, calls: Sequence[StockCall]) -> list[StockOutcome]:
        answers = self._client.call_all([TopCall(method=call.method, parameters=call.parameters) for call in calls])
        return [_outcome(call, answer) for call, answer in zip(calls, answers, strict=True)]


def _outcome(call: StockCall, answer: Answered) -> StockOutcome:
    if isinstance(answer, RecordedFailure):
        return StockOutcome(rows=call.rows, records=answer.records, failure=answer)
    return StockOutcome(rows=call.rows, records=(answer.record,))
