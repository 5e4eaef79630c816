"""Exports the list of orders as XLSX: the columns asked for, long numbers as text, nothing that a spreadsheet would take for a formula."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from paidan.entrypoints.api.exports.book import MEDIA_TYPE, Cell, write_book
from paidan.entrypoints.api.jobs.parameters import Told, queries
from paidan.entrypoints.api.lists.kinds import Field, Kind, Value
from paidan.entrypoints.api.lists.order_fields import BY_NAME, FIELDS, REASONS, STATES
from paidan.entrypoints.api.lists.rows import OrderRow, read_rows
from paidan.entrypoints.api.people.caller import Caller
from paidan.entrypoints.api.services import HandlerContext
from paidan.kernel.money import from_minor
from paidan.orders.flags import flag_name

CHUNK: Final = 500
SHEET: Final = {"zh": "订单", "en": "Orders"}

Show = Callable[[OrderRow, str], Any]


def _words(values: Sequence[Value], codes: Sequence[str], language: str) -> str:
    by_code = {value.code: value.zh if language == "zh" else value.en for value in values}
    return "、".join(by_code.get(code, code) for code in codes if code)


def _goods(row: OrderRow) -> str:
    return "; ".join(f"{goods.sku or goods.name} × {goods.quantity}" for goods in row.goods)


SHOWN: Final[Mapping[str, Show]] = {
    "shop": lambda row, _: row.shop_name,
    "state": lambda row, language: _words(STATES, [row.state], language),
    "waits_for": lambda row, language: _words(REASONS, [row.waits_for], language),
    "hold": lambda row, language: _words(REASONS, row.holds, language),
    "flag": lambda row, language: flag_name(row.flag, (), language) if row.flag else "",
    "goods": lambda row, _: _goods(row),
    "sku": lambda row, _: "; ".join(goods.sku for goods in row.goods),
    "sku_name": lambda row, _: "; ".join(goods.name for goods in row.goods),
    "receiver": lambda row, _: f"{row.receiver_name} {row.receiver_phone}".strip(),
    "warehouse": lambda row, _: "、".join(row.warehouses),
    "carrier": lambda row, _: "、".join(row.carriers),
    "tracking_no": lambda row, _: "、".join(row.tracking_nos),
    "has_remark": lambda row, _: row.has_buyer_remark or row.has_seller_remark,
    "is_unmapped": lambda row, _: any(not goods.sku for goods in row.goods),
    "is_split": lambda row, _: row.fulfilments > 1,
    "is_printed": lambda row, _: row.printed > 0,
}
"""Fields that are not attributes of the row as they stand."""
NOT_SHOWN: Final = frozenset(
    {
        "phone",
        "waits_to_merge",
        "answer_unknown",
        "to_print",
        "release_wait_s",
        "deadline",
        "planned_warehouse",
        "working_warehouse",
        "is_untouched",
    }
)
EXPORTED: Final = tuple(field for field in FIELDS if field.name not in NOT_SHOWN)


def columns_of(names: Sequence[str]) -> list[Field]:
    """The columns asked for that can be shown, in that order; none asked for: the usual ones."""
    wanted = [BY_NAME[name] for name in names if name in BY_NAME and name not in NOT_SHOWN]
    return wanted or [field for field in EXPORTED if field.is_default]


def write_export(
    services: HandlerContext, job_id: int, told: Told, warehouse_ids: list[int] | None, language: str, beat: Callable[[], None] = lambda: None
) -> None:
    """Make the file of a job and keep it. Read in chunks: a hundred thousand orders never stand in memory at once. `beat` is called with each."""
    seen = Caller(name="", rights=frozenset(), warehouses=None if warehouse_ids is None else tuple(warehouse_ids))
    body = sheet_of(columns_of(told.given.columns), _rows(services, job_id, seen, beat), language)
    with services.database.transaction() as tx:
        name = f"paidan-orders-{job_id}.xlsx"
        tx.execute(queries.put_file, {"job_id": job_id, "name": name, "media_type": MEDIA_TYPE, "body": body})


def _rows(services: HandlerContext, job_id: int, seen: Caller, beat: Callable[[], None]) -> Iterator[OrderRow]:
    after = 0
    while True:
        with services.database.transaction() as tx:
            ids = tx.execute(queries.ids_of_job, {"job_id": job_id, "after": after, "limit": CHUNK}).fetchall()
            rows = read_rows(tx, [order_id for _, order_id in ids], seen, services.clock.now())
        if not ids:
            return
        yield from rows
        after = ids[-1][0]
        beat()


def sheet_of(fields: Sequence[Field], rows: Iterator[OrderRow], language: str) -> bytes:
    """The workbook."""
    headers = [field.zh if language == "zh" else field.en for field in fields]
    return write_book(SHEET[language], headers, ([_cell(field, row, language) for field in fields] for row in rows), language)


def _cell(field: Field, row: OrderRow, language: str) -> Cell:
    show = SHOWN.get(field.name)
    value: Any = show(row, language) if show else getattr(row, field.name)
    if field.kind == Kind.MONEY and value is not None:
        return Decimal(from_minor(value, row.currency))
    return value or None if isinstance(value, bool) else value
