"""Stock and stock documents over HTTP: balances, what is sellable, entries, documents, opening stock."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from litestar import Request, Response, Router
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta, Struct, convert
from msgspec.structs import replace

from paidan.catalog.load import cache_versions
from paidan.entrypoints.api.guard import SEE, Known, needs
from paidan.entrypoints.api.idempotency import IdempotencyKey, Post
from paidan.entrypoints.api.lists import sorts
from paidan.entrypoints.api.lists.sorting import SortedBy, find
from paidan.entrypoints.api.masters import Results, told_results
from paidan.entrypoints.api.pages import Cursor, Limit, OptionalId, OptionalText, Page, RecordId, as_views, named_rows, page, read_cursor
from paidan.entrypoints.api.people.rights import Right
from paidan.entrypoints.api.problems import Refused, invalid
from paidan.entrypoints.api.services import Given
from paidan.entrypoints.api.shop_stock import wanted_in_shops
from paidan.entrypoints.api.stock_alarms import Alarm as AlarmKind
from paidan.entrypoints.api.stock_alarms import AlarmCounts, still_alarming
from paidan.entrypoints.api.verbs import get, post
from paidan.entrypoints.api.versions import etag
from paidan.fulfilment.entries import order_entry
from paidan.kernel import expected
from paidan.kernel.reasons import Reason
from paidan.kernel.states import DocumentState
from paidan.runtime.database import Tx
from paidan.runtime.queries import load_queries
from paidan.stock.documents import document_no
from paidan.stock.opening import OpeningRow, write_opening

queries = load_queries("paidan.entrypoints.api", "work.sql")

DOCUMENT_STATES: Final = {"state": DocumentState}
ROWS_MAX: Final = 1_000
Kind = Annotated[str | None, QueryParameter(max_length=20, pattern=r"^[a-z_]*$", required=False)]
Codes = Annotated[list[str] | None, QueryParameter(name="sku", max_items=200, description="SKU codes; none: all", required=False)]
AlarmsOnly = Annotated[bool, QueryParameter(description="Only what waits for goods, is promised twice or shown beyond what there is")]
Alarm = Annotated[Literal["short", "oversold"] | None, QueryParameter(description="Only what orders wait for, or what is oversold", required=False)]
OneCode = Annotated[str, QueryParameter(name="sku", min_length=1, max_length=64, pattern=r"^[^\x00]*$", description="A SKU's code")]
OpenOnly = Annotated[bool, QueryParameter(description="Only documents not at an end")]


class BalanceView(Struct, frozen=True, kw_only=True):
    """Units of a SKU in a warehouse. `grade` 1 good, 2 defective; `free` may be reserved."""

    sku_id: str
    sku_code: str
    sku_name: str
    warehouse_id: str
    warehouse_code: str
    grade: int
    on_hand: int
    reserved_hard: int
    reserved_soft: int
    in_transit: int
    is_short: bool
    free: int


class SellableView(Struct, frozen=True, kw_only=True):
    """A SKU over all warehouses: sellable = free - held - short, never below 0; what shops keep back comes off on top.

    `shown`: the most any of its listings shows; above `sellable`, more may be sold than there is. `is_short`: some warehouse has promised more
    than it has.
    """

    sku_id: str
    sku_code: str
    sku_name: str
    on_hand: int
    reserved: int
    in_transit: int
    free: int
    held: int
    short: int
    sellable: int
    shown: int
    is_short: bool


class ShopGoodsView(Struct, frozen=True, kw_only=True):
    """A SKU in a shop that sells it: what it may sell there, what the shop keeps back, and the most its listings show.

    `shown` null: none has been told yet, or all are being told something new.
    """

    sku_id: str
    sku_code: str
    sku_name: str
    kind: str
    shop_code: str
    shop_name: str
    safety_quantity: int
    sellable: int
    listings: int
    shown: int | None


class ShownView(Struct, frozen=True, kw_only=True):
    """A listing and what it shows. `told_at` null: nobody has set it yet; `is_due`: it is being told."""

    listing_id: str
    item_ref: str
    sku_ref: str
    title: str
    shown: int
    told_at: datetime | None
    is_due: bool


class ShopStockView(Struct, frozen=True, kw_only=True):
    """What a shop may sell of a SKU: what its warehouses have free, less what waits for them, less what the shop keeps back."""

    shop_code: str
    shop_name: str
    safety_quantity: int
    sellable: int
    listings: tuple[ShownView, ...]


class ShopStocks(Struct, frozen=True, kw_only=True):
    """One row for each shop, by its code."""

    items: tuple[ShopStockView, ...]


class EntryView(Struct, frozen=True, kw_only=True):
    """One immutable row of the ledger, and what caused it: an order (`order_id`), or a stock document (`document_kind`, `document_no`)."""

    document_id: str
    document_line: int
    kind: str
    sequence: int
    sku_code: str
    warehouse_code: str
    grade: int
    quantity: int
    value_minor: int
    cause: str
    occurred_at: datetime
    recorded_at: datetime
    document_kind: str | None
    order_id: str | None
    order_no: str | None
    document_no: str = ""


class DocumentLineView(Struct, frozen=True, kw_only=True):
    """Units of one SKU: planned and done."""

    line_no: int
    sku_code: str
    planned: int
    done: int


class DocumentView(Struct, frozen=True, kw_only=True):
    """A stock document."""

    id: str
    kind: str
    state: str
    warehouse_code: str
    reference: str
    expected_at: datetime | None
    wms_ref: str
    version: int
    created_at: datetime
    created_by: str
    no: str = ""
    lines: tuple[DocumentLineView, ...] = ()


class OpeningBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """First units of balances, each opened once."""

    rows: Annotated[tuple[OpeningRow, ...], Meta(min_length=1, max_length=ROWS_MAX)]
    reference: Annotated[str, Meta(max_length=64, pattern=r"^[^\x00]*$")] = ""


@get("/stock/balances", opt=SEE, sync_to_thread=True, summary="List balances", tags=["stock"])
def get_balances(
    services: Given,
    caller: Known,
    sku: OptionalText = None,
    warehouse: OptionalText = None,
    sort_by: SortedBy = "",
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Page[BalanceView]:
    """Units by SKU, warehouse and grade."""
    if not sort_by:
        _refuse_large(read_cursor(cursor, [int, int, int])[2], "cursor")
    filters = {"sku": sku or None, "warehouse": warehouse or None, "now": services.clock.now(), **caller.sees}
    with services.database.transaction() as tx:
        found = find(tx, sorts.BALANCES, sort_by, cursor, limit, filters)
    return found.page(as_views(BalanceView, found.rows))


SMALLINT_MAX: Final = 2**15 - 1


def _refuse_large(value: int | None, field: str, largest: int = SMALLINT_MAX) -> None:
    if value is not None and not 0 <= value <= largest:
        raise invalid(field)


@get("/stock/sellable", opt=SEE, sync_to_thread=True, summary="List what is sellable", tags=["stock"])
def get_sellable(
    services: Given,
    caller: Known,
    request: Request[Any, Any, Any],
    codes: Codes = None,
    alarm: Alarm = None,
    sort_by: SortedBy = "",
    cursor: Cursor = "",
    limit: Limit = 50,
    *,
    alarms_only: AlarmsOnly = False,
) -> Page[SellableView]:
    """Sellable units by SKU, computed now. Which ones alarm: with a very large catalogue as of two minutes ago at most, and still."""
    wanted = [code for code in codes or () if "\0" not in code]
    only: AlarmKind | None = alarm or ("any" if alarms_only else None)
    counts: AlarmCounts = request.app.state.stock_alarms
    ids = counts.alarming(services, caller).of(only) if only and not codes else None
    asked = {"codes": wanted if codes else None, "ids": ids, "alarm": only, "now": services.clock.now(), **caller.sees}
    with services.database.transaction() as tx:
        if ids is None or sort_by:
            found = find(tx, sorts.SELLABLE, sort_by, cursor, limit, asked)
            return found.page(as_views(SellableView, found.rows))
        [after] = read_cursor(cursor, [int])
        rows = still_alarming(tx, ids, {**asked, "after": after or 0, "limit": limit + 1})
    return page([convert(row, SellableView) for row in rows], limit, lambda view: [int(view.sku_id)])


@get("/stock/by-shop", opt=SEE, sync_to_thread=True, summary="List what shops may sell", tags=["stock"])
def get_shop_goods(
    services: Given,
    caller: Known,
    sku: OptionalText = None,
    shop: OptionalText = None,
    sort_by: SortedBy = "",
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Page[ShopGoodsView]:
    """SKUs by shop, those that a shop sells: what it may sell, as it is told, and what it shows. Of all warehouses: who sees some only, sees none."""
    shops = caller.shops_seen if caller.warehouses is None else []
    with services.database.transaction() as tx:
        found = find(tx, sorts.BY_SHOP, sort_by, cursor, limit, {"sku": sku or None, "shop": shop or None, "shops": shops})
        rows = list(named_rows(found.rows))
        versions = cache_versions(tx)
        network = services.network.load(tx, versions["network"])
        skus = services.skus.load(tx, {row["sku_id"] for row in rows}, versions["catalog"])
        sellable = wanted_in_shops(tx, network, skus, [(row["sku_id"], row["shop_id"]) for row in rows], services.clock.now())
    return found.page([_in_shop(row, sellable.get((row["sku_id"], row["shop_id"]), 0)) for row in rows])


def _in_shop(row: dict[str, Any], sellable: int) -> ShopGoodsView:
    told = {name: value for name, value in row.items() if name not in {"sku_id", "shop_id"}}
    return convert({**told, "sku_id": str(row["sku_id"]), "sellable": sellable}, ShopGoodsView)


@get("/stock/shops", opt=SEE, sync_to_thread=True, summary="List what shops may sell of a SKU", tags=["stock"])
def get_shop_stock(services: Given, caller: Known, code: OneCode) -> ShopStocks:
    """What each shop may sell of a SKU and what its listings show, computed now: as shops are told.

    Of all warehouses: who sees some only, sees none.
    """
    with services.database.transaction() as tx:
        row = tx.execute(queries.goods_of_code, {"code": code}).fetchone()
        if row is None:
            raise invalid("sku", Reason.UNKNOWN_SKU)
        if caller.warehouses is not None:
            return ShopStocks(items=())
        versions = cache_versions(tx)
        network = services.network.load(tx, versions["network"])
        found = named_rows(tx.execute(queries.listings_of_sku, {"sku_id": row[0], **caller.sees}))
        listings = [(told.pop("shop_id"), convert(told, ShownView)) for told in found]
        skus = services.skus.load(tx, {row[0]}, versions["catalog"])
        sellable = wanted_in_shops(tx, network, skus, [(row[0], shop_id) for shop_id in network.shops], services.clock.now())
    shops = sorted((shop for shop in network.shops.values() if caller.shops is None or shop.id in caller.shops), key=lambda shop: shop.code)
    return ShopStocks(
        items=tuple(
            ShopStockView(
                shop_code=shop.code,
                shop_name=shop.name,
                safety_quantity=shop.safety_quantity,
                sellable=sellable[row[0], shop.id],
                listings=tuple(shown for shop_id, shown in listings if shop_id == shop.id),
            )
            for shop in shops
        )
    )


@get("/stock/entries", opt=SEE, sync_to_thread=True, summary="List entries", tags=["stock"])
def get_entries(
    services: Given, caller: Known, sku: OptionalText = None, document_id: OptionalId = None, cursor: Cursor = "", limit: Limit = 50
) -> Page[EntryView]:
    """The ledger of one SKU or of one document (also a fulfilment's id), newest document first."""
    if not sku and document_id is None:
        raise invalid("sku", Reason.FIELD_MISSING, expected=expected.SKU_OR_DOCUMENT)
    document, line, kind, sequence = read_cursor(cursor, [int, int, str, int])
    _refuse_large(line, "cursor")
    _refuse_large(sequence, "cursor", 2**31 - 1)
    after = {"after_document": document, "after_line": line, "after_kind": kind, "after_sequence": sequence}
    with services.database.transaction() as tx:
        cursor_of_rows = tx.execute(
            queries.list_entries, {**after, **caller.sees, "sku": sku or None, "document_id": document_id, "limit": limit + 1}
        )
        found = [_numbered(entry) for entry in as_views(EntryView, cursor_of_rows)]
    return page(found, limit, lambda e: [int(e.document_id), e.document_line, e.kind, e.sequence])


def _numbered(entry: EntryView) -> EntryView:
    return entry if entry.document_kind is None else replace(entry, document_no=document_no(int(entry.document_id)))


@post("/stock/opening", opt=needs(Right.STOCK, everywhere=True), status_code=200, sync_to_thread=True, summary="Open balances", tags=["stock"])
def post_opening(services: Given, caller: Known, once: Post, data: JSONBody[OpeningBody], idempotency_key: IdempotencyKey = "") -> Response[Results]:
    """First units of balances; each row is told what became of it."""
    del idempotency_key
    return once.answer(lambda tx: told_results(write_opening(tx, services.ids, data.rows, once.now, reference=data.reference, by=caller.actor)))


@get("/documents", opt=SEE, sync_to_thread=True, summary="List documents", tags=["documents"])
def get_documents(
    services: Given,
    caller: Known,
    kind: Kind = None,
    warehouse: OptionalText = None,
    sort_by: SortedBy = "",
    cursor: Cursor = "",
    limit: Limit = 50,
    *,
    open_only: OpenOnly = False,
) -> Page[DocumentView]:
    """Stock documents, newest first."""
    filters = {"kind": kind or None, "warehouse": warehouse or None, "is_open": open_only, **caller.sees}
    with services.database.transaction() as tx:
        found = find(tx, sorts.DOCUMENTS, sort_by, cursor, limit, filters)
    return found.page([_named(one) for one in as_views(DocumentView, found.rows, DOCUMENT_STATES)])


@get("/documents/{document_id:int}", opt=SEE, sync_to_thread=True, summary="Get a document", tags=["documents"])
def get_document(services: Given, caller: Known, document_id: RecordId) -> Response[DocumentView]:
    """The document with its lines; the ETag is its version."""
    with services.database.transaction() as tx:
        found = as_views(DocumentView, tx.execute(queries.get_document, {"id": document_id, **caller.sees}), DOCUMENT_STATES)
        lines = as_views(DocumentLineView, tx.execute(queries.document_lines, {"id": document_id}))
    if not found:
        raise Refused(Reason.UNKNOWN_DOCUMENT)
    return Response(content=replace(_named(found[0]), lines=tuple(lines)), headers=etag(found[0].version))


def _named(document: DocumentView) -> DocumentView:
    """With the number by which warehouses know it."""
    return replace(document, no=document_no(int(document.id)))


class EntryLineBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Units of a SKU that will arrive."""

    sku_code: Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[^\x00]*$")]
    quantity: Annotated[int, Meta(ge=1, le=1_000_000_000)]


class EntryBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Goods that will arrive at a warehouse; `reference` is the purchase order's number."""

    warehouse_code: Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[^\x00]*$")]
    lines: Annotated[tuple[EntryLineBody, ...], Meta(min_length=1, max_length=ROWS_MAX)]
    reference: Annotated[str, Meta(max_length=64, pattern=r"^[^\x00]*$")] = ""
    expected_at: Annotated[datetime, Meta(tz=True)] | None = None


class Announced(Struct, frozen=True, kw_only=True):
    """The entry order; the warehouse is told next."""

    document_id: str
    no: str


@post("/documents/entries", opt=needs(Right.STOCK), status_code=201, sync_to_thread=True, summary="Announce goods to a warehouse", tags=["documents"])
def post_entry(services: Given, caller: Known, once: Post, data: JSONBody[EntryBody], idempotency_key: IdempotencyKey = "") -> Response[Announced]:
    """An entry order: its units are on the way until the warehouse confirms them."""
    del idempotency_key
    lines = [(line.sku_code, line.quantity) for line in data.lines]

    def work(tx: Tx) -> Announced:
        if caller.warehouses is not None:
            row = tx.execute(queries.warehouse_of, {"code": data.warehouse_code}).fetchone()
            if row is None or row[0] not in caller.warehouses:
                raise invalid("warehouse_code", Reason.UNKNOWN_WAREHOUSE)
        document_id = order_entry(tx, services.ids, data.warehouse_code, lines, data.reference, data.expected_at, once.now, by=caller.actor)
        return Announced(document_id=str(document_id), no=document_no(document_id))

    return once.answer(work, status=201)


ROUTER = Router(
    "/",
    route_handlers=[
        get_balances,
        get_sellable,
        get_shop_goods,
        get_shop_stock,
        get_entries,
        post_opening,
        post_entry,
        get_documents,
        get_document,
    ],
)
