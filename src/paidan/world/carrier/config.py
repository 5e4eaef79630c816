from msgspec import Struct


class CarrierConfig(Struct, frozen=True, kw_only=True):
    """What can be turned on the tracking service and the carriers behind it. Shares are between 0 and 1."""

    key: str  # the subscriber's authorisation key
    customer: str  # the subscriber's number, part of the query signature
    seed: int | None = None  # None: the day's
    push_on: tuple[str, ...] = ("1002",)  # detailed codes worth a push; the end and any trouble are always pushed
    first_push_s: tuple[int, int] = (15 * 60, 4 * 3600)  # after subscribing
    spread: tuple[float, float] = (0.8, 1.3)  # of the planned transit time
    phone_wanted_by: frozenset[str] = frozenset()  # kuaidi100 codes that answer only to the last four digits of a phone, as shunfeng does
    stall_share: float = 0.0  # parcels that lie still for days on the way
    refuse_share: float = 0.0  # parcels the receiver refuses; they travel back
    lost_share: float = 0.0  # parcels never seen again; the service gives up after sixty days
    body_bytes_max: int = 256 * 1024
