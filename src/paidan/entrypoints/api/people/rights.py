"""The closed list of rights, with their words; and what an API key's coarse scopes stand for."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final


class Right(StrEnum):
    """What somebody may do. A new right is added here, with words, and never re-used for another meaning."""

    SEE = "see"
    AUDIT = "audit"
    HOLD = "hold"
    FORCE = "force"
    EDIT_ORDER = "edit_order"
    CANCEL = "cancel"
    MERGE = "merge"
    PRINT = "print"
    SHIP = "ship"
    EXPORT = "export"
    IMPORT = "import"
    STOCK = "stock"
    MASTERS = "masters"
    MESSAGES = "messages"
    REVEAL = "reveal"
    PEOPLE = "people"
    SETTINGS = "settings"


RIGHT_WORDS: Final[Mapping[Right, tuple[str, str]]] = {
    Right.SEE: ("查看", "See"),
    Right.AUDIT: ("审单", "Audit orders"),
    Right.HOLD: ("挂起", "Hold orders"),
    Right.FORCE: ("强制放行", "Force a release"),
    Right.EDIT_ORDER: ("修改订单", "Edit orders"),
    Right.CANCEL: ("取消订单", "Cancel orders"),
    Right.MERGE: ("合单与拆单", "Merge and split"),
    Right.PRINT: ("打印", "Print"),
    Right.SHIP: ("发货", "Ship"),
    Right.EXPORT: ("导出", "Export"),
    Right.IMPORT: ("导入", "Import"),
    Right.STOCK: ("库存单据", "Stock documents"),
    Right.MASTERS: ("基础资料", "Master data"),
    Right.MESSAGES: ("重放报文", "Replay messages"),
    Right.REVEAL: ("查看收件人明文", "See receivers in clear"),
    Right.PEOPLE: ("用户与权限", "People and rights"),
    Right.SETTINGS: ("系统设置", "Settings"),
}


class Scope(StrEnum):
    """Coarse scopes of an API key: read, write (and read), admin (everything, keys and connections too)."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"


_KEPT_FROM_WRITERS: Final = frozenset({Right.PEOPLE, Right.SETTINGS, Right.REVEAL})
GRANTS: Final[Mapping[Scope, frozenset[Right]]] = {
    Scope.READ: frozenset({Right.SEE}),
    Scope.WRITE: frozenset(Right) - _KEPT_FROM_WRITERS,
    Scope.ADMIN: frozenset(Right),
}

ROLES: Final[Mapping[str, tuple[str, frozenset[Right]]]] = {
    "admin": ("管理员 Administrator", frozenset(Right)),
    "auditor": ("审单客服 Order clerk", frozenset({Right.SEE, Right.AUDIT, Right.HOLD, Right.EDIT_ORDER, Right.CANCEL, Right.MERGE, Right.REVEAL})),
    "planner": (
        "仓储计划 Warehouse planner",
        frozenset({Right.SEE, Right.HOLD, Right.EDIT_ORDER, Right.MERGE, Right.PRINT, Right.SHIP, Right.STOCK}),
    ),
    "viewer": ("只读 Viewer", frozenset({Right.SEE})),
}
"""Roles that a new installation starts with: code -> (name, rights). A merchant may change them."""


def rights_of(words: Iterable[str]) -> frozenset[Right]:
    """The rights that a key's stored words grant: scopes and rights; words of a newer version grant nothing."""
    granted: set[Right] = set()
    for word in words:
        granted |= _BY_WORD.get(word, frozenset())
    return frozenset(granted)


_BY_WORD: Final[Mapping[str, frozenset[Right]]] = {
    **{scope.value: rights for scope, rights in GRANTS.items()},
    **{right.value: frozenset({right}) for right in Right},
}
