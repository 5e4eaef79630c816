"""What each action is told beside its orders: read strictly, codes turned into ids once, when the job is made."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from paidan.entrypoints.api.people.caller import Caller
from paidan.entrypoints.api.people.rights import Right
from paidan.entrypoints.api.problems import invalid
from paidan.kernel import expected
from paidan.kernel.reasons import Reason
from paidan.kernel.states import LineKind
from paidan.runtime.database import Tx
from paidan.runtime.queries import load_queries

queries = load_queries("paidan.entrypoints.api.jobs", "jobs.sql")


LEASE_S: Final = 60
"""How long a job is its worker's without a word from him."""
ROW_WAITING, ROW_DONE, ROW_REFUSED, ROW_UNDONE, ROW_STAYS = 0, 1, 2, 3, 4
"""What became of an order of a job."""


class Action(StrEnum):
    """What may be done to many orders at once. Closed."""

    AUDIT = "audit"
    HOLD = "hold"
    RELEASE = "release"
    RELEASE_HOLD = "release_hold"
    CHANGE_WAREHOUSE = "change_warehouse"
    CHANGE_CARRIER = "change_carrier"
    MERGE = "merge"
    UN_MERGE = "un_merge"
    SPLIT = "split"
    ADD_GIFT = "add_gift"
    FLAG = "flag"
    CANCEL = "cancel"
    PRINT = "print"
    MARK_PRINTED = "mark_printed"
    EXPORT = "export"


NEEDED: Final[Mapping[Action, Right]] = {
    Action.AUDIT: Right.AUDIT,
    Action.HOLD: Right.HOLD,
    Action.RELEASE: Right.FORCE,
    Action.RELEASE_HOLD: Right.HOLD,
    Action.CHANGE_WAREHOUSE: Right.EDIT_ORDER,
    Action.CHANGE_CARRIER: Right.EDIT_ORDER,
    Action.MERGE: Right.MERGE,
    Action.UN_MERGE: Right.MERGE,
    Action.SPLIT: Right.MERGE,
    Action.ADD_GIFT: Right.EDIT_ORDER,
    Action.FLAG: Right.EDIT_ORDER,
    Action.CANCEL: Right.CANCEL,
    Action.PRINT: Right.PRINT,
    Action.MARK_PRINTED: Right.PRINT,
    Action.EXPORT: Right.EXPORT,
}
FINAL: Final = frozenset({Action.CANCEL, Action.UN_MERGE, Action.PRINT, Action.EXPORT})
"""A cancellation stays (decision 25), a parcel taken apart is not put together again, paper is printed, a file changes nothing."""
UNDOABLE: Final = frozenset(Action) - FINAL

Text = Annotated[str, Meta(max_length=500, pattern=r"^[^\x00]*$")]
Code = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[^\x00]*$")]
PrintKind = Annotated[str, Meta(pattern=r"^(pick_list|packing_list|label)$")]


class SplitLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Units of one line that travel on their own."""

    line_no: Annotated[int, Meta(ge=1, le=32_767)]
    quantity: Annotated[int, Meta(ge=1, le=1_000_000)]


class Parameters(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What an action is told; each takes its own and refuses nothing else's silence.

    `note` why (hold, release and cancel need one) · `stops`, `expires_at` of a hold · `warehouse`, `carrier`, null or '' taking the wish back ·
    `sku`, `quantity` of a gift · `flag` 1 to 5 (red, yellow, green, blue, purple), 0 takes it away ·
    `lines` of a split (none: every line on its own) · `kind`, `format` of a print (ZPL is for labels),
    `again`: even what was printed before · `columns` of an export.
    """

    note: Text = ""
    stops: Annotated[int, Meta(ge=1, le=2)] = 1
    expires_at: Annotated[datetime, Meta(tz=True)] | None = None
    warehouse: Annotated[str, Meta(max_length=64, pattern=r"^[^\x00]*$")] | None = None
    carrier: Annotated[str, Meta(max_length=64, pattern=r"^[^\x00]*$")] | None = None
    sku: Annotated[str, Meta(max_length=64, pattern=r"^[^\x00]*$")] = ""
    quantity: Annotated[int, Meta(ge=1, le=10_000)] = 1
    flag: Annotated[int, Meta(ge=0, le=5)] = 0
    lines: Annotated[tuple[SplitLine, ...], Meta(max_length=200)] = ()
    kind: PrintKind = "pick_list"
    format: Literal["pdf", "zpl"] = "pdf"
    again: bool = False
    columns: Annotated[tuple[Code, ...], Meta(max_length=200)] = ()


class Reader(Struct, frozen=True, kw_only=True):
    """Who gets to see what is printed: his shops and warehouses (None: all), and the address that the reveal log tells."""

    shops: tuple[int, ...] | None
    warehouses: tuple[int, ...] | None
    address: str


class Told(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Parameters with their codes found: as the job keeps them."""

    given: Parameters
    warehouse_id: int | None = None
    carrier_id: int | None = None
    sku_id: int | None = None
    reader: Reader | None = None


_NEEDS_NOTE: Final = frozenset({Action.HOLD, Action.RELEASE, Action.CANCEL})


def read(tx: Tx, action: Action, given: Parameters, caller: Caller, now: datetime, address: str = "") -> Told:
    """Look the codes up. `address`: where the caller is. Raises Refused, naming the field."""
    if action in _NEEDS_NOTE and not given.note.strip():
        raise invalid("note", Reason.FIELD_MISSING)
    if given.expires_at is not None and given.expires_at <= now:
        raise invalid("expires_at", expected=expected.LATER)
    if action == Action.PRINT and given.format == "zpl" and given.kind != "label":
        raise invalid("format", expected=expected.one_of(("pdf",)))
    names = {"warehouse": given.warehouse or None, "carrier": given.carrier or None, "sku": given.sku or None}
    row = tx.execute(queries.named_ids, {**names, "warehouses": caller.sees["warehouses"]}).fetchone()
    warehouse_id, carrier_id, sku_id, kind, is_on_sale = row or (None, None, None, "", False)
    if given.warehouse and warehouse_id is None:
        raise invalid("warehouse", Reason.UNKNOWN_WAREHOUSE)
    if given.carrier and carrier_id is None:
        raise invalid("carrier", Reason.UNKNOWN_CARRIER)
    if sku_id is None and (given.sku or action == Action.ADD_GIFT):
        raise invalid("sku", Reason.UNKNOWN_SKU)
    if sku_id is not None and kind != LineKind.GOODS:
        raise invalid("sku", expected=expected.NO_BUNDLE)
    if sku_id is not None and not is_on_sale:
        raise invalid("sku", Reason.GOODS_OFF_SALE)
    reader = Reader(shops=caller.shops, warehouses=caller.warehouses, address=address) if action == Action.PRINT else None
    return Told(given=given, warehouse_id=warehouse_id, carrier_id=carrier_id, sku_id=sku_id, reader=reader)


def kept(told: Told) -> dict[str, Any]:
    """As JSON for the job's row."""
    plain: dict[str, Any] = msgspec.to_builtins(told)
    return plain


def opened(stored: Mapping[str, Any]) -> Told:
    """From the job's row. A flag of 6 to 9 is of a job made when there were as many: what it began is brought to its end."""
    given = dict(stored["given"])
    flag = given.pop("flag", 0)
    told = msgspec.convert({**stored, "given": given}, Told)
    return replace(told, given=replace(told.given, flag=flag))
