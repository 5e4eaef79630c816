"""What people may edit of an order before it goes to a warehouse: whom it goes to, and what is in it. Values only."""

from msgspec import UNSET, Struct, UnsetType


class EditReceiver(Struct, frozen=True, kw_only=True):
    """Another person or place; what is UNSET stays. Province, city and district go together."""

    name: str | UnsetType = UNSET
    phone: str | UnsetType = UNSET
    province: str | UnsetType = UNSET
    city: str | UnsetType = UNSET
    district: str | UnsetType = UNSET
    detail: str | UnsetType = UNSET
    zip_code: str | UnsetType = UNSET

    def __repr__(self) -> str:
        """Nothing personal, wherever it may be printed."""
        return "EditReceiver(…)"


class TakeTheirReceiver(Struct, frozen=True, kw_only=True):
    """Our edit of the receiver is dropped: the platform's is in force again."""


class LineChange(Struct, frozen=True, kw_only=True):
    """Of one line: `quantity` the units that shall be sent (0: none), `sku_code` what is sent instead (None: what was bought)."""

    line_no: int
    quantity: int | UnsetType = UNSET
    sku_code: str | UnsetType | None = UNSET


class Gift(Struct, frozen=True, kw_only=True):
    """Goods of ours that are sent along."""

    sku_code: str
    quantity: int = 1


class EditLines(Struct, frozen=True, kw_only=True):
    """Changes of lines and new gifts, all or nothing."""

    changes: tuple[LineChange, ...] = ()
    gifts: tuple[Gift, ...] = ()


OrderEdit = EditReceiver | TakeTheirReceiver | EditLines


class Goods(Struct, frozen=True, kw_only=True):
    """A SKU as far as lines care."""

    id: int
    code: str
    kind: str
