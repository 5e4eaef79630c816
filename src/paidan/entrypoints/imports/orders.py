"""Files of orders: each good order is kept as a message of its shop, like any other telling of it; a pass takes them up."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from paidan.catalog.load import cache_versions
from paidan.channels.direct.orders import DirectLine, DirectOrder, DirectReceiver
from paidan.channels.platform import RawOrder
from paidan.channels.sheet.columns import COLUMNS, column_of, expected_of
from paidan.channels.sheet.orders import FIELD_NAMES, CellError, SheetOrder, read_orders
from paidan.channels.sheet.read import read_rows
from paidan.entrypoints.imports.columns import Field
from paidan.entrypoints.imports.kinds import Means
from paidan.entrypoints.imports.preview import RowProblem
from paidan.entrypoints.imports.report import Header, ImportReport, Write, report_of
from paidan.intake.landing import land, landed_orders
from paidan.kernel.errors import BadInput
from paidan.kernel.expected import Expected, after_row
from paidan.kernel.outcomes import Effect
from paidan.kernel.reasons import Reason
from paidan.network.load import Shop, read_network
from paidan.runtime.database import Tx
from paidan.runtime.expectations import expected_at
from paidan.runtime.queries import load_queries

queries: Final = load_queries("paidan.entrypoints.imports", "stored.sql")

ORDERS: Final = "orders"
VIA: Final = "file"
PLATFORMS: Final = frozenset({"direct", "sheet"})
FIELDS: Final = tuple(Field(column.field, column.zh, column.en, is_needed=column.is_needed) for column in COLUMNS)
PARTS: Final = {"order": DirectOrder, "receiver": DirectReceiver, "line": DirectLine}
TOLD_BY_FORMAT: Final = frozenset({"text", "ref", "count"})
NAMES: Final = {column.field: column.zh[0] for column in COLUMNS}


def read_orders_file(means: Means, content: bytes, shop_code: str, *, is_previewed: bool = False) -> Write:
    """Read the orders of a file for one shop; what it gives keeps the good ones. The same order told again with the same content is not kept twice.

    Raises BadInput for the file as a whole, and for a shop that does not take files.
    """
    with means.database.transaction() as tx:
        shop = _shop(tx, shop_code)
    read = read_orders(content, _zone(shop))
    rows = read_rows(content)
    good = [_raw(order) for order in read.orders if order.order is not None]
    problems = [problem for order in read.orders for problem in _problems(order)]
    columns = {place: column for place, cell in enumerate(rows[0]) if cell is not None and (column := column_of(str(cell)))}
    header = Header(fields_by_place={place: column.field for place, column in columns.items()}, ignored=read.ignored)

    def write(tx: Tx) -> ImportReport:
        there = _there(tx, shop, [order.business_key for order in good])
        landed = land(tx, means.ids, means.sealer, shop, good, means.clock.now(), VIA)
        effects = {
            row: _effect(order.order.platform_order_no, there, landed.told) for order in read.orders if order.order is not None for row in order.rows
        }
        report = report_of(ORDERS, rows, effects, problems, header, NAMES, is_previewed=is_previewed)
        return replace(report, taken=tuple(order.business_key for order in good))

    return write


def _there(tx: Tx, shop: Shop, order_nos: Sequence[str]) -> AbstractSet[str]:
    """Those of the orders that are there, or wait for a pass."""
    known = {row[0] for row in tx.execute(queries.orders_there, {"shop_id": shop.id, "order_nos": list(order_nos)})}
    return known | landed_orders(tx, shop, set(order_nos) - known)


def _effect(order_no: str, there: AbstractSet[str], told: AbstractSet[str]) -> Effect:
    if order_no not in there:
        return Effect.CREATED
    return Effect.CHANGED if order_no in told else Effect.SAME


def _shop(tx: Tx, code: str) -> Shop:
    shop = read_network(tx, cache_versions(tx)["network"]).shop_by_code(code)
    if shop is None or shop.platform not in PLATFORMS:
        raise BadInput(Reason.UNKNOWN_SHOP, "shop")
    return shop


def _zone(shop: Shop) -> tzinfo:
    return ZoneInfo(shop.time_zone)


def _raw(order: SheetOrder) -> RawOrder:
    facts = order.order
    if facts is None:
        raise ValueError("an order with errors is not kept")
    return RawOrder(business_key=facts.platform_order_no, body=order.body, version_at=facts.version_at)


def _problems(order: SheetOrder) -> list[RowProblem]:
    """One bad row spoils its whole order: the others of it are told so, for all of them are in the error file."""
    told = [RowProblem(row=e.row, field=e.column, reason=e.reason, expected=_expected(e)) for e in order.errors]
    if not told:
        return []
    others = set(order.rows) - {problem.row for problem in told}
    return told + [RowProblem(row=row, field="", reason=told[0].reason, expected=after_row(told[0].row)) for row in sorted(others)]


def _expected(error: CellError) -> Expected | None:
    """What was broken: the cell as it stands, its words or figure in the format; money, times and choices are told as cells hold them."""
    if error.reason != Reason.FIELD_INVALID:
        return None
    return error.expected or _of_format(error.column) or expected_of(error.column)


def _of_format(field: str) -> Expected | None:
    column = next((one for one in COLUMNS if one.field == field), None)
    if column is None or column.kind not in TOLD_BY_FORMAT:
        return None
    return expected_at(PARTS[column.part], FIELD_NAMES.get((column.part, field), field))
