from typing import Literal

from msgspec import Struct


class WmsConfig(Struct, frozen=True, kw_only=True):
    """What can be turned on the warehouse system. Shares are between 0 and 1; hours and steps are on the warehouse's working time."""

    app_key: str
    secret: str  # signs both ways
    customer_id: str
    owner_code: str
    callback_url: str  # where Paidan listens; the system parameters are added to its query string
    version: str = "2.0"
    warehouses: tuple[str, ...] = ()  # codes this instance runs; empty: all of the day
    seed: int | None = None  # None: the day's
    clock_skew_s: int = 600  # how far the caller's timestamp may be off, in business time
    body_bytes_max: int = 4 * 1024 * 1024
    items_shared: bool = False  # True: an item synchronised for one warehouse is known in all

    opens_h: int = 8  # China time
    closes_h: int = 22
    capacity_per_hour: int = 2000  # orders a warehouse can ship in one hour
    accept_s: tuple[int, int] = (60, 600)  # from create to ACCEPT
    work_s: tuple[int, int] = (3600, 6 * 3600)  # from ACCEPT to shipped
    reported_steps: tuple[str, ...] = ("ACCEPT", "PACKAGE")  # told by orderprocess.report; REJECT and TMS… are always told
    cancel_until: str = "PACKAGE"  # the first step after which cancelling and holding are refused
    batch_answer_after_s: int | None = None  # None: batchcreate lists its failures at once; else deliveryorder.batchcreate.answer so much later

    package_g_max: int = 20_000
    packages_max: int = 20  # heavier orders get heavier packages (pallets)
    two_confirms_share: float = 0.02  # orders of two or more units that ship in two goes
    reject_share: float = 0.0
    short_policy: Literal["reject", "partial"] = "reject"  # what happens when a picker finds too little

    entry_confirms: int = 2  # goes in which an arrival is counted
    entry_default_s: int = 4 * 3600  # arrival of an entry order the day knows nothing of and that names no time
    miscount_share: float = 0.0  # entry lines counted one off
    stock_changes_per_day: float = 0.0  # for each warehouse: one unit damaged or found
    intercept_answer_s: int = 3600  # from order.callback to TMSCANCELED or TMSCANCELFAILED
