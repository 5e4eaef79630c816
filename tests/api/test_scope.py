"""A person of one shop, or of one warehouse, never sees another's, by whatever door he comes: every reading route is tried."""

import pytest

from browser import second_shop, told
from paidan.entrypoints.api.people.rights import Right
from paidan.orders.fulfilment_no import fulfilment_no
from paidan.runtime.messages import InboundMessage, MessageState, keep_inbound
from paidan.runtime.outbox import OutboxRow, put
from scene import NOW, line, order, receiver

ALL = [str(right) for right in Right]


@pytest.fixture
def town(world):
    """Shop S1 sends from A, shop S2 from B; each with an order that is sourced, one that is held, a message, a call, a listing."""
    scene = world.scene
    scene.set_up({"A": {"X": 10}, "B": {"Y": 10}})
    second_shop(scene)
    told(scene, order("MINE-1", line("X"), receiver=receiver(1)), order("MINE-2", line("NO-SUCH-MINE"), receiver=receiver(2)))
    told(scene, order("THEIRS-1", line("Y"), receiver=receiver(3)), order("THEIRS-2", line("NO-SUCH-THEIRS"), receiver=receiver(4)), shop="S2")
    with scene.database.transaction() as tx:
        for shop in ("S1", "S2"):
            aside = InboundMessage(counterpart=f"shop:{shop}", kind="order", body=b"{}", at=NOW, business_key=f"aside-{shop}", bucket=1)
            keep_inbound(tx, scene.ids, scene.sealer, [aside])
        tx.execute("UPDATE message SET state = %s, reason = 'poison' WHERE business_key LIKE 'aside%%'", (int(MessageState.SET_ASIDE),))
        for lane, key in ((scene.warehouses["A"], "call-A"), (scene.warehouses["B"], "call-B")):
            put(tx, scene.ids, [OutboxRow(lane=f"warehouse:{lane}", kind="wms.create", ref_id=1, business_key=key, due_at=NOW)])
        tx.execute("UPDATE outbox SET state = 4, done_at = %s", (NOW,))
    return world


def number(world, platform_no):
    return world.scene.query("SELECT order_no FROM sales_order WHERE platform_order_no = %s", platform_no)[0][0]


def order_id(world, platform_no):
    return world.scene.query("SELECT id FROM sales_order WHERE platform_order_no = %s", platform_no)[0][0]


def reading_routes(world):
    spec = world.client.get("/api/v1/openapi.json").json()
    return [path.removeprefix("/api/v1") for path, item in spec["paths"].items() if "get" in item and not path.endswith("/events")]


def every_id(world, table):
    return [row[0] for row in world.scene.query(f"SELECT id FROM {table}")]


TABLES = {
    "order_id": "sales_order",
    "fulfilment_id": "fulfilment",
    "message_id": "message",
    "document_id": "document",
    "job_id": "job",
    "session_id": "session",
    "view_id": "saved_view",
}


def urls(world, path):
    """The path with every id there is, whosever it is."""
    if "{record_id}" in path:
        table = {"shops": "shop", "warehouses": "warehouse", "listings": "listing"}.get(path.strip("/").split("/")[-2])
        return [path.replace("{record_id}", str(row)) for row in (every_id(world, table) if table else [1])]
    for name, table in TABLES.items():
        if "{" + name + "}" in path:
            return [path.replace("{" + name + "}", str(row)) for row in every_id(world, table)]
    if "{no}" in path:
        rows = world.scene.query("SELECT id, attempt FROM fulfilment")
        return [path.replace("{no}", fulfilment_no(*row)) for row in rows]
    if "{text}" in path:
        return [
            path.replace("{text}", text)
            for text in ("Y", "B", *(fulfilment_no(*row) for row in world.scene.query("SELECT id, attempt FROM fulfilment")))
        ]
    if "{order_no}" in path:
        return [path.replace("{order_no}", row[0]) for row in world.scene.query("SELECT order_no FROM sales_order")]
    return [path.replace("{kind}", "products")]


ASKING = {
    "/messages": ["?business_key=aside-S2", "?business_key=THEIRS-1", "?business_key=aside-S1"],
    "/outbox": ["?state=dead", "?business_key=call-B"],
    "/stock/entries": ["?sku=Y", "?sku=X"],
    "/orders": ["", "?number=THEIRS-1", "?phone_tail=0003", "?shop=S2", "?placed_from=2026-11-10T00:00:00Z"],
    "/fulfilments": ["", "?warehouse=B", "?number=THEIRS-1", "?number=MINE-1"],
    "/shops": ["", "?code=S2"],
    "/lists/orders": ["", "?f=platform_order_no:is:THEIRS-1", "?f=phone:is:0003|0002", "?f=sku:is:Y", "?f=placed_at:between:now-1d|now%2B1d"],
}


def everything_read(world, person):
    for path in reading_routes(world):
        for url in urls(world, path):
            for query in ASKING.get(path, [""]):
                yield url + query, person.call("GET", url + query)


def test_a_person_of_one_shop_never_sees_another(town):
    clerk = town.person("li", *ALL, shops=["S1"])
    theirs = [
        number(town, "THEIRS-1"),
        number(town, "THEIRS-2"),
        "THEIRS-1",
        "THEIRS-2",
        '"S2"',
        "shop:S2",
        "aside-S2",
        "NO-SUCH-THEIRS",
        "call-A",
        "call-B",
    ]
    seen = set()
    for url, answer in everything_read(town, clerk):
        assert answer.status_code in {200, 403, 404, 409, 422}, (url, answer.text)
        assert [word for word in theirs if word in answer.text] == [], url
        seen |= {word for word in ("MINE-1", "MINE-2", "S1", "aside-S1") if word in answer.text}
    assert seen == {"MINE-1", "MINE-2", "S1", "aside-S1"}


def test_a_person_of_one_warehouse_sees_what_is_sent_from_there(town):
    planner = town.person("wang", *ALL, warehouses=["A"])
    theirs = [number(town, "THEIRS-1"), number(town, "MINE-2"), "THEIRS-1", "MINE-2", "call-B", "aside-S1", "aside-S2", '"warehouse_code":"B"']
    seen = set()
    for url, answer in everything_read(town, planner):
        assert [word for word in theirs if word in answer.text] == [], url
        seen |= {word for word in ("MINE-1", "call-A", '"warehouse_code":"A"') if word in answer.text}
    assert seen == {"MINE-1", "call-A", '"warehouse_code":"A"'}


def test_a_person_of_no_shop_sees_no_order(town):
    nobody = town.person("zhao", *ALL, shops=[])
    for url, answer in everything_read(town, nobody):
        assert not any(word in answer.text for word in ("MINE-", "THEIRS-", "aside-", number(town, "MINE-1"))), url


def test_a_key_of_one_shop_is_limited_as_a_person_is(town):
    key = town.post("/keys", {"name": "s1", "rights": ["see", "import"], "shops": ["S1"]}).json()["key"]
    headers = {"authorization": f"Bearer {key}"}
    assert {item["shop_code"] for item in town.call("GET", "/orders", scope="", headers=headers).json()["items"]} == {"S1"}
    [shown] = [k for k in town.get("/keys").json()["items"] if k["name"] == "s1"]
    assert (shown["shops"], shown["warehouses"]) == (["S1"], None)


@pytest.mark.parametrize("verb", ["hold", "release", "cancel", "edits", "receiver", "receiver/restore", "lines"])
def test_orders_of_another_shop_can_not_be_touched(town, verb):
    clerk = town.person("li", *ALL, shops=["S1"])
    body = {"edits": {"is_urgent": True}, "receiver": {"name": "x"}, "lines": {"gifts": [{"sku": "X"}]}}.get(verb, {"note": "x"})
    before = town.scene.query("SELECT id, version FROM sales_order ORDER BY id")
    answer = clerk.call("POST", f"/orders/{order_id(town, 'THEIRS-1')}/{verb}", body, headers={"if-match": "*"})
    assert (answer.status_code, answer.json()["reason"]) == (404, "unknown_order")
    [fulfilment] = town.scene.query("SELECT id FROM fulfilment WHERE order_id = %s", order_id(town, "THEIRS-1"))
    assert clerk.call("POST", f"/fulfilments/{fulfilment[0]}/unmerge", headers={"if-match": "*"}).status_code == 404
    assert clerk.call("POST", "/receiver-reveals", {"order_no": number(town, "THEIRS-1"), "purpose": "test"}).status_code == 404
    assert town.scene.query("SELECT id, version FROM sales_order ORDER BY id") == before


@pytest.mark.parametrize("text", ["THEIRS-1", "0003", "13800000003", "Y", "ed", "S2"])
def test_the_search_box_finds_nothing_of_another_shop(town, text):
    clerk = town.person("li", *ALL, shops=["S1"])
    mine = {number(town, "MINE-1"), number(town, "MINE-2")}
    assert set(clerk.call("POST", "/lists/orders/find", {"text": text}).json()["found"]) <= mine
    everybody = town.post("/lists/orders/find", {"text": text}).json()["found"]
    assert text == "S2" or set(everybody) - mine


def test_counts_are_of_what_one_sees(town):
    clerk = town.person("li", *ALL, shops=["S1"])
    assert town.get("/lists/orders/count").json()["count"] == 4
    assert clerk.call("GET", "/lists/orders/count").json()["count"] == 2
    town.client.app.state.queues.forget()
    queues = {queue["queue"]: queue["count"] for queue in clerk.call("GET", "/queues").json()}
    assert queues["hold.listing_unmapped"] == 1
    assert queues["waiting_to_merge"] == 1


def test_messages_and_calls_of_others_can_not_be_sent_again(town):
    clerk = town.person("li", *ALL, shops=["S1"])
    [theirs] = town.scene.query("SELECT id FROM message WHERE business_key = 'aside-S2'")
    assert clerk.call("POST", f"/messages/{theirs[0]}/replay").status_code == 404
    assert clerk.call("POST", "/messages/replays", {"ids": [str(theirs[0])]}).json() == {"ids": [], "left": [str(theirs[0])]}
    calls = [str(row) for row in every_id(town, "outbox")]
    assert clerk.call("POST", "/outbox/revive", {"ids": calls}).json() == {"ids": []}


def test_an_order_is_posted_only_to_a_shop_one_sees(town):
    clerk = town.person("li", *ALL, shops=["S1"])
    receiver_told = {"name": "王小明", "phone": "13912345678", "province": "浙江省", "city": "杭州市", "district": "西湖区", "detail": "文三路9号"}
    body = {
        "order_no": "D1",
        "status": "paid",
        "placed_at": "2026-11-11T03:59:00Z",
        "paid_at": "2026-11-11T04:00:00Z",
        "receiver": receiver_told,
        "lines": [{"merchant_code": "X", "quantity": 1, "price": "10.00"}],
    }
    assert clerk.call("POST", "/orders?shop=S1", body).status_code == 202
    answer = clerk.call("POST", "/orders?shop=S2", body)
    assert (answer.status_code, answer.json()["reason"]) == (422, "unknown_shop")


def test_force_is_a_right_of_its_own(town):
    auditor = town.person("li", "see", "audit")
    forcer = town.person("ma", "see", "audit", "force")
    told(town.scene, order("BAD-1", line("X"), paid_minor=1, receiver=receiver(9)))
    held = order_id(town, "BAD-1")
    reasons = [row[0] for row in town.scene.query("SELECT reason FROM hold WHERE order_id = %s", held)]
    assert reasons
    answer = auditor.call("POST", f"/orders/{held}/release", {"note": "x"}, headers={"if-match": "*"})
    assert (answer.status_code, answer.json()["reason"]) in {(422, reason) for reason in reasons}
    assert forcer.call("POST", f"/orders/{held}/release", {"note": "x"}, headers={"if-match": "*"}).status_code == 200


def test_messages_of_an_order_are_found_by_our_numbers_by_who_sees_it(town):
    [(fulfilment,)] = town.scene.query("SELECT f.id FROM fulfilment f JOIN sales_order o ON o.id = f.order_id WHERE o.platform_order_no = 'MINE-1'")
    town.scene.query("UPDATE fulfilment SET attempt = 2 WHERE id = %s RETURNING 1", fulfilment)
    parcel = "INSERT INTO parcel (id, fulfilment_id, carrier_id, tracking_no, shipped_at) SELECT 7, %s, min(id), 'ZT1', %s FROM carrier RETURNING 1"
    town.scene.query(parcel, fulfilment, NOW)
    called = {
        "shop:S1": ["MINE-1"],
        "wms:A": [fulfilment_no(fulfilment), fulfilment_no(fulfilment, 2)],
        "tracker:kd": ["ZT1"],
        "shop:S2": ["THEIRS-1"],
    }
    said = [
        InboundMessage(counterpart=who, kind="said", body=b"{}", at=NOW, business_key=key, bucket=None, state=MessageState.DONE)
        for who, keys in called.items()
        for key in keys
    ]
    with town.scene.database.transaction() as tx:
        keep_inbound(tx, town.scene.ids, town.scene.sealer, said)

    def found(person, text):
        answer = person.call("GET", f"/messages?business_key={text}&kind=said")
        assert answer.status_code == 200
        return sorted(item["business_key"] for item in answer.json()["items"])

    sent = [*called["wms:A"], "ZT1"]
    mine, theirs = number(town, "MINE-1"), number(town, "THEIRS-1")
    assert found(town, mine) == sorted(["MINE-1", *sent])
    assert found(town, f"{mine}%20") == sorted(["MINE-1", *sent])
    assert found(town, fulfilment_no(fulfilment)) == sorted(sent)
    assert found(town, fulfilment_no(fulfilment, 2).lower()) == sorted(sent)
    assert found(town, theirs) == ["THEIRS-1"]
    assert found(town, "MINE-1") == ["MINE-1"]
    clerk = town.person("li", "see", shops=["S1"])
    assert (found(clerk, mine), found(clerk, theirs)) == (["MINE-1"], [])
    other = town.person("wu", "see", shops=["S2"])
    assert (found(other, mine), found(other, fulfilment_no(fulfilment)), found(other, theirs)) == ([], [], ["THEIRS-1"])
