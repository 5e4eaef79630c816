"""What the words of warehouses mean for us: default rows that an operator may edit. Not one of them is hard-coded elsewhere.

A move applies only from the states in `only_from`: a late ACCEPT never undoes a recall, a step never moves anything backwards.
Every (from, to) is a legal move of the kernel; a test holds that. Codes: Qimen enumerations of status, processStatus, inventoryType, orderType.
"""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from paidan.kernel.states import DocumentState as D
from paidan.kernel.states import FulfilmentState as F

DELIVERY_STATUS: Final = "qimen.delivery.status"
PROCESS_STATUS: Final = "qimen.process"
ENTRY_STATUS: Final = "qimen.entry.status"


class StatusRow(Struct, frozen=True, kw_only=True):
    """One code of one protocol. `moves_to` 0: it is written to the timeline and nothing else. `needs_attention`: somebody should look."""

    protocol: str
    code: str
    moves_to: int = 0
    only_from: tuple[int, ...] = ()
    needs_attention: bool = False
    zh: str
    en: str


def next_state(rows_by_code: Mapping[str, StatusRow], code: str, state: int) -> int | None:
    """The state to move to because of a code; None when it is for the timeline only, unknown, or too late."""
    row = rows_by_code.get(code.upper())
    return row.moves_to if row is not None and row.moves_to and state in row.only_from else None


def rows_of(protocol: str) -> dict[str, StatusRow]:
    """The default rows of one protocol by code."""
    return {row.code: row for row in STATUS_ROWS if row.protocol == protocol}


def _delivery(code: str, zh: str, en: str, moves_to: int = 0, only_from: tuple[int, ...] = (), *, attention: bool = False) -> StatusRow:
    return StatusRow(protocol=DELIVERY_STATUS, code=code, zh=zh, en=en, moves_to=moves_to, only_from=only_from, needs_attention=attention)


def _process(code: str, zh: str, en: str, moves_to: int = 0, only_from: tuple[int, ...] = (), *, attention: bool = False) -> StatusRow:
    return StatusRow(protocol=PROCESS_STATUS, code=code, zh=zh, en=en, moves_to=moves_to, only_from=only_from, needs_attention=attention)


def _entry(code: str, zh: str, en: str, moves_to: int = 0, only_from: tuple[int, ...] = (), *, attention: bool = False) -> StatusRow:
    return StatusRow(protocol=ENTRY_STATUS, code=code, zh=zh, en=en, moves_to=moves_to, only_from=only_from, needs_attention=attention)


_AT_WAREHOUSE = (F.RELEASED, F.ACCEPTED, F.RECALLING)
_FRESH = (F.RELEASED,)
_RECALLED = (F.RECALLING,)
_OPEN_ENTRY = (D.RELEASED, D.ACCEPTED)

STATUS_ROWS: Final[tuple[StatusRow, ...]] = (
    # the status of a delivery order, as a confirm or the answer to a query tells it
    _delivery("NEW", "未开始处理", "Not begun"),
    _delivery("ACCEPT", "仓库接单", "Accepted", F.ACCEPTED, _FRESH),
    _delivery("PARTDELIVERED", "部分发货完成", "Part shipped", F.PART_SHIPPED, _AT_WAREHOUSE),
    _delivery("DELIVERED", "发货完成", "Shipped", F.SHIPPED, (*_AT_WAREHOUSE, F.PART_SHIPPED)),
    _delivery("EXCEPTION", "异常", "Exception", attention=True),
    _delivery("CANCELED", "取消", "Cancelled", F.CANCELLED, _AT_WAREHOUSE),
    _delivery("CLOSED", "关闭", "Closed", attention=True),
    _delivery("REJECT", "拒单", "Rejected", F.REJECTED, _AT_WAREHOUSE),
    _delivery("CANCELEDFAIL", "取消失败", "Could not be cancelled", F.ACCEPTED, _RECALLED),
    # the steps inside the warehouse; any step proves that a released order was accepted; shipping itself is told by the confirm
    _process("NEW", "未开始处理", "Not begun"),
    _process("ACCEPT", "仓库接单", "Accepted", F.ACCEPTED, _FRESH),
    _process("PRINT", "打印", "Printed", F.ACCEPTED, _FRESH),
    _process("PICK", "拣货", "Picked", F.ACCEPTED, _FRESH),
    _process("CHECK", "复核", "Checked", F.ACCEPTED, _FRESH),
    _process("PACKAGE", "打包", "Packed", F.ACCEPTED, _FRESH),
    _process("WEIGH", "称重", "Weighed", F.ACCEPTED, _FRESH),
    _process("READY", "待提货", "Ready for pick-up", F.ACCEPTED, _FRESH),
    _process("DELIVERED", "已发货", "Shipped"),
    _process("PARTDELIVERED", "部分发货", "Part shipped"),
    _process("PARTFULFILLED", "部分收货", "Part received"),
    _process("FULFILLED", "收货完成", "Received"),
    _process("EXCEPTION", "异常", "Exception", attention=True),
    _process("CLOSED", "关闭", "Closed", attention=True),
    _process("CANCELED", "取消", "Cancelled", F.CANCELLED, _AT_WAREHOUSE),
    _process("CANCELEDFAIL", "取消失败", "Could not be cancelled", F.ACCEPTED, _RECALLED),
    _process("REJECT", "仓库拒单", "Rejected by the warehouse", F.REJECTED, _AT_WAREHOUSE),
    _process("REFUSE", "客户拒收", "Refused by the customer", attention=True),
    _process("SIGN", "客户签收", "Signed for", F.DELIVERED, (F.SHIPPED,)),
    _process("TMSCANCELED", "快递拦截成功", "Intercepted by the carrier", attention=True),
    _process("TMSCANCELFAILED", "快递拦截失败", "Could not be intercepted", attention=True),
    _process("OTHER", "其他", "Other"),
    # the status of an entry order
    _entry("NEW", "未开始处理", "Not begun"),
    _entry("ACCEPT", "仓库接单", "Accepted", D.ACCEPTED, (D.RELEASED,)),
    _entry("PARTFULFILLED", "部分收货完成", "Part received", D.PART_DONE, _OPEN_ENTRY),
    _entry("FULFILLED", "收货完成", "Received", D.DONE, (*_OPEN_ENTRY, D.PART_DONE)),
    _entry("EXCEPTION", "异常", "Exception", attention=True),
    _entry("CANCELED", "取消", "Cancelled", D.CANCELLED, _OPEN_ENTRY),
    _entry("CLOSED", "关闭", "Closed", attention=True),
    _entry("REJECT", "拒单", "Rejected", D.REJECTED, _OPEN_ENTRY),
    _entry("CANCELEDFAIL", "取消失败", "Could not be cancelled", attention=True),
)

# `inventoryType` ↔ the grades of the stock records: 1 good, the only one promised to buyers, 2 defective (any damage).
# ZT (in transit) is no grade: stock keeps it in a column of its own.
GRADE_BY_INVENTORY_TYPE: Final = {"ZP": 1, "CC": 2, "JS": 2, "XS": 2}
INVENTORY_TYPE_BY_GRADE: Final = {1: "ZP", 2: "CC"}


class TypeRow(Struct, frozen=True, kw_only=True):
    """One `orderType`. `kind` is the sort of document it stands for."""

    code: str
    kind: str
    zh: str
    en: str


def _type(kind: str, code: str, zh: str, en: str) -> TypeRow:
    return TypeRow(code=code, kind=kind, zh=zh, en=en)


ORDER_TYPES: Final[tuple[TypeRow, ...]] = (
    _type("delivery", "JYCK", "一般交易出库", "Consumer sale"),
    _type("delivery", "HHCK", "换货出库", "Exchange"),
    _type("delivery", "BFCK", "补发出库", "Sent again"),
    _type("delivery", "QTCK", "其他出库", "Other delivery"),
    _type("stockout", "PTCK", "普通出库", "Ordinary issue"),
    _type("stockout", "DBCK", "调拨出库", "Transfer out"),
    _type("stockout", "B2BCK", "B2B 出库", "Wholesale issue"),
    _type("stockout", "CGTH", "采购退货出库", "Return to vendor"),
    _type("stockout", "XNCK", "虚拟出库", "Virtual issue"),
    _type("stockout", "JITCK", "唯品出库", "Just-in-time issue"),
    _type("entry", "CGRK", "采购入库", "Purchase receipt"),
    _type("entry", "DBRK", "调拨入库", "Transfer in"),
    _type("entry", "SCRK", "生产入库", "Production receipt"),
    _type("entry", "LYRK", "领用入库", "Returned from internal use"),
    _type("entry", "CCRK", "残次品入库", "Defective goods receipt"),
    _type("entry", "QTRK", "其他入库", "Other receipt"),
    _type("entry", "B2BRK", "B2B 入库", "Wholesale receipt"),
    _type("entry", "XNRK", "虚拟入库", "Virtual receipt"),
    _type("return", "THRK", "退货入库", "Customer return"),
    _type("return", "HHRK", "换货入库", "Exchange return"),
    _type("processing", "CNJG", "仓内加工", "Processing"),
    _type("handover", "THPL", "退货包裹交接", "Returned parcel hand-over"),
)
