"""Telling Taobao about parcels.

Whole lines go by `taobao.logistics.offline.send` (COD: `online.send`); a part of a line, or the rest of it, by
`alibaba.ascp.logistics.offline.send`, one call for each such line because its status stands once in a call. The platform refuses a parcel it
has been told before, with codes that changed over the years: so after a refusal the trade is asked, and our waybill on the lines means done.
A part of a line it would take twice: there the trade is asked first.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec
from msgspec import Struct

from paidan.channels.platform import ParcelLine, PlatformParcel, Told
from paidan.channels.taobao.client import Answered, TopCall, TopClient
from paidan.channels.taobao.wire import Flag, Ref, Short, Text
from paidan.kernel.reasons import Reason
from paidan.runtime.calling import CallRecord, RecordedFailure, RecordedRefusal, after

OFFLINE: Final = "taobao.logistics.offline.send"
ONLINE: Final = "taobao.logistics.online.send"
BY_PART: Final = "alibaba.ascp.logistics.offline.send"
RESEND: Final = "taobao.logistics.consign.resend"
FULLINFO: Final = "taobao.trade.fullinfo.get"
NEW_LINK: Final = "1"  # consign_type: part of a line allowed


class ShipCall(Struct, frozen=True, kw_only=True):
    """One call and the lines it is about."""

    method: str
    parameters: dict[str, str]
    line_refs: tuple[str, ...]


class Success(Struct):
    """Both forms of saying yes."""

    is_success: Flag = None
    success: Flag = None


class ShipResult(Struct):
    """The result of either method."""

    shipping: Success | None = None
    result: Success | None = None


class BookedLine(Struct):
    """What the platform has booked for a line."""

    oid: Ref = None
    oid_str: Ref = None
    invoice_no: Text = None
    status: Short = None


class BookedLines(Struct):
    """Lists are double wrapped."""

    order: list[BookedLine] = []


class BookedTrade(Struct):
    """The lines of a trade."""

    orders: list[BookedLine] | BookedLines | None = None


class Booked(Struct):
    """A trade as asked after a refusal."""

    trade: BookedTrade


_RESULT: Final = msgspec.json.Decoder(ShipResult)
_BOOKED: Final = msgspec.json.Decoder(Booked)


def ship_calls(parcel: PlatformParcel) -> list[ShipCall]:
    """The calls that tell a parcel, in order. Pure."""
    whole = [line for line in parcel.lines if is_whole(line)]
    return [*_by_whole_lines(parcel, whole), *[_by_part(parcel, line) for line in parcel.lines if not is_whole(line)]]


def is_whole(line: ParcelLine) -> bool:
    """All of the line lies in this parcel."""
    return line.quantity == line.quantity_ordered and not line.quantity_told


def _by_whole_lines(parcel: PlatformParcel, lines: Sequence[ParcelLine]) -> Iterator[ShipCall]:
    if not lines:
        return
    parameters = {"tid": parcel.order_no, "company_code": parcel.carrier, "out_sid": parcel.waybill_no}
    if not parcel.is_whole_order:
        parameters |= {"sub_tid": ",".join([line.line_ref for line in lines]), "is_split": "1"}
    yield ShipCall(method=ONLINE if parcel.is_cod else OFFLINE, parameters=parameters, line_refs=tuple([line.line_ref for line in lines]))


def _by_part(parcel: PlatformParcel, line: ParcelLine) -> ShipCall:
    goods = [{"sub_tid": line.line_ref, "item_type": 0, "num": line.quantity}]
    box = {"out_sid": parcel.waybill_no, "company_code": parcel.carrier, "goods": goods}
    status = {"sub_tid": line.line_ref, "is_part_consign": line.quantity_told + line.quantity < line.quantity_ordered}
    parameters = {"tid": parcel.order_no, "consign_type": NEW_LINK, "consign_pkgs": _json([box]), "consign_status": _json(status)}
    return ShipCall(method=BY_PART, parameters=parameters, line_refs=(line.line_ref,))


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


class TaobaoShipper:
    """Tells parcels of one shop."""

    def __init__(self, client: TopClient) -> None:
        self._client = client

    def ship_all(self, parcels: Sequence[PlatformParcel]) -> list[Told | RecordedFailure]:
        """Tell parcels. Those that one call tells go together; what was refused, and what takes more, goes on by itself."""
        simple = {place: calls[0] for place, parcel in enumerate(parcels) if len(calls := ship_calls(parcel)) == 1 and calls[0].method != BY_PART}
        answers = self._client.call_all([TopCall(method=call.method, parameters=call.parameters) for call in simple.values()])
        answered = dict(zip(simple, answers, strict=True))
        return [self._shipped(parcel, answered.get(place)) for place, parcel in enumerate(parcels)]

    def _shipped(self, parcel: PlatformParcel, answered: Answered | None) -> Told | RecordedFailure:
        try:
            return self.ship(parcel, answered)
        except RecordedFailure as failure:
            return failure

    def ship(self, parcel: PlatformParcel, answered: Answered | None = None) -> Told:
        """Tell a parcel. A repeat is success. `answered`: what became of its only call, if that was made before.

        Raises a RecordedFailure with all records so far.
        """
        records: list[CallRecord] = []
        known = [self._tell(parcel, call, records, answered) for call in ship_calls(parcel)]
        return Told(records=tuple(records), was_known=bool(known) and all(known))

    def correct(self, parcel: PlatformParcel) -> Told:
        """Give a shipped order (or some of its lines) another carrier or waybill."""
        parameters = {"tid": parcel.order_no, "out_sid": parcel.waybill_no, "company_code": parcel.carrier}
        if not parcel.is_whole_order:
            parameters |= {"sub_tid": ",".join([line.line_ref for line in parcel.lines]), "is_split": "1"}
        records: list[CallRecord] = []
        call = ShipCall(method=RESEND, parameters=parameters, line_refs=tuple([line.line_ref for line in parcel.lines]))
        return Told(was_known=self._tell(parcel, call, records), records=tuple(records))

    def _tell(self, parcel: PlatformParcel, call: ShipCall, records: list[CallRecord], answered: Answered | None = None) -> bool:
        """Make one call; whether the platform knew already."""
        if call.method == BY_PART:
            with after(records[:]):
                if self._is_booked(parcel, call, records):
                    return True
        try:
            with after(records):
                records.append(self._send(call, answered))
        except RecordedRefusal as refusal:
            records[:] = refusal.records
            if not self._is_booked_after_all(parcel, call, records):
                refusal.records = tuple(records)
                raise
            return True
        return False

    def _send(self, call: ShipCall, answered: Answered | None) -> CallRecord:
        if isinstance(answered, RecordedFailure):
            raise answered
        answer = answered or self._client.call(call.method, call.parameters)
        said = answer.read(_RESULT)
        verdict = said.shipping or said.result
        if verdict is None or str(verdict.is_success if said.shipping else verdict.success).lower() != "true":
            raise RecordedRefusal(f"{call.method}: not successful", record=answer.record, code=Reason.COUNTERPART_REFUSED)
        return answer.record

    def _is_booked_after_all(self, parcel: PlatformParcel, call: ShipCall, records: list[CallRecord]) -> bool:
        """Whether the trade says so; when asking is refused too, the refusal stands. Raises when nobody answers: then nothing is known."""
        try:
            with after(records[:]):
                return self._is_booked(parcel, call, records)
        except RecordedRefusal as refusal:
            records += [record for record in refusal.records if record not in records]
            return False

    def _is_booked(self, parcel: PlatformParcel, call: ShipCall, records: list[CallRecord]) -> bool:
        """Whether each line of the call carries our waybill."""
        answer = self._client.call(FULLINFO, {"tid": parcel.order_no, "fields": "tid,orders"})
        records.append(answer.record)
        found = answer.read(_BOOKED).trade.orders
        lines = found.order if isinstance(found, BookedLines) else found or []
        booked = {str(line.oid_str or line.oid): line.invoice_no or "" for line in lines}
        return all(parcel.waybill_no in booked.get(ref, "").replace(";", ",").split(",") for ref in call.line_refs)
