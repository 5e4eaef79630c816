"""Orders from a file: several rows make an order, one bad row spoils its order only, and every error names row and column.

Each good order becomes a body in the direct format, which is what intake keeps; so a file, a repeat of it and the API meet in one codec.
"""

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any, Final

import msgspec
from msgspec import Struct

from paidan.channels.china_time import CHINA
from paidan.channels.decoding import SIZE_MAX
from paidan.channels.direct import orders as direct
from paidan.channels.facts import PlatformOrder
from paidan.channels.platform import Channel
from paidan.channels.sheet.cells import value_of
from paidan.channels.sheet.columns import COLUMNS, Column, column_of, expected_of
from paidan.channels.sheet.read import Row, read_rows
from paidan.kernel.errors import BadInput
from paidan.kernel.expected import SAME_ORDER, Expected
from paidan.kernel.reasons import Reason

Values = dict[str, Any]
FIELD_NAMES: Final = {("line", "line_discount"): "discount"}


class CellError(Struct, frozen=True, kw_only=True):
    """What is wrong where. Rows count from 1, the header being 1; `column` is a field of the format, empty for the row as a whole."""

    row: int
    reason: Reason
    column: str
    expected: Expected | None = None  # where it is not what the format expects of its value


class SheetOrder(Struct, frozen=True, kw_only=True):
    """An order of the file: `order` and `body` (direct format), or errors."""

    rows: tuple[int, ...]
    order_no: str
    order: PlatformOrder | None = None
    body: bytes = b""
    errors: tuple[CellError, ...] = ()


class SheetOrders(Struct, frozen=True, kw_only=True):
    """A file read: its orders as they first appear, and the headers nobody knows, which were ignored."""

    orders: tuple[SheetOrder, ...]
    ignored: tuple[str, ...] = ()


class ReadRow(Struct, frozen=True, kw_only=True):
    """A row with its values by (part, field), and its errors."""

    number: int
    values: Mapping[tuple[str, str], Any]
    errors: tuple[CellError, ...]

    def order_no(self) -> str:
        """Empty when the cell is."""
        return str(self.values.get(("order", "order_no"), ""))


def read_orders(content: bytes, zone: tzinfo = CHINA) -> SheetOrders:
    """The orders of a file. `zone`: of times that name none. Raises BadInput only for the file as a whole (unreadable, too large, header)."""
    rows = read_rows(content)
    columns, ignored = _header(rows)
    groups: dict[str, list[ReadRow]] = {}
    for number, row in enumerate(rows[1:], start=2):
        if any(cell is not None and str(cell).strip() for cell in row):
            read = _read(number, row, columns, zone)
            groups.setdefault(read.order_no() or f"\0{number}", []).append(read)
    return SheetOrders(orders=tuple([_order(group) for group in groups.values()]), ignored=ignored)


def _header(rows: list[Row]) -> tuple[dict[int, Column], tuple[str, ...]]:
    if not rows:
        raise BadInput(Reason.BODY_UNREADABLE, "file is empty")
    found = [(place, str(cell), column_of(str(cell))) for place, cell in enumerate(rows[0]) if cell is not None and str(cell).strip()]
    columns = {place: column for place, _, column in found if column is not None}
    names = [column.field for column in columns.values()]
    missing = [column.heading for column in COLUMNS if column.is_needed and column.field not in names]
    if missing:
        raise BadInput(Reason.FIELD_MISSING, ", ".join(missing))
    if twice := [name for name in names if names.count(name) > 1]:
        raise BadInput(Reason.DUPLICATE_KEY, twice[0])
    return columns, tuple([header[:60] for _, header, column in found if column is None])


def _read(number: int, row: Row, columns: Mapping[int, Column], zone: tzinfo) -> ReadRow:
    values: dict[tuple[str, str], Any] = {}
    errors = []
    for place, column in columns.items():
        try:
            value = value_of(row[place], column, zone) if place < len(row) else None
        except BadInput as error:
            errors.append(CellError(row=number, reason=error.reason, column=error.detail, expected=expected_of(column.field)))
            continue
        if value is not None:
            values[column.part, FIELD_NAMES.get((column.part, column.field), column.field)] = value
        elif column.is_needed and column.field != "placed_at":  # an order's own columns may stand on its first row only
            errors.append(CellError(row=number, reason=Reason.FIELD_MISSING, column=column.field))
    return ReadRow(number=number, values=values, errors=tuple(errors))


def _order(group: list[ReadRow]) -> SheetOrder:
    rows, order_no = tuple([row.number for row in group]), group[0].order_no()
    parts, conflicts = _merged(group)
    errors = [*[error for row in group for error in row.errors], *conflicts]
    if errors:
        return SheetOrder(rows=rows, order_no=order_no, errors=tuple(errors))
    lines = [{field: value for (part, field), value in row.values.items() if part == "line"} for row in group]
    body = msgspec.json.encode(
        {"status": "paid"} | parts["order"] | ({"receiver": parts["receiver"]} if parts["receiver"] else {}) | {"lines": lines}
    )
    try:
        if len(body) > SIZE_MAX:
            raise BadInput(Reason.BODY_TOO_LARGE)  # noqa: TRY301 - a refusal like the codec's
        return SheetOrder(rows=rows, order_no=order_no, order=direct.parse(body), body=body)
    except BadInput as error:
        return SheetOrder(rows=rows, order_no=order_no, errors=(_placed(error, rows),))


def _merged(group: list[ReadRow]) -> tuple[dict[str, Values], list[CellError]]:
    """What stands on any row for the order and its receiver. Two different values are an error on the later row."""
    parts: dict[str, Values] = {"order": {}, "receiver": {}}
    conflicts = []
    for row in group:
        for (part, field), value in row.values.items():
            if part != "line" and parts[part].setdefault(field, value) != value:
                conflicts.append(CellError(row=row.number, reason=Reason.FIELD_INVALID, column=field, expected=SAME_ORDER))
    return parts, conflicts


def _placed(error: BadInput, rows: tuple[int, ...]) -> CellError:
    """`lines[2].price` is the price of the third row."""
    head, _, field = error.detail.partition(".")
    place = head.removeprefix("lines[").removesuffix("]")
    if head.startswith("lines[") and place.isdigit():
        return CellError(row=rows[int(place)], reason=error.reason, column="line_discount" if field == "discount" else field)
    return CellError(row=rows[0], reason=error.reason, column=error.detail.removeprefix("receiver."))


CHANNEL = Channel(platform="sheet", codec=direct.DirectCodec())
