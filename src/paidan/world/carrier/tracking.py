"""A tracking service in the manner of kuaidi100, with the carriers behind it. Source of the wire: the vendor's interface pages and samples."""

import heapq
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode

from msgspec import MsgspecError, Struct, field, json

from paidan.world.carrier import answers
from paidan.world.carrier.config import CarrierConfig
from paidan.world.carrier.journey import FINAL_STATES, TROUBLE_STATES, Parcel, Scan, plan_journey, way_back
from paidan.world.carrier.lots import between
from paidan.world.script import Day
from paidan.world.wire import Callback, Request, Response

_Shape = TypeVar("_Shape", bound=Struct)
_NUMBER_LENGTHS = range(6, 33)
_FORM = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
_NO_RECORD, _NO_RECORD_AFTER = "3天查询无记录", timedelta(days=3)
_NO_CHANGE, _NO_CHANGE_AFTER = "60天无变化", timedelta(days=60)


class _Parameters(Struct, frozen=True):
    callbackurl: str = ""
    salt: str | None = None
    resultv2: str | int = ""
    phone: str = ""


class _SubscribeParam(Struct, frozen=True):
    company: str = ""
    number: str = ""
    key: str = ""
    parameters: _Parameters = field(default_factory=_Parameters)


class _QueryParam(Struct, frozen=True):
    com: str = ""
    num: str = ""
    phone: str = ""
    resultv2: str | int = ""
    order: str = "desc"


class _Subscription(Struct, kw_only=True):
    company: str
    number: str
    url: str
    salt: str | None
    resultv2: str
    subscribed_at: datetime
    first_push_at: datetime
    status: str = "polling"
    told: int = 0  # scans told so far
    pushes: int = 0


class _Refused(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.body = answers.refusal(code, message)


class Carrier:
    """All carriers of one day and the tracking service over them. `collect` and `intercept` are for the warehouses; the rest is the wire.

    An unanswered push is repeated by the host that carries it (the vendor: three times, 35 minutes apart).
    """

    name = "carrier"

    def __init__(self, day: Day, config: CarrierConfig) -> None:
        self._config = config
        self._seed = day.seed if config.seed is None else config.seed
        self._company_by_code = {carrier.code: carrier.kuaidi100 for carrier in day.carriers}
        self._companies = frozenset(self._company_by_code.values()) - {""}
        self._now = day.opens_at
        self._parcels: dict[str, Parcel] = {}
        self._subscriptions: dict[tuple[str, str], _Subscription] = {}
        self._agenda: list[tuple[datetime, int, tuple[str, str]]] = []
        self._planned = 0
        self._outbox: list[Callback] = []
        self._refusals: dict[str, int] = {}

    def collect(
        self,
        *,
        waybill: str,
        carrier_code: str,
        region: str,
        at: datetime,
        transit_h: int,
        origin: str = "",
        destination: str = "",
        phone_tail: str = "",
    ) -> None:
        """Take over a parcel at `at`, bound for `region` (adcode or country); `transit_h` is the planned transit. A repeat changes nothing."""
        if waybill in self._parcels:
            return
        company = self._company_by_code.get(carrier_code) or carrier_code.lower()
        journey = plan_journey(
            waybill=waybill,
            region=region,
            origin=origin,
            destination=destination,
            at=at,
            transit_h=transit_h,
            seed=self._seed,
            config=self._config,
        )
        parcel = Parcel(
            waybill=waybill,
            company=company,
            carrier_code=carrier_code,
            region=region,
            collected_at=at,
            origin=origin,
            destination=destination,
            phone_tail=phone_tail,
            journey=journey,
        )
        self._parcels[waybill] = parcel
        if (subscription := self._subscriptions.get((company, waybill))) is not None:
            self._plan_pushes(subscription, parcel)

    def intercept(self, *, waybill: str, at: datetime) -> bool:
        """Turn a parcel back that is not yet out for delivery; tell whether it could be done."""
        parcel = self._parcels.get(waybill)
        if parcel is None or any(scan.at <= at for scan in parcel.journey if scan.state not in {"0", "1", "8"}):
            return False
        made = tuple(scan for scan in parcel.journey if scan.at <= at)
        parcel.journey = (*made, *way_back(at, max(at - parcel.collected_at, timedelta(hours=6)), parcel.origin))
        if (subscription := self._subscriptions.get((parcel.company, waybill))) is not None:
            self._plan_pushes(subscription, parcel)
        return True

    def answer(self, request: Request, now: datetime) -> Response:
        """Serve `POST /poll` (subscribe) and `POST /poll/query.do`; anything else is 404."""
        self._live(now)
        path = request.path.rstrip("/")
        if request.verb.upper() != "POST" or not path.endswith(("/poll", "/poll/query.do")):
            return Response(status=404, body=answers.refusal("404", "not found"))
        try:
            form = self._form(request)
            body = self._subscribe(form) if path.endswith("/poll") else self._query(form)
        except _Refused as no:
            self._count(no)
            body = no.body
        return Response(body=body, content_type="application/json;charset=UTF-8")

    def advance(self, now: datetime) -> list[Callback]:
        """Live until `now` and hand over the pushes that fell due, oldest first."""
        self._live(now)
        due, self._outbox = self._outbox, []
        return due

    def next_due(self) -> datetime | None:
        """When the next push may fall due; parcels without a subscription need nobody's attention."""
        if self._outbox:
            return self._outbox[0].due_at
        return self._agenda[0][0] if self._agenda else None

    def books(self) -> dict[str, Any]:
        """By waybill: company, state and detailed code, history until now, instant of delivery, subscription; and the refusals by code."""
        strangers = [f"{company}:{number}" for company, number in self._subscriptions if number not in self._parcels]
        return {
            "parcels": {waybill: self._page(parcel) for waybill, parcel in self._parcels.items()},
            "subscribed_but_unknown": strangers,
            "refusals": dict(sorted(self._refusals.items())),
        }

    def _page(self, parcel: Parcel) -> dict[str, Any]:
        history = parcel.history(self._now)
        last = history[-1] if history else None
        subscription = self._subscriptions.get((parcel.company, parcel.waybill))
        return {
            "company": parcel.company,
            "carrier": parcel.carrier_code,
            "region": parcel.region,
            "collected_at": parcel.collected_at.isoformat(),
            "state": last.state if last else None,
            "code": last.code if last else None,
            "delivered_at": last.at.isoformat() if last and last.state == "3" else None,
            "history": [[scan.at.isoformat(), scan.code] for scan in history],
            "subscription": None
            if subscription is None
            else {"status": subscription.status, "pushes": subscription.pushes, "scans_told": subscription.told},
        }

    def _count(self, no: _Refused) -> None:
        code = json.decode(no.body)["returnCode"]
        self._refusals[code] = self._refusals.get(code, 0) + 1

    def _form(self, request: Request) -> dict[str, str]:
        if len(request.body) > self._config.body_bytes_max:
            raise _Refused("400", "提交的数据过大")
        try:
            return dict(parse_qsl(request.body.decode(), keep_blank_values=True, strict_parsing=True, errors="strict"))
        except ValueError:
            raise _Refused("400", "提交的数据不完整，或者不合法") from None

    def _subscribe(self, form: dict[str, str]) -> bytes:
        # Codes of a refused subscription (vendor's page): 600 wrong key, 700 wrong data, 501 watched already.
        if form.get("schema") != "json":
            raise _Refused("700", "schema 只支持 json")
        param = _read(form.get("param", ""), _SubscribeParam, "700")
        if not compare_digest(param.key.encode(), self._config.key.encode()):
            raise _Refused("600", "您不是合法的订阅者（即授权Key出错）")
        if param.company not in self._companies or len(param.number) not in _NUMBER_LENGTHS:
            raise _Refused("700", "不支持的快递公司，或单号为空、超长")
        if not param.parameters.callbackurl.startswith(("http://", "https://")):
            raise _Refused("700", "错误的回调地址")
        self._check_phone(param.company, param.number, param.parameters.phone)
        known = self._subscriptions.get((param.company, param.number))
        if known is not None and known.status == "polling":
            raise _Refused("501", "重复订阅")
        self._watch(param, pushes=known.pushes if known is not None else 0)
        return answers.accepted()

    def _watch(self, param: _SubscribeParam, *, pushes: int) -> None:
        low, high = self._config.first_push_s
        subscription = _Subscription(
            company=param.company,
            number=param.number,
            url=param.parameters.callbackurl,
            salt=param.parameters.salt,
            resultv2=str(param.parameters.resultv2),
            subscribed_at=self._now,
            first_push_at=self._now + timedelta(seconds=between(low, high, self._seed, "first push", param.number)),
            pushes=pushes,
        )
        self._subscriptions[param.company, param.number] = subscription
        parcel = self._parcels.get(param.number)
        if parcel is not None and parcel.company == param.company:
            self._plan_pushes(subscription, parcel)
        else:
            self._plan(self._now + _NO_RECORD_AFTER, subscription)

    def _query(self, form: dict[str, str]) -> bytes:
        text = form.get("param", "")
        expected = answers.sign(text, self._config.key, self._config.customer)
        if form.get("customer") != self._config.customer or not compare_digest(form.get("sign", "").encode(), expected.encode()):
            raise _Refused("503", "验证签名失败")
        param = _read(text, _QueryParam, "400")
        if param.com not in self._companies or len(param.num) not in _NUMBER_LENGTHS:
            raise _Refused("400", "提交的数据不完整，或者不合法")
        self._check_phone(param.com, param.num, param.phone)
        parcel = self._parcels.get(param.num)
        history = parcel.history(self._now) if parcel is not None and parcel.company == param.com else []
        if parcel is None or not history:
            raise _Refused("500", "查询无结果，请隔段时间再查")
        return json.encode(answers.result(parcel, history, str(param.resultv2), newest_first=param.order != "asc"))

    def _check_phone(self, company: str, number: str, phone: str) -> None:
        if company not in self._config.phone_wanted_by:
            return
        parcel = self._parcels.get(number)
        if not phone or (parcel is not None and parcel.phone_tail and phone[-4:] != parcel.phone_tail):
            raise _Refused("408", "快递公司参数异常：验证码错误")

    def _plan(self, at: datetime, subscription: _Subscription) -> None:
        self._planned += 1
        heapq.heappush(self._agenda, (at, self._planned, (subscription.company, subscription.number)))

    def _plan_pushes(self, subscription: _Subscription, parcel: Parcel) -> None:
        # Scans older than the first push are told by it together: one look each would find nothing new.
        looks = {max(scan.at, subscription.first_push_at) for scan in parcel.journey if self._worth_a_push(scan)}
        if parcel.journey[-1].state not in FINAL_STATES:
            looks.add(parcel.journey[-1].at + _NO_CHANGE_AFTER)
        for at in sorted(looks):
            self._plan(at, subscription)

    def _worth_a_push(self, scan: Scan) -> bool:
        return scan.code in self._config.push_on or scan.state in FINAL_STATES or scan.state in TROUBLE_STATES

    def _live(self, now: datetime) -> None:
        self._now = max(self._now, now)
        while self._agenda and self._agenda[0][0] <= self._now:
            at, _, key = heapq.heappop(self._agenda)
            self._look(at, self._subscriptions[key])

    def _look(self, at: datetime, subscription: _Subscription) -> None:
        if subscription.status != "polling":
            return
        parcel = self._parcels.get(subscription.number)
        history = parcel.history(at) if parcel is not None and parcel.company == subscription.company else []
        if parcel is None or not history:
            if at >= subscription.subscribed_at + _NO_RECORD_AFTER:
                self._push(at, subscription, "abort", _NO_RECORD, answers.nothing_found(subscription.company, subscription.number))
            return
        fresh = history[subscription.told :]
        if any(map(self._worth_a_push, fresh)):
            subscription.told = len(history)
            status = "shutdown" if history[-1].state in FINAL_STATES else "polling"
            self._push(at, subscription, status, "", answers.result(parcel, history, subscription.resultv2))
        elif at >= history[-1].at + _NO_CHANGE_AFTER:
            self._push(at, subscription, "abort", _NO_CHANGE, answers.result(parcel, history, subscription.resultv2))

    def _push(self, at: datetime, subscription: _Subscription, status: str, message: str, told: dict[str, Any]) -> None:
        subscription.status = status
        subscription.pushes += 1
        param = answers.push_param(status, message, told)
        form = {"param": param} if subscription.salt is None else {"sign": answers.sign(param, subscription.salt), "param": param}
        self._outbox.append(
            Callback(
                key=f"carrier:{subscription.company}:{subscription.number}#{subscription.pushes}",
                due_at=at,
                url=subscription.url,
                body=urlencode(form).encode(),
                headers=_FORM,
                ok_contains=b'"result":true',
            )
        )


def _read(text: str, shape: type[_Shape], code: str) -> _Shape:
    try:
        return json.decode(text, type=shape)
    except (MsgspecError, RecursionError):
        raise _Refused(code, "提交的数据不完整，或者不合法") from None
