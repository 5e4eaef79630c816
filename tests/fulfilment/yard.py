"""A merchant with one warehouse system that a test plays: it answers calls and tells things in protocol bytes written by hand."""

import hashlib
import json
import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from msgspec import Struct

from paidan.catalog.load import cache_versions
from paidan.fulfilment.deliveries import deliveries
from paidan.fulfilment.door import receive_pushes, receive_wms_calls
from paidan.fulfilment.links import LinkCache
from paidan.fulfilment.tracking_messages import TrackingMessages
from paidan.fulfilment.warehouse_messages import WarehouseMessages
from paidan.kernel.errors import AnswerUnknown, CallLater
from paidan.network.connections import ConnectionCache
from paidan.network.load import NetworkCache
from paidan.network.masters import connection_bond
from paidan.orders.fulfilment_no import fulfilment_no
from paidan.pipeline import run_pass
from paidan.release.step import due_fulfilments, release
from paidan.runtime.clocks import FixedClock
from paidan.runtime.passes import PassReport
from paidan.runtime.relay import RelayReport, relay_once
from scene import NOW, Scene

SECRET = "test-secret"
SALT = "salt"
RELEASED_AT = NOW + timedelta(minutes=11)
CHINA = timedelta(hours=8)
DECLARATION = '<?xml version="1.0" encoding="utf-8"?>'


class Answer(Struct):
    """An HTTP answer."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = {}


def china(at: datetime) -> str:
    return (at + CHINA).strftime("%Y-%m-%d %H:%M:%S")


def tag(name: str, *inner: Any) -> str:
    return f"<{name}>{''.join(map(str, inner))}</{name}>"


def tags(**texts: Any) -> str:
    return "".join(tag(name, text) for name, text in texts.items() if text != "")


def success(*inner: str) -> bytes:
    return (DECLARATION + tag("response", tags(flag="success", code="0"), *inner)).encode()


def failure(code: str, *inner: str) -> bytes:
    return (DECLARATION + tag("response", tags(flag="failure", code=code, message="no"), *inner)).encode()


class Wms:
    """The warehouse system's side of the calls. It refuses items it was never told of, and what a test says it shall refuse."""

    def __init__(self) -> None:
        self.items: set[str] = set()
        self.orders: dict[str, str] = {}  # number → status
        self.refused: dict[str, str] = {}  # number → code
        self.keeps: set[str] = set()  # numbers it won't give back
        self.calls: list[tuple[str, str]] = []
        self.bodies: list[str] = []
        self.silent_after: int = 0  # so many calls take effect and their answers are lost
        self.dead = False
        self.takes_batches = True
        self.tracked: list[str] = []
        self.track_code = "200"

    def call(self, verb: str, url: str, *, headers: dict[str, str] | None = None, body: bytes = b"", timeout_s: float = 10.0) -> Answer:
        assert (verb, bool(headers), timeout_s > 0) == ("POST", True, True)
        if self.dead:
            raise CallLater("connection refused")
        if "poll" in url:
            self.tracked.append(body.decode())
            return Answer(json.dumps({"result": True, "returnCode": self.track_code, "message": "x"}).encode())
        method = re.search(r"method=(?:taobao[.]qimen[.])?([a-z.]+)", url)[1]  # type: ignore[index]
        text = body.decode()
        self.bodies.append(text)
        answer = getattr(self, method.replace(".", "_"))(text)
        if self.silent_after > 0:
            self.silent_after -= 1
            raise AnswerUnknown("timed out")
        return Answer(answer)

    def items_synchronize(self, text: str) -> bytes:
        codes = re.findall(r"<itemCode>(.*?)</itemCode>", text)
        self.calls.append(("items", ",".join(codes)))
        failed = [code for code in codes if code in self.refused]
        self.items |= set(codes) - set(failed)
        return success(tag("items", *(tag("item", tags(itemCode=code, message="no")) for code in failed)) if failed else "")

    def deliveryorder_create(self, text: str) -> bytes:
        number = re.search(r"<deliveryOrderCode>(.*?)</deliveryOrderCode>", text)[1]  # type: ignore[index]
        self.calls.append(("create", number))
        code = self._store(number, text)
        return failure(code) if code else success(tags(deliveryOrderId=f"D-{number}"))

    def deliveryorder_batchcreate(self, text: str) -> bytes:
        orders = re.findall(r"<order>.*?</order>", text, re.DOTALL)
        numbers = [re.search(r"<deliveryOrderCode>(.*?)</deliveryOrderCode>", one)[1] for one in orders]  # type: ignore[index]
        self.calls.append(("batch", ",".join(numbers)))
        if not self.takes_batches:
            return failure("S000")
        failed = [number for number, one in zip(numbers, orders, strict=True) if self._store(number, one)]
        listed = tag("orders", *(tag("order", tags(deliveryOrderCode=number, message="no")) for number in failed)) if failed else ""
        return failure("S002", listed) if len(failed) == len(numbers) else success(listed)

    def _store(self, number: str, text: str) -> str:
        if number in self.refused:
            return self.refused[number]
        if set(re.findall(r"<itemCode>(.*?)</itemCode>", text)) - self.items:
            return "S006"
        self.orders.setdefault(number, "NEW")
        return ""

    def deliveryorder_query(self, text: str) -> bytes:
        number = re.search(r"<orderCode>(.*?)</orderCode>", text)[1]  # type: ignore[index]
        self.calls.append(("query", number))
        if number not in self.orders:
            return failure("S003")
        head = tags(deliveryOrderCode=number, deliveryOrderId=f"D-{number}", status=self.orders[number])
        return success(tags(totalLines=1), tag("deliveryOrder", head))

    def order_cancel(self, text: str) -> bytes:
        number = re.search(r"<orderCode>(.*?)</orderCode>", text)[1]  # type: ignore[index]
        self.calls.append(("cancel", number))
        if number not in self.orders:
            return failure("S003")
        if number in self.keeps:
            return failure("S008")
        self.orders[number] = "CANCELED"
        return success()

    def entryorder_create(self, text: str) -> bytes:
        number = re.search(r"<entryOrderCode>(.*?)</entryOrderCode>", text)[1]  # type: ignore[index]
        self.calls.append(("entry", number))
        if number in self.refused:
            return failure(self.refused[number])
        return success(tags(entryOrderId=f"E-{number}"))


class Yard:
    """Drives fulfilment over a scene: relays, doors, steps. No invariant may be broken after any step."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.wms = Wms()
        self.clock = FixedClock(RELEASED_AT)
        self.network = NetworkCache()
        self.links = LinkCache(ConnectionCache(scene.sealer))
        self.warehouse_step = WarehouseMessages(ids=scene.ids, sealer=scene.sealer, network=self.network, links=self.links)
        self.tracking_step = TrackingMessages(ids=scene.ids, sealer=scene.sealer, network=self.network)
        self._told = 0

    def connect(self, **account: Any) -> "Yard":
        """All warehouses of the scene are run by one system; one tracking service."""
        wms_id, tracker_id = self.scene.ids.take(2)
        wms = {"app_key": "1", "customer_id": "c1", "owner_code": "O1", **account}
        tracker = {"customer": "C", "callback_url": "http://x/push"}
        rows = [
            (wms_id, "W1", "qimen", "http://wms/", wms, {"secret": SECRET}),
            (tracker_id, "T1", "kuaidi100", "http://k/poll", tracker, {"key": "K", "salt": SALT}),
        ]
        with self.scene.database.transaction() as tx:
            for row_id, code, protocol, url, account_, secrets in rows:
                sealed = self.scene.sealer.seal(json.dumps(secrets).encode(), bound_to=connection_bond(row_id))
                tx.execute(
                    "INSERT INTO connection (id, code, protocol, url, account, secrets) VALUES (%s, %s, %s, %s, %s, %s)",
                    (row_id, code, protocol, url, json.dumps(account_), sealed),
                )
            tx.execute("UPDATE warehouse SET connection_id = %s", (wms_id,))
            tx.execute("UPDATE cache_version SET version = version + 1 WHERE subject = 'network'")
        return self

    # ------------------------------------------------------------ what we do

    def order(self, *facts: Any, due: Any = (), now: datetime = NOW) -> None:
        messages = self.scene.say(*facts) if facts else []
        with self.scene.database.transaction() as tx:
            run_pass(tx, self.scene.stages, message_ids=messages, order_ids=list(due), now=now)
        self.sound()

    def pass_due(self) -> None:
        """A pass over every order that is due."""
        now = self.clock.now()
        self.order(due=[row[0] for row in self.scene.query("SELECT id FROM sales_order WHERE due_at <= %s ORDER BY id", now)], now=now)

    def let_go(self) -> None:
        now = self.clock.now()
        with self.scene.database.transaction() as tx:
            network = self.scene.stages.network.load(tx, cache_versions(tx)["network"])
            due = due_fulfilments(tx, list(range(64)), 1000, now)
            if due:
                release(tx, due, network=network, ids=self.scene.ids, sealer=self.scene.sealer, now=now)
        self.sound()

    def relay(self, *, minutes: float = 0) -> RelayReport:
        """One round of the relay, after so many minutes."""
        self.clock.forward(minutes=minutes)
        scene = self.scene
        made = deliveries(caller=self.wms, clock=self.clock, ids=scene.ids, sealer=scene.sealer, network=self.network, links=self.links)
        report = relay_once(scene.database, made, self.clock, scene.ids, scene.sealer)
        self.sound()
        return report

    def sent(self, *facts: Any) -> list[str]:
        """Order, release and send; gives the numbers at the warehouse."""
        self.order(*facts)
        self.let_go()
        self.relay()
        return sorted(self.wms.orders)

    def decide(self) -> PassReport:
        """Run both steps over all that waits."""
        report = PassReport()
        for step in (self.warehouse_step, self.tracking_step):
            with self.scene.database.transaction() as tx:
                now = self.clock.now()
                items = step.claim(tx, list(range(64)), 1000, now)
                if items:
                    report.add(step.run(tx, items, now))
        self.sound()
        return report

    def sound(self) -> None:
        assert self.scene.broken_invariants() == {}

    # ------------------------------------------------------------ what the warehouse tells

    def tell(self, method: str, *inner: str, secret: str = SECRET) -> bytes:
        """One signed call at our door."""
        body = (DECLARATION + tag("request", *inner)).encode()
        return self.knock(method, body, secret=secret)

    def knock(self, method: str, body: bytes, *, secret: str = SECRET) -> bytes:
        now = self.clock.now()
        query = {"method": method, "timestamp": china(now), "format": "xml", "app_key": "1", "v": "2.0", "sign_method": "md5", "customerId": "c1"}
        joined = "".join(f"{key}{query[key]}" for key in sorted(query)).encode()
        query["sign"] = hashlib.md5(secret.encode() + joined + body + secret.encode(), usedforsecurity=False).hexdigest().upper()
        scene = self.scene
        return receive_wms_calls(scene.database, scene.ids, scene.sealer, self.links, [(urlencode(query), body)], now)[0]

    def confirm(
        self,
        number: str,
        *packages: tuple[str, dict[str, int]],
        lines: dict[str, int] | None = None,
        kind: int = 0,
        ref: str = "",
        at: datetime | None = None,
    ) -> bytes:
        """deliveryorder.confirm: packages as (waybill, {item: units}); lines as {orderLineNo=item: units}."""
        return self.tell("deliveryorder.confirm", self.confirm_body(number, packages, lines=lines, kind=kind, ref=ref, at=at))

    def confirm_body(
        self, number: str, packages: Any, *, lines: dict[str, int] | None = None, kind: int = 0, ref: str = "", at: datetime | None = None
    ) -> str:
        self._told += 1
        head = tags(
            deliveryOrderCode=number,
            deliveryOrderId=f"D-{number}",
            warehouseCode="A",
            orderType="JYCK",
            status="DELIVERED",
            outBizCode=ref or f"R{self._told}",
            confirmType=kind,
            orderConfirmTime=china(at or self.clock.now()),
        )
        boxes = [
            tag("package", tags(logisticsCode="ZTO", expressCode=waybill, weight="0.5"), tag("items", *(item_of(*i) for i in items.items())))
            for waybill, items in packages
        ]
        rows = [line_of(key, units) for key, units in (lines or {}).items()]
        return tag("deliveryOrder", head) + tag("packages", *boxes) + (tag("orderLines", *rows) if rows else "")

    def process(self, number: str, status: str, order_id: str = "D9") -> bytes:
        head = tags(orderCode=number, orderId=order_id, orderType="JYCK", warehouseCode="A")
        return self.tell("orderprocess.report", tag("order", head), tag("process", tags(processStatus=status, operateTime=china(self.clock.now()))))

    def stock_change(self, item: str, units: int, *, ref: str, kind: str = "ZP", warehouse: str = "A") -> bytes:
        fields = tags(ownerCode="O1", warehouseCode=warehouse, orderCode=ref, outBizCode=ref, itemCode=item, inventoryType=kind, quantity=units)
        return self.tell("stockchange.report", tag("items", tag("item", fields)))

    def entry_confirm(self, number: str, lines: list[tuple[str, str, int]], *, kind: int = 0, ref: str, status: str = "FULFILLED") -> bytes:
        """entryorder.confirm: lines as (line number, item, units), the item as `X` or `X/CC`."""
        head = tags(entryOrderCode=number, ownerCode="O1", warehouseCode="A", outBizCode=ref, confirmType=kind, status=status, entryOrderId="E1")
        rows = [
            tag(
                "orderLine",
                tags(
                    orderLineNo=line_no,
                    ownerCode="O1",
                    itemCode=item.partition("/")[0],
                    inventoryType=item.partition("/")[2] or "ZP",
                    planQty=units,
                    actualQty=units,
                ),
            )
            for line_no, item, units in lines
        ]
        return self.tell("entryorder.confirm", tag("entryOrder", head), tag("orderLines", *rows))

    def push(self, waybill: str, *events: tuple[int, str, str], status: str = "polling", company: str = "zhongtong", salt: str = SALT) -> bytes:
        """A push of the tracking service: events as (minute, code, text)."""
        start = self.clock.now()
        rows = [{"ftime": china(start + timedelta(minutes=m)), "statusCode": code, "context": text} for m, code, text in events]
        state = events[-1][1] if events else "0"
        result = {"message": "ok", "com": company, "nu": waybill, "state": state[0], "ischeck": "0", "data": rows}
        param = json.dumps({"status": status, "message": "", "lastResult": result}, ensure_ascii=False)
        sign = hashlib.md5((param + salt).encode(), usedforsecurity=False).hexdigest().upper()
        body = urlencode({"param": param, "sign": sign}).encode()
        scene = self.scene
        return receive_pushes(scene.database, scene.ids, scene.sealer, self.links, [body], self.clock.now())[0]

    # ------------------------------------------------------------ what we look at

    def states(self) -> list[int]:
        return [row[0] for row in self.scene.query("SELECT state FROM fulfilment ORDER BY id")]

    def orders(self) -> list[int]:
        return [row[0] for row in self.scene.query("SELECT state FROM sales_order ORDER BY id")]

    def numbers(self) -> list[str]:
        return [fulfilment_no(*row) for row in self.scene.query("SELECT id, attempt FROM fulfilment ORDER BY id")]

    def units(self) -> list[tuple[int, ...]]:
        """(open, reserved, in fulfilment, shipped, cancelled) of each order line."""
        return self.scene.query("SELECT open, reserved, in_fulfilment, shipped, cancelled FROM order_line ORDER BY order_id, line_no")

    def stock(self, item: str = "X", grade: int = 1) -> tuple[int, int]:
        """(on hand, reserved) of an item, all warehouses."""
        rows = self.scene.query(
            "SELECT SUM(on_hand)::int, SUM(reserved_hard)::int FROM balance WHERE sku_id = %s AND grade = %s", self.scene.skus[item], grade
        )
        return rows[0][0], rows[0][1]

    def outbox(self) -> list[tuple[str, int]]:
        return self.scene.query("SELECT kind, state FROM outbox ORDER BY seq")

    def steps(self) -> list[str]:
        return [row[0] for row in self.scene.query("SELECT step FROM timeline ORDER BY id")]

    def holds(self) -> list[str]:
        return [row[0] for row in self.scene.query("SELECT reason FROM hold WHERE closed_at IS NULL ORDER BY id")]

    def reasons(self) -> list[tuple[int, str]]:
        """(state, reason) of the messages that came in, those of shops excepted."""
        return self.scene.query("SELECT state, reason FROM message WHERE direction = 'i' AND counterpart NOT LIKE 'shop:%%' ORDER BY id")


def item_of(key: str, units: int) -> str:
    """`X` or `12-1=X`: with the line it belongs to."""
    line_no, _, item = key.rpartition("=")
    return tag("item", tags(itemCode=item, quantity=units, orderLineNo=line_no))


def line_of(key: str, units: int) -> str:
    line_no, _, item = key.rpartition("=")
    return tag("orderLine", tags(orderLineNo=line_no, ownerCode="O1", itemCode=item, inventoryType="ZP", planQty=units, actualQty=units))
