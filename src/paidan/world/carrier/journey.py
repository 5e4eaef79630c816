"""The life of a parcel as the carrier scans it, planned at hand-over. State codes: kuaidi100's table of states and detailed codes."""

from datetime import datetime, timedelta

from msgspec import Struct

from paidan.world.carrier.chinatime import CHINA
from paidan.world.carrier.config import CarrierConfig
from paidan.world.carrier.lots import between, lot

_DAY_OPENS_H = 9
_DAY_CLOSES_H = 20
_ADCODE_LENGTH = 6

FINAL_STATES = frozenset({"3", "4"})
TROUBLE_STATES = frozenset({"2", "6", "14"})


class Scan(Struct, frozen=True, kw_only=True):
    """One line of the history: `state` is the basic state, `code` the detailed one."""

    at: datetime
    state: str
    code: str
    context: str
    area: str = ""


class Parcel(Struct, kw_only=True):
    """A parcel the carrier has. `journey` holds what will be scanned too: it is history only up to now."""

    waybill: str
    company: str  # kuaidi100 code
    carrier_code: str  # Qimen code
    region: str
    collected_at: datetime
    origin: str
    destination: str
    phone_tail: str
    journey: tuple[Scan, ...]

    def history(self, now: datetime) -> list[Scan]:
        """Give the scans made until `now`, oldest first."""
        return [scan for scan in self.journey if scan.at <= now]


def plan_journey(
    *, waybill: str, region: str, origin: str, destination: str, at: datetime, transit_h: int, seed: int, config: CarrierConfig
) -> tuple[Scan, ...]:
    """Plan every scan of a parcel handed over at `at`: to the signature, back to the sender, or into nowhere."""
    picked = at + timedelta(seconds=between(600, 5400, seed, "pick up", waybill))
    spread = config.spread[0] + (config.spread[1] - config.spread[0]) * lot(seed, "transit", waybill)
    signed = by_daylight(max(at + timedelta(hours=transit_h * spread), picked + timedelta(hours=1)), lot(seed, "hour", waybill))
    span = signed - picked
    scans = [
        Scan(at=picked, state="1", code="103", context=f"【{origin}】快件已揽收", area=origin),
        Scan(at=_whole(picked + 0.2 * span), state="0", code="1002", context=f"【{origin}】快件已发往{destination}", area=origin),
    ]
    if lot(seed, "lost", waybill) < config.lost_share:
        return tuple(scans)
    if region != "CN" and not (region.isdigit() and len(region) == _ADCODE_LENGTH):
        scans += _customs(picked, span, destination)
    late = timedelta()
    if lot(seed, "stall", waybill) < config.stall_share:
        scans.append(Scan(at=_whole(picked + 0.6 * span + timedelta(days=3)), state="2", code="202", context="快件超时未更新", area=""))
        late = timedelta(days=between(4, 7, seed, "stall days", waybill))
    arrived, out = _whole(picked + 0.7 * span) + late, signed - min(_whole_span(0.15 * span), timedelta(hours=4)) + late
    scans += [
        Scan(at=arrived, state="0", code="1001", context=f"快件已到达【{destination}】", area=destination),
        Scan(at=out, state="5", code="5", context=f"【{destination}】快件正在派送", area=destination),
    ]
    if lot(seed, "refuse", waybill) < config.refuse_share:
        refused = Scan(at=signed + late, state="14", code="14", context="收件人拒签", area=destination)
        return (*scans, refused, *way_back(signed + late, span, origin))
    how, words = _signature(lot(seed, "signature", waybill))
    return (*scans, Scan(at=signed + late, state="3", code=how, context=f"【{destination}】快件已签收，{words}", area=destination))


def way_back(at: datetime, span: timedelta, origin: str) -> tuple[Scan, Scan]:
    """Plan the return to the sender from `at` on: as long as the way there."""
    return (
        Scan(at=at + timedelta(hours=2), state="6", code="6", context="快件退回中", area=""),
        Scan(at=_whole(at + timedelta(hours=3) + span), state="4", code="4", context=f"【{origin}】退件已签收", area=origin),
    )


def by_daylight(at: datetime, chance: float) -> datetime:
    """Move an instant in the night to the next morning: nobody signs at three o'clock."""
    local = at.astimezone(CHINA)
    if _DAY_OPENS_H <= local.hour < _DAY_CLOSES_H:
        return _whole(at)
    day = local.date() + timedelta(days=int(local.hour >= _DAY_CLOSES_H))
    morning = datetime(day.year, day.month, day.day, _DAY_OPENS_H, tzinfo=CHINA)
    return (morning + timedelta(seconds=int(chance * 3 * 3600))).astimezone(at.tzinfo)


def _customs(picked: datetime, span: timedelta, destination: str) -> list[Scan]:
    return [
        Scan(at=_whole(picked + 0.4 * span), state="8", code="11", context="快件清关中", area=destination),
        Scan(at=_whole(picked + 0.5 * span), state="8", code="12", context="快件清关完成", area=destination),
    ]


def _signature(chance: float) -> tuple[str, str]:
    for share, code, words in ((0.6, "301", "签收人：本人"), (0.7, "303", "签收人：家人")):
        if chance < share:
            return code, words
    return "304", "已由快递柜或驿站签收"


def _whole(at: datetime) -> datetime:
    return at.replace(microsecond=0)


def _whole_span(span: timedelta) -> timedelta:
    return timedelta(seconds=int(span.total_seconds()))
