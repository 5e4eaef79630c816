"""Lists of work as files: exceptions, stock, documents, fulfilments, messages, bans. Their pages' columns, in words; never a body or a receiver."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from paidan.catalog.rows import GoodsBanRow
from paidan.entrypoints.api.comparisons import DifferenceView
from paidan.entrypoints.api.exports.book import Cell
from paidan.entrypoints.api.exports.lists import Column, Exported, Key, Reading, by_id, choice, flag, number
from paidan.entrypoints.api.fulfilments import STATE_NAMES
from paidan.entrypoints.api.lists import sorts
from paidan.entrypoints.api.live.exceptions import ExceptionRow, asked_of, key_of, view_of
from paidan.entrypoints.api.network_routes import queries as master_queries
from paidan.entrypoints.api.operations import MESSAGE_STATES, MessagesAsked, MessageView
from paidan.entrypoints.api.operations import queries as work_queries
from paidan.entrypoints.api.order_reads import KINDS, fulfilment_views, ids_of_number
from paidan.entrypoints.api.pages import as_views, named_rows
from paidan.entrypoints.api.problems import invalid
from paidan.entrypoints.api.stock import DOCUMENT_STATES, BalanceView, DocumentView, EntryView, SellableView
from paidan.entrypoints.api.words import all_words
from paidan.kernel import expected
from paidan.kernel.reasons import Reason
from paidan.parties.addresses.divisions import full_name
from paidan.runtime.database import Tx
from paidan.stock.documents import document_no

Show = Callable[[Any, str], Cell]
WORDS: Final = {subject: {word.code: {"zh": word.zh, "en": word.en} for word in words} for subject, words in all_words().items()}
GRADES: Final = {1: {"zh": "正品", "en": "Good"}, 2: {"zh": "残次", "en": "Defective"}}
DIRECTIONS: Final = {"i": {"zh": "收到", "en": "In"}, "o": {"zh": "发出", "en": "Out"}}
COUNTERPARTS: Final = {
    "shop": {"zh": "店铺", "en": "Shop"},
    "wms": {"zh": "仓库系统", "en": "Warehouse system"},
    "carrier": {"zh": "快递", "en": "Carrier"},
}
DOCUMENT_KINDS: Final = {
    "entry": {"zh": "采购入库", "en": "Entry"},
    "opening": {"zh": "期初", "en": "Opening"},
    "adjustment": {"zh": "调整", "en": "Adjustment"},
    "adjust": {"zh": "调整", "en": "Adjustment"},
}
ENTRY_KINDS: Final = {
    "opening": {"zh": "期初", "en": "opening"},
    "receive": {"zh": "入库", "en": "receive"},
    "issue": {"zh": "出库", "en": "issue"},
    "adjust": {"zh": "调整", "en": "adjust"},
    "move_in": {"zh": "调入", "en": "moved in"},
    "move_out": {"zh": "调出", "en": "moved out"},
}


def _word(name: str, words: Mapping[Any, Mapping[str, str]]) -> Show:
    """The words of a closed list; a code that has none is shown as it is."""

    def show(row: Any, language: str) -> Cell:
        code = getattr(row, name)
        found = words.get(code)
        return str(code) if found is None else found[language]

    return show


def _counterpart(row: MessageView, language: str) -> Cell:
    """Who sent it or gets it, as on the page: `wms:HZ` is the warehouse system HZ."""
    kind, _, code = row.counterpart.partition(":")
    words = COUNTERPARTS.get(kind)
    return row.counterpart if words is None else f"{words[language]} {code}".rstrip()


def _money(name: str) -> Show:
    return lambda row, _: Decimal(getattr(row, name)) / 100


def _id_keys(names: Sequence[str]) -> Callable[[Key | None], dict[str, Any]]:
    """The parameters that name the key after which a list goes on."""
    return lambda key: dict(zip(names, key or (None,) * len(names), strict=True))


# ------------------------------------------------------------------ exceptions


def _exceptions(tx: Tx, reading: Reading, key: Key | None, limit: int) -> Mapping[str, Any]:
    kind = choice(reading.asked, "kind", KINDS)
    owner = {"": None, "me": reading.caller.actor, "nobody": ""}.get(reading.asked.get("owner", ""), reading.asked.get("owner"))
    with_snoozed = flag(reading.asked, "snoozed")
    return asked_of(tx, reading.caller, reading.now, kinds=(kind,) if kind else KINDS, owner=owner, with_snoozed=with_snoozed, after=key, limit=limit)


def _what(row: ExceptionRow, language: str) -> Cell:
    """What is the matter, behind the remarks that wait to be read, as the page tells it."""
    buyer, seller = ("买家：", "卖家：") if language == "zh" else ("Buyer: ", "Seller: ")
    remarks = (buyer + row.buyer_remark if row.buyer_remark else "", seller + row.seller_remark if row.seller_remark else "")
    return " · ".join(filter(None, (*remarks, row.text)))


EXCEPTIONS: Final = Exported(
    name="exceptions",
    zh="异常",
    en="Exceptions",
    columns=(
        Column(name="kind", zh="种类", en="Kind", show=_word("kind", WORDS["exception_kind"])),
        Column(name="order_no", zh="订单", en="Order", show=lambda row, _: row.order_no or row.ref_id),
        Column(name="text", zh="问题", en="What", show=_what),
        Column(name="next", zh="怎么办", en="What to do", of="next_step"),
        Column(name="ship_by_at", zh="平台时限", en="Deadline"),
        Column(name="since", zh="发生于", en="Since"),
        Column(name="owner", zh="处理人", en="Owner", show=lambda row, _: row.owner.removeprefix("user:")),
        Column(name="snoozed_until", zh="稍后处理", en="Asleep until"),
        Column(name="note", zh="说明", en="Note"),
    ),
    asks=("kind", "owner", "snoozed"),
    select=sorts.EXCEPTIONS.select,
    listed=sorts.EXCEPTIONS,
    named=_exceptions,
    views=lambda cursor, reading: [view_of(row, reading.caller, reading.sealer, reading.now, reading.language) for row in named_rows(cursor)],
    key=key_of,
)

# ------------------------------------------------------------------ stock


def _units(name: str, zh: str, en: str) -> Column:
    return Column(name=name, zh=zh, en=en)


def _sellable(_: Tx, reading: Reading, key: Key | None, limit: int) -> Mapping[str, Any]:
    sku = reading.asked.get("sku")
    only = choice(reading.asked, "alarms", ("true", "false", "short", "oversold"))
    after = key[0] if key else 0
    alarm = {"true": "any", "false": None}.get(only or "false", only)
    return {"after": after, "codes": [sku] if sku else None, "ids": None, "alarm": alarm, "now": reading.now, "limit": limit, **reading.caller.sees}


def _balances(_: Tx, reading: Reading, key: Key | None, limit: int) -> Mapping[str, Any]:
    after = dict(zip(("after_sku", "after_warehouse", "after_grade"), key or (0, 0, 0), strict=True))
    asked = {"sku": reading.asked.get("sku") or None, "warehouse": reading.asked.get("warehouse") or None}
    return {**after, **asked, "now": reading.now, "limit": limit, **reading.caller.sees}


def _entries(_: Tx, reading: Reading, key: Key | None, limit: int) -> Mapping[str, Any]:
    sku, document_id = reading.asked.get("sku") or None, number(reading.asked, "document_id")
    if sku is None and document_id is None:
        raise invalid("filters", Reason.FIELD_MISSING, expected=expected.SKU_OR_DOCUMENT)
    after = _id_keys(("after_document", "after_line", "after_kind", "after_sequence"))(key)
    return {**after, "sku": sku, "document_id": document_id, "limit": limit, **reading.caller.sees}


def _documents(_: Tx, reading: Reading, key: Key | None, limit: int) -> Mapping[str, Any]:
    asked = {"kind": reading.asked.get("kind") or None, "warehouse": reading.asked.get("warehouse") or None}
    return {"after": key[0] if key else None, **asked, "is_open": flag(reading.asked, "open"), "limit": limit, **reading.caller.sees}


def _differences(_: Tx, reading: Reading, key: Key | None, limit: int) -> Mapping[str, Any]:
    warehouse = reading.asked.get("warehouse") or None
    settled = flag(reading.asked, "settled")
    return {"after": key[0] if key else 0, "warehouse": warehouse, "settled": settled, "limit": limit, **reading.caller.sees}


ALARMS: Final = {
    "oversold": {"zh": "超卖", "en": "Oversold"},
    "short": {"zh": "缺货", "en": "Short"},
    "low": {"zh": "售罄", "en": "Sold out"},
}


def _alarm(row: SellableView, language: str) -> Cell:
    """As the stock board warns: more is promised or shown than there is, orders wait, nothing is left."""
    if row.is_short or row.shown > row.sellable:
        return ALARMS["oversold"][language]
    if row.short > 0:
        return ALARMS["short"][language]
    return ALARMS["low"][language] if row.sellable == 0 else None


SELLABLE: Final = Exported(
    name="sellable",
    zh="库存",
    en="Stock",
    columns=(
        _units("sku_code", "SKU", "SKU"),
        _units("sku_name", "名称", "Name"),
        Column(name="alarm", zh="告警", en="Alarm", show=_alarm),
        _units("sellable", "可售", "Sellable"),
        _units("on_hand", "在库", "On hand"),
        _units("reserved", "占用", "Reserved"),
        _units("shown", "店铺展示", "Shown"),
        _units("in_transit", "在途", "In transit"),
        _units("free", "空闲", "Free"),
        _units("held", "预留", "Held"),
        _units("short", "缺", "Short"),
    ),
    asks=("sku", "alarms"),
    select=sorts.SELLABLE.select,
    listed=sorts.SELLABLE,
    named=_sellable,
    views=lambda cursor, _: as_views(SellableView, cursor),
    key=lambda row: (int(row.sku_id),),
)
BALANCES: Final = Exported(
    name="balances",
    zh="分仓库存",
    en="Stock by warehouse",
    columns=(
        _units("sku_code", "SKU", "SKU"),
        _units("sku_name", "名称", "Name"),
        _units("warehouse_code", "仓库", "Warehouse"),
        Column(name="grade", zh="品级", en="Grade", show=_word("grade", GRADES)),
        Column(name="is_short", zh="告警", en="Alarm", show=lambda row, language: ALARMS["short"][language] if row.is_short else None),
        _units("free", "空闲", "Free"),
        _units("on_hand", "在库", "On hand"),
        _units("reserved_hard", "占用（已付）", "Reserved, paid"),
        _units("reserved_soft", "占用（未付）", "Reserved, unpaid"),
        _units("in_transit", "在途", "In transit"),
    ),
    asks=("sku", "warehouse"),
    select=sorts.BALANCES.select,
    listed=sorts.BALANCES,
    named=_balances,
    views=lambda cursor, _: as_views(BalanceView, cursor),
    key=lambda row: (int(row.sku_id), int(row.warehouse_id), row.grade),
)
ENTRIES: Final = Exported(
    name="entries",
    zh="库存流水",
    en="Stock entries",
    columns=(
        Column(name="occurred_at", zh="发生", en="Occurred"),
        Column(name="kind", zh="种类", en="Kind", show=_word("kind", ENTRY_KINDS)),
        Column(name="sku_code", zh="SKU", en="SKU"),
        Column(name="warehouse_code", zh="仓库", en="Warehouse"),
        Column(name="grade", zh="品级", en="Grade", show=_word("grade", GRADES)),
        Column(name="quantity", zh="数量", en="Quantity"),
        Column(name="value_minor", zh="金额", en="Value", show=_money("value_minor")),
        Column(name="cause", zh="原因", en="Cause"),
        Column(name="order_no", zh="订单", en="Order"),
        Column(name="document_no", zh="单据", en="Document", show=lambda row, _: document_no(int(row.document_id)) if row.document_kind else None),
        Column(name="recorded_at", zh="记录", en="Recorded"),
    ),
    asks=("sku", "document_id"),
    select=work_queries.list_entries,
    named=_entries,
    views=lambda cursor, _: as_views(EntryView, cursor),
    key=lambda row: (int(row.document_id), row.document_line, row.kind, row.sequence),
)
DOCUMENTS: Final = Exported(
    name="documents",
    zh="入库单",
    en="Entry orders",
    columns=(
        Column(name="no", zh="单据", en="Document", show=lambda row, _: document_no(int(row.id))),
        Column(name="kind", zh="种类", en="Kind", show=_word("kind", DOCUMENT_KINDS)),
        Column(name="state", zh="状态", en="State", show=_word("state", WORDS["document_state"])),
        Column(name="warehouse", zh="仓库", en="Warehouse", of="warehouse_code"),
        Column(name="reference", zh="外部单号", en="Reference"),
        Column(name="expected", zh="预计到货", en="Expected", of="expected_at"),
        Column(name="created", zh="创建", en="Made", of="created_at"),
        Column(name="by", zh="创建人", en="By", of="created_by"),
    ),
    asks=("kind", "warehouse", "open"),
    select=sorts.DOCUMENTS.select,
    listed=sorts.DOCUMENTS,
    named=_documents,
    views=lambda cursor, _: as_views(DocumentView, cursor, DOCUMENT_STATES),
    key=by_id,
)
OUTCOMES: Final = {
    "open": {"zh": "待处理", "en": "open"},
    "accepted": {"zh": "已认可", "en": "accepted"},
    "gone": {"zh": "已自行消失", "en": "went away"},
}


def _outcome(row: DifferenceView, language: str) -> Cell:
    """What became of a difference."""
    return OUTCOMES["accepted" if row.document_id else "gone" if row.settled_at else "open"][language]


DIFFERENCES: Final = Exported(
    name="differences",
    zh="库存差异",
    en="Stock differences",
    columns=(
        Column(name="sku", zh="SKU", en="SKU", of="sku_code"),
        Column(name="name", zh="名称", en="Name", of="sku_name"),
        Column(name="warehouse", zh="仓库", en="Warehouse", of="warehouse_code"),
        Column(name="grade", zh="品级", en="Grade", show=_word("grade", GRADES)),
        Column(name="theirs", zh="仓库数", en="Theirs"),
        Column(name="ours", zh="我方账", en="Ours"),
        Column(name="difference", zh="差异", en="Difference"),
        Column(name="looks", zh="连续次数", en="Times"),
        Column(name="seen", zh="最近发现", en="Last seen", of="seen_at"),
        Column(name="state", zh="状态", en="State", show=_outcome),
        Column(name="by", zh="处理人", en="By", of="settled_by"),
        Column(name="note", zh="原因", en="Reason"),
        Column(name="settled_at", zh="解决于", en="Settled"),
    ),
    asks=("warehouse", "settled"),
    select=sorts.DIFFERENCES.select,
    listed=sorts.DIFFERENCES,
    named=_differences,
    views=lambda cursor, _: as_views(DifferenceView, cursor),
    key=by_id,
)

# ------------------------------------------------------------------ fulfilments, messages


def _fulfilments(tx: Tx, reading: Reading, key: Key | None, limit: int) -> Mapping[str, Any]:
    state = choice(reading.asked, "state", tuple(STATE_NAMES))
    states = None if state is None else [int(STATE_NAMES[state])]
    asked = {"order_id": None, "states": states, "warehouse": reading.asked.get("warehouse") or None}
    ids = ids_of_number(tx, reading.asked.get("number", ""))
    return {"after": key[0] if key else None, **asked, "ids": ids, "limit": limit, **reading.caller.sees}


def _messages(tx: Tx, reading: Reading, key: Key | None, limit: int) -> Mapping[str, Any]:
    state = choice(reading.asked, "state", (*WORDS["message_state"], "all"))
    asked = MessagesAsked(
        business_key=reading.asked.get("business_key", ""),
        states=tuple(WORDS["message_state"]) if state == "all" else (state,) if state else (),
        kind=reading.asked.get("kind", ""),
        direction=choice(reading.asked, "direction", tuple(DIRECTIONS)) or "",
    )
    return {**asked.named(tx, reading.caller, key[0] if key else None, reading.now), "limit": limit}


def _holds(row: Any, language: str) -> Cell:
    return ("、" if language == "zh" else ", ").join(WORDS["reason"][reason][language] for reason in row.holds) or None


FULFILMENTS: Final = Exported(
    name="fulfilments",
    zh="发货单",
    en="Fulfilments",
    columns=(
        Column(name="no", zh="发货单号", en="Fulfilment no."),
        Column(name="state", zh="状态", en="State", show=_word("state", WORDS["fulfilment_state"])),
        Column(name="order_id", zh="订单", en="Order", of="order_no"),
        Column(name="holds", zh="挂起原因", en="Held because", show=_holds),
        Column(name="warehouse", zh="仓库", en="Warehouse", of="warehouse_code"),
        Column(name="carrier", zh="快递", en="Carrier", of="carrier_code"),
        Column(name="due", zh="计划下发", en="Release planned", of="release_due_at"),
        Column(name="ship_by", zh="最晚发货", en="Ship by", of="ship_by_at"),
        Column(name="weight", zh="重量(克)", en="Weight (g)", of="weight_g"),
        Column(name="freight", zh="运费", en="Freight", show=_money("freight_minor")),
        Column(name="created", zh="生成", en="Made", of="created_at"),
        Column(name="released", zh="下发", en="Released", of="released_at"),
        Column(name="wms", zh="仓库单号", en="Warehouse ref.", of="wms_ref"),
    ),
    asks=("state", "warehouse", "number"),
    select=sorts.FULFILMENTS.select,
    listed=sorts.FULFILMENTS,
    named=_fulfilments,
    views=lambda cursor, _: fulfilment_views(cursor),
    key=by_id,
)
MESSAGES: Final = Exported(
    name="messages",
    zh="报文",
    en="Messages",
    columns=(
        Column(name="at", zh="时间", en="At"),
        Column(name="direction", zh="方向", en="Direction", show=_word("direction", DIRECTIONS)),
        Column(name="kind", zh="种类", en="Kind", show=_word("kind", WORDS["message_kind"])),
        Column(name="protocol", zh="协议名", en="Name in the protocol", of="kind"),
        Column(name="counterpart", zh="对方", en="Counterpart", show=_counterpart),
        Column(name="key", zh="业务单号", en="Business key", of="business_key"),
        Column(name="state", zh="状态", en="State", show=_word("state", WORDS["message_state"])),
        Column(name="reason", zh="原因", en="Reason", show=_word("reason", WORDS["reason"])),
        Column(name="attempts", zh="次数", en="Tries"),
        Column(name="http", zh="HTTP", en="HTTP", of="http_status"),
    ),
    asks=("business_key", "state", "kind", "direction"),
    select=sorts.MESSAGES.select,
    listed=sorts.MESSAGES,
    named=_messages,
    views=lambda cursor, _: as_views(MessageView, cursor, MESSAGE_STATES),
    key=by_id,
)

# ------------------------------------------------------------------ bans

CLASSES: Final = {
    "normal": {"zh": "普通", "en": "Normal"},
    "fragile": {"zh": "易碎", "en": "Fragile"},
    "fresh": {"zh": "生鲜", "en": "Fresh"},
    "dangerous": {"zh": "危险品", "en": "Dangerous"},
    "oversize": {"zh": "超大件", "en": "Oversize"},
}
WIDE_REGIONS: Final = {"*": {"zh": "所有地区", "en": "everywhere"}, "CN": {"zh": "中国大陆", "en": "mainland China"}}


def _region(row: GoodsBanRow, language: str) -> Cell:
    """As the page names it: a division by its full name, any other by its code."""
    return WIDE_REGIONS[row.region][language] if row.region in WIDE_REGIONS else full_name(row.region)


BANS: Final = Exported(
    name="bans",
    zh="禁运",
    en="Bans",
    columns=(
        Column(name="goods_class", zh="品类", en="Class", show=_word("goods_class", CLASSES)),
        Column(name="region", zh="地区", en="Region", show=_region),
        Column(name="region_code", zh="地区代码", en="Region code", of="region"),
    ),
    asks=(),
    select=master_queries.goods_bans,
    named=lambda _, __, key, limit: {**_id_keys(("after_class", "after_region"))(key), "limit": limit},
    views=lambda cursor, _: as_views(GoodsBanRow, cursor),
    key=lambda row: (row.goods_class, row.region),
)

WORKS: Final = (EXCEPTIONS, SELLABLE, BALANCES, ENTRIES, DOCUMENTS, DIFFERENCES, FULFILMENTS, MESSAGES, BANS)
