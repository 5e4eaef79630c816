import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from counting import counted
from paidan.catalog.load import cache_versions
from paidan.entrypoints.api.committer import Post, committer, keep_posts
from paidan.entrypoints.api.known_keys import KEEP_S, KnownKeys
from paidan.entrypoints.api.order_reads import get_order, list_orders
from paidan.entrypoints.api.people.caller import Caller
from paidan.entrypoints.api.services import HandlerContext
from paidan.pipeline import run_pass
from paidan.release.step import release
from paidan.runtime.waiting import waiting_ids
from scene import NOW, line, order, receiver

EVERYTHING = Caller(name="all", rights=frozenset())


def told(world, *facts, due=()):
    messages = world.scene.say(*facts) if facts else []
    with world.scene.database.transaction() as tx:
        run_pass(tx, world.scene.stages, message_ids=messages, order_ids=list(due), now=NOW)
    assert world.scene.broken_invariants() == {}


def direct(number="D1", **more):
    receiver = {"name": "王小明", "phone": "13912345678", "province": "浙江省", "city": "杭州市", "district": "西湖区", "detail": "文三路9号"}
    base = {"order_no": number, "status": "paid", "placed_at": "2026-11-11T03:59:00Z", "paid_at": "2026-11-11T04:00:00Z", "receiver": receiver}
    return {**base, "lines": [{"merchant_code": "X", "quantity": 1, "price": "10.00"}], **more}


def only(world):
    [item] = world.get("/orders").json()["items"]
    return item


def tag(item):
    return {"if-match": f'"v{item["version"]}"'}


def test_orders_are_listed_and_shown_with_all_that_belongs_to_them(world):
    world.scene.set_up({"A": {"X": 10}})
    told(world, order("P1", line("X", 2)))
    item = only(world)
    assert (item["platform_order_no"], item["state"], item["shop_code"]) == ("P1", "sourced", "S1")
    whole = world.get(f"/orders/{item['id']}", headers={"accept-language": "en"})
    assert whole.headers["etag"] == f'"v{item["version"]}"'
    body = whole.json()
    assert body["lines"][0]["reserved"] == 2
    assert body["fulfilments"][0]["lines"][0]["sku_code"] == "X"
    assert body["timeline"][0]["text"] == "received from the platform"
    assert isinstance(body["id"], str)
    fulfilment = world.get(f"/fulfilments/{body['fulfilments'][0]['id']}").json()
    assert (fulfilment["state"], fulfilment["no"][:2]) == ("planned", "FH")


def test_a_posted_order_is_kept_answered_and_taken_up_by_a_pass(world):
    world.scene.set_up({"A": {"X": 10}})
    answer = world.post("/orders?shop=S1", direct())
    assert answer.status_code == 202
    message = world.get(f"/messages/{answer.json()['message_id']}").json()
    assert (message["state"], message["business_key"], message["counterpart"]) == ("waiting", "D1", "shop:S1")
    with world.scene.database.transaction() as tx:
        assert waiting_ids(tx, list(range(64)), 10) == [int(answer.json()["message_id"])]


def test_an_order_for_nobody_is_refused(world):
    world.scene.set_up({"A": {"X": 10}})
    answer = world.post("/orders?shop=NO", direct())
    assert (answer.status_code, answer.json()["reason"]) == (422, "unknown_shop")


def test_many_orders_at_once_are_all_kept_each_with_its_own_message(world):
    world.scene.set_up({"A": {"X": 10}})
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda n: world.post("/orders?shop=S1", direct(f"D{n}")), range(40)))
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["message_id"] for answer in answers}) == 40
    assert world.scene.query("SELECT count(*), count(DISTINCT business_key) FROM message WHERE direction = 'i'") == [(40, 40)]


def test_keeping_posts_takes_the_same_number_of_statements_however_many(world):
    world.scene.set_up({"A": {"X": 10}})
    counts = []
    for n in (1, 100):
        with world.scene.database.transaction() as tx, counted(tx) as statements:
            keep_posts(tx, world.services, [Post(shop_code="S1", order_no=f"{n}-{i}", body=b"{}") for i in range(n)])
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_an_order_is_held_released_edited_and_cancelled_each_by_version(world):
    world.scene.set_up({"A": {"X": 10}, "B": {"X": 10}})
    told(world, order("P1", line("X", 2)))
    item = only(world)
    path = f"/orders/{item['id']}"
    held = world.post(f"{path}/hold", {"note": "等电话 13912345678"}, headers=tag(item), scope="write")
    assert held.status_code == 200, held.text
    assert world.post(f"{path}/hold", {"note": "again"}, headers=tag(item)).status_code == 412
    assert world.post(f"{path}/hold", {"note": "again"}, headers={"if-match": held.headers["etag"]}).json()["reason"] == "illegal_move"
    told(world, due=[int(item["id"])])
    assert only(world)["waits_for"] == "held_by_person"
    [hold] = world.get("/holds").json()["items"]
    assert (hold["reason"], hold["origin"], hold["note"]) == ("held_by_person", "user:writeer", "等电话 ***")
    assert [found["kind"] for found in world.get("/exceptions").json()["items"]] == ["hold"]
    version = tag(only(world))
    assert world.post(f"{path}/release", {"note": "ok"}, headers=version).status_code == 200
    told(world, due=[int(item["id"])])
    assert only(world)["state"] == "sourced"
    edit = {"warehouse_code": "B", "carrier_code": None, "remark": "送到王小明 13912345678", "is_urgent": True}
    assert world.post(f"{path}/edits", edit, headers=tag(only(world))).status_code == 200
    edits = world.get(path).json()["edits"]
    assert (edits["warehouse_code"], edits["is_urgent"], edits["remark"]) == ("B", True, "送到王小明 ***")
    assert "王小明" not in str(world.scene.query("SELECT edits FROM sales_order"))
    assert world.post(f"{path}/cancel", {"note": "买家不要了"}, headers=tag(only(world))).status_code == 200
    assert world.post(f"{path}/cancel", {"note": "x"}, headers={"if-match": "*"}).json()["reason"] == "already_cancelled"
    assert world.get(path).json()["edits"]["is_cancelled"] is True
    assert world.scene.query("SELECT due_at FROM sales_order") == [(NOW,)]
    assert "user:adminer" in {step["actor"] for step in world.get(path).json()["timeline"]}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"warehouse_code": "NO"}, "unknown_warehouse"),
        ({"carrier_code": "NO"}, "unknown_carrier"),
        ({"receiver": {"name": "x"}}, "unknown_field"),
    ],
)
def test_wishes_for_what_is_not_there_are_refused(world, body, reason):
    world.scene.set_up({"A": {"X": 10}})
    told(world, order("P1", line("X", 2)))
    item = only(world)
    answer = world.post(f"/orders/{item['id']}/edits", body, headers=tag(item))
    assert (answer.status_code, answer.json()["reason"]) == (422, reason)


@pytest.mark.parametrize(("code", "reason"), [("WRONG", "listing_unmapped"), ("SET", "bundle_without_parts")])
def test_a_hold_for_a_listing_without_sku_or_a_bundle_without_parts_is_never_forced_and_tells_what_to_do(world, code, reason):
    world.scene.set_up({"A": {"X": 10}}, bundles={"SET": {}})
    told(world, order("P1", line("X", merchant_code=code)))
    [item] = world.get("/orders").json()["items"]
    answer = world.post(f"/orders/{item['id']}/release", {"note": "go"}, headers={"if-match": "*"}).json()
    assert (answer["status"], answer["reason"]) == (409, reason)
    assert answer["next_step"]


@pytest.mark.parametrize("header", ["", "3", 'W/"v1"', '"v1", "v2"', '"x"'])
def test_a_command_names_one_version_strongly(world, header):
    answer = world.post("/orders/1/hold", {"note": "x"}, headers={"if-match": header} if header else {})
    assert answer.status_code == (422 if header else 428)


def test_pages_are_stable_while_orders_come_in(world):
    world.scene.set_up({"A": {"X": 100}})
    told(world, *[order(f"P{n}", line("X"), receiver=receiver(n)) for n in range(5)])
    first = world.get("/orders?limit=2").json()
    told(world, *[order(f"N{n}", line("X"), receiver=receiver(50 + n)) for n in range(3)])
    second = world.get(f"/orders?limit=2&cursor={first['next']}").json()
    third = world.get(f"/orders?limit=2&cursor={second['next']}").json()
    seen = [item["platform_order_no"] for page in (first, second, third) for item in page["items"]]
    assert seen == ["P4", "P3", "P2", "P1", "P0"]
    assert third["next"] is None


def test_orders_are_found_by_number_range_state_reason_and_phone_tail(world):
    world.scene.set_up({"A": {"X": 1}})
    told(world, order("P1", line("X"), receiver=receiver(1)), order("P2", line("X"), receiver=receiver(2)))
    found = {item["platform_order_no"]: item for item in world.get("/orders").json()["items"]}

    def numbers(query):
        return [item["platform_order_no"] for item in world.get(f"/orders?{query}").json()["items"]]

    assert numbers("number=P1") == ["P1"]
    assert numbers(f"number={found['P2']['order_no']}") == ["P2"]
    assert numbers("state=backordered") == numbers("waits_for=short_of_stock") == ["P2"]
    assert numbers("phone_tail=0002") == ["P2"]
    assert numbers("shop=S2") == []
    start = (NOW - timedelta(days=1)).isoformat().replace("+00:00", "Z")
    assert sorted(numbers(f"placed_from={start}")) == ["P1", "P2"]
    assert numbers(f"placed_from={start}&placed_until={start}") == []
    assert [found["kind"] for found in world.get("/exceptions?kind=backordered").json()["items"]] == ["backordered"]


@pytest.mark.parametrize("n", [1, 20])
def test_lists_and_orders_take_the_same_number_of_statements_however_much_there_is(world, n):
    world.scene.set_up({"A": {"X": 1000}})
    told(world, *[order(f"P{i}", line("X"), line("X", line_ref="b"), receiver=receiver(i)) for i in range(n)])
    filters = dict.fromkeys(("after", "states", "shop", "waits_for", "placed_from", "placed_until", "tail")) | {"limit": 50} | EVERYTHING.sees
    with world.scene.database.transaction() as tx, counted(tx) as statements:
        found = list_orders(tx, filters)
        get_order(tx, EVERYTHING, world.scene.sealer, int(found[0].id), "zh")
    assert len(found) == n
    assert len(statements) == 9


def test_one_key_has_one_effect_and_one_answer(world):
    world.scene.set_up({"A": {"X": 10}})
    headers = {"idempotency-key": "k1"}
    first = world.post("/orders?shop=S1", direct(), headers=headers)
    again = world.post("/orders?shop=S1", direct(), headers=headers)
    assert (again.status_code, again.json()) == (202, first.json())
    other = world.post("/orders?shop=S1", direct("D2"), headers=headers)
    assert (other.status_code, other.json()["reason"]) == (422, "idempotency_conflict")
    assert world.post("/orders?shop=S1", direct("D2"), headers=headers, scope="write").status_code == 202
    assert world.scene.query("SELECT business_key FROM message ORDER BY 1") == [("D1",), ("D2",)]


def test_a_command_repeated_under_its_key_gets_its_first_answer(world):
    world.scene.set_up({"A": {"X": 10}})
    told(world, order("P1", line("X")))
    item = only(world)
    headers = {**tag(item), "idempotency-key": "k"}
    first = world.post(f"/orders/{item['id']}/hold", {"note": "x"}, headers=headers)
    again = world.post(f"/orders/{item['id']}/hold", {"note": "x"}, headers=headers)
    assert (again.status_code, again.json(), again.headers["etag"]) == (200, first.json(), first.headers["etag"])
    assert again.headers["idempotency-replayed"] == "true"
    assert world.scene.query("SELECT count(*) FROM hold") == [(1,)]


def test_a_key_in_flight_is_told_so(world):
    world.scene.set_up({"A": {"X": 10}})
    made = world.post("/keys", {"name": "k", "scopes": ["write"]}, headers={"idempotency-key": "one"})
    assert made.status_code == 201
    caller = world.scene.query("SELECT id FROM api_key WHERE name = 'adminer'")[0][0]
    with world.scene.database.transaction() as tx:
        tx.execute(
            "SELECT pg_advisory_xact_lock(hashtext('idempotency'), hashtext(current_schema() || '/' || %s || '/' || 'two'))", (f"key:{caller}",)
        )
        answer = world.post("/keys", {"name": "k", "scopes": ["write"]}, headers={"idempotency-key": "two"})
    assert (answer.status_code, answer.json()["reason"]) == (409, "idempotency_in_flight")


def test_a_refused_request_leaves_its_key_free(world):
    world.scene.set_up({"A": {"X": 10}})
    told(world, order("P1", line("X")))
    item = only(world)
    key = {"idempotency-key": "k"}
    assert world.post(f"/orders/{item['id']}/hold", {"note": "x"}, headers={**key, "if-match": '"v999"'}).status_code == 412
    assert world.post(f"/orders/{item['id']}/hold", {"note": "x"}, headers={**key, **tag(item)}).status_code == 200


def released(world):
    """All planned fulfilments go to their warehouse, merged where they may."""
    with world.scene.database.transaction() as tx:
        network = world.scene.stages.network.load(tx, cache_versions(tx)["network"])
        planned = [row[0] for row in tx.execute("SELECT id FROM fulfilment WHERE state = 10")]
        release(tx, planned, network=network, ids=world.scene.ids, sealer=world.scene.sealer, now=NOW)
    assert world.scene.broken_invariants() == {}


def test_a_planned_fulfilment_is_kept_alone(world):
    world.scene.set_up({"A": {"X": 10}})
    told(world, order("P1", line("X")))
    fulfilment = world.get(f"/orders/{only(world)['id']}").json()["fulfilments"][0]
    answer = world.post(f"/fulfilments/{fulfilment['id']}/unmerge", headers=tag(fulfilment))
    assert answer.status_code == 200, answer.text
    assert world.get(f"/orders/{only(world)['id']}").json()["edits"]["is_alone"] is True
    assert world.post("/fulfilments/99/unmerge", headers={"if-match": "*"}).status_code == 404


def test_a_merged_fulfilment_is_asked_back_with_the_parcel_it_travels_in(world):
    world.scene.set_up({"A": {"X": 10}})
    told(world, order("P1", line("X")), order("P2", line("X")))
    released(world)
    found = {f["state"]: f for f in world.get("/fulfilments").json()["items"]}
    assert found.keys() == {"released", "merged"}
    member = found["merged"]
    assert world.get(f"/fulfilments/{found['released']['id']}").json()["members"] == [member["id"]]
    assert world.post(f"/fulfilments/{member['id']}/unmerge", headers={"if-match": '"v99"'}).status_code == 412
    assert world.post(f"/fulfilments/{member['id']}/unmerge", headers=tag(member)).status_code == 200
    assert sorted(f["state"] for f in world.get("/fulfilments").json()["items"]) == ["merged", "recalling"]
    assert world.scene.query("SELECT kind FROM outbox WHERE kind = 'wms.recall'") == [("wms.recall",)]
    again = world.post(f"/fulfilments/{member['id']}/unmerge", headers={"if-match": "*"})
    assert (again.status_code, again.json()["reason"]) == (409, "illegal_move")
    moved = world.post(f"/orders/{member['order_id']}/edits", {"warehouse_code": "A"}, headers={"if-match": "*"})
    assert (moved.status_code, moved.json()["reason"]) == (409, "illegal_move")
    assert world.scene.broken_invariants() == {}


def test_invariants_run_over_the_api(world):
    world.scene.set_up({"A": {"X": 10}})
    assert world.get("/invariants").json() == {"holds": True, "broken": []}


def test_with_reserve_the_stock_is_held_before_the_answer_and_what_is_short_says_so(world):
    world.scene.set_up({"A": {"X": 3}})
    answers = [world.post("/orders?shop=S1&reserve=1", direct(f"D{n}"), scope="write") for n in range(5)]
    assert [answer.status_code for answer in answers] == [201, 201, 201, 202, 202]
    assert [answer.json()["is_held"] for answer in answers] == [True] * 3 + [False] * 2
    first, last = answers[0].json(), answers[-1].json()
    assert (first["state"], first["reason"], last["state"], last["reason"]) == ("sourced", "", "backordered", "short_of_stock")
    assert world.get(f"/orders/{first['order_id']}").json()["order_no"] == first["order_no"]
    assert world.scene.broken_invariants() == {}


def test_an_order_posted_twice_with_reserve_is_one_order_with_one_answer(world):
    world.scene.set_up({"A": {"X": 1}})
    headers = {"idempotency-key": "once"}
    first = world.post("/orders?shop=S1&reserve=1", direct("D1"), headers=headers)
    again = world.post("/orders?shop=S1&reserve=1", direct("D1"), headers=headers)
    other = world.post("/orders?shop=S1&reserve=1", direct("D1"))
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert (other.status_code, other.json()["order_id"]) == (201, first.json()["order_id"])
    assert world.scene.query("SELECT count(*) FROM sales_order") == [(1,)]


def test_many_at_once_never_hold_more_than_there_is(world):
    world.scene.set_up({"A": {"X": 7}, "B": {"X": 6}})
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda n: world.post("/orders?shop=S1&reserve=1", direct(f"D{n}")), range(40)))
    assert sum(answer.json()["is_held"] for answer in answers) == 13
    assert {answer.status_code for answer in answers} == {201, 202}
    assert world.scene.broken_invariants() == {}


@pytest.mark.parametrize(
    ("path", "body", "headers", "expected"),
    [
        ("/orders?shop=NO&reserve=1", b'{"order_no": "D1"}', {}, 422),
        ("/orders?shop=S1", b"{", {}, 400),
        ("/orders?shop=S1&reserve=maybe", None, {}, 422),
        ("/orders?shop=S1&shop=S1", None, {}, 202),
        ("/orders", None, {}, 422),
        ("/orders?shop=S1", None, {"authorization": "Bearer pd_no"}, 401),
        ("/orders?shop=S1", None, {"authorization": ""}, 401),
        ("/orders?shop=S1", None, {"idempotency-key": "x" * 201}, 422),
        ("/orders?shop=S1", b" " * (2**20 + 1), {}, 413),
        ("/orders?shop=S1", None, {"content-type": "application/json; charset=utf-8"}, 202),
    ],
)
def test_what_the_short_way_leaves_alone_the_long_way_answers(world, path, body, headers, expected):
    world.scene.set_up({"A": {"X": 1}})
    content = json.dumps(direct()).encode() if body is None else body
    answer = world.call("POST", path, content=content, headers={"content-type": "application/json", **headers})
    assert answer.status_code == expected, answer.text
    if expected >= 400:
        assert answer.headers["content-type"].startswith("application/problem+json")


def test_a_key_that_may_not_import_or_was_revoked_posts_nothing(world):
    world.scene.set_up({"A": {"X": 1}})
    assert world.post("/orders?shop=S1", direct(), scope="read").status_code == 403
    assert world.post("/orders?shop=S1", direct(), scope="write").status_code == 202
    [key] = [key for key in world.get("/keys").json()["items"] if key["name"] == "writeer"]
    assert world.post(f"/keys/{key['id']}/revoke").status_code == 200
    assert world.post("/orders?shop=S1", direct(), scope="write").status_code == 401


def test_a_conflict_tells_what_is_stored_now(world):
    world.scene.set_up({"A": {"X": 10}})
    told(world, order("P1", line("X")))
    item = only(world)
    assert world.post(f"/orders/{item['id']}/edits", {"remark": "别放驿站", "is_urgent": True}, headers=tag(item)).status_code == 200
    answer = world.post(f"/orders/{item['id']}/edits", {"remark": "放门口"}, headers=tag(item))
    assert (answer.status_code, answer.json()["reason"]) == (412, "version_conflict")
    present = answer.json()["present"]
    assert (present["version"], present["edits"]["remark"], present["edits"]["is_urgent"]) == (item["version"] + 1, "别放驿站", True)


def test_an_import_can_be_tried_before_anything_is_kept(world):
    world.scene.set_up({"A": {"X": 10}})
    body = "货品编码,货品名称,商品编码\nN1,新品,P-N1\n,无编码,P-N2\n".encode()
    dry = world.call("POST", "/imports/products?is_dry_run=true", content=body)
    assert dry.status_code == 200, dry.text
    assert world.get("/catalog/skus?code=N1").json()["items"] == []
    run = world.call("POST", "/imports/products", content=body)
    assert (run.json()["accepted"], run.json()["rejected"]) == (dry.json()["accepted"], dry.json()["rejected"])
    assert (dry.json()["taken"], run.json()["taken"]) == ([], [sku["id"] for sku in world.get("/catalog/skus?code=N1").json()["items"]])


def test_an_import_tells_which_orders_it_brought(world):
    world.scene.set_up({"A": {"X": 10}})
    head = "订单号,下单时间,商家编码,数量,单价,收件人,手机,省,市,区,详细地址\n"
    where = "张三,13800000001,浙江省,杭州市,西湖区,文三路1号\n"
    body = head + f"F1,2026-06-18 09:00,X,1,10,{where}F2,2026-06-18 09:00,X,一,10,{where}F3,2026-06-18 09:00,X,2,10,{where}"
    answer = world.call("POST", "/imports/orders?shop=S1", content=body.encode()).json()
    assert answer["taken"] == ["F1", "F3"]
    assert [(one["field"], one["expected"]["en"]) for one in answer["problems"]] == [("quantity", "a whole number, 1 or more")]


def test_two_processes_that_meet_over_the_last_units_hand_out_all_of_them(world):
    world.scene.set_up({"A": {"X": 7}, "B": {"X": 6}})
    ours = world.services

    def process(mark):
        own = HandlerContext(database=ours.database, ids=ours.ids, sealer=ours.sealer, clock=ours.clock, settings=ours.settings)
        gathered = committer(own)
        gathered.start()

        async def run():
            posts = [
                Post(shop_code="S1", order_no=f"{mark}{n}", body=json.dumps(direct(f"{mark}{n}")).encode(), is_reserving=True) for n in range(20)
            ]
            return await asyncio.gather(*map(gathered.submit, posts))

        answers = asyncio.run(run())
        gathered.stop()
        return sum(answer.status == 201 for answer in answers)

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(process, "ab")) == 13


def test_an_order_that_a_pass_chokes_on_is_kept_and_its_neighbours_get_their_stock(world, monkeypatch):
    world.scene.set_up({"A": {"X": 10}})

    def choking(tx, stages, *, at_hand, order_ids, now):
        if any(message.business_key == "D3" for message in at_hand.read()):
            raise ZeroDivisionError
        return run_pass(tx, stages, at_hand=at_hand, order_ids=order_ids, now=now)

    monkeypatch.setattr("paidan.entrypoints.api.committer.run_pass", choking)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: world.post("/orders?shop=S1&reserve=1", direct(f"D{n}")), range(8)))
    assert [answer.status_code for answer in answers] == [201, 201, 201, 202, 201, 201, 201, 201]
    assert "is_held" not in answers[3].json()
    assert world.scene.query("SELECT business_key FROM message WHERE state = 0") == [("D3",)]


def test_a_key_is_believed_for_a_moment_only():
    clock = [0.0]
    known = KnownKeys(lambda: clock[0])
    somebody = Caller(name="x", rights=frozenset())
    known.put(b"k", somebody)
    assert known.get(b"k") is somebody
    clock[0] = KEEP_S
    assert known.get(b"k") is None
    known.put(b"k", somebody)
    known.forget()
    assert known.get(b"k") is None


def test_remarks_are_read_without_what_names_the_receiver(world):
    world.scene.set_up({"A": {"X": 5}})
    person = receiver(name="王小明", phone="13912345678", detail="文三路9号")
    told(world, order("R1", line("X"), receiver=person, buyer_remark="放门口，找王小明 139-1234-5678，文三路9号", seller_remark="加急，送赠品 2 份"))
    shown = world.get(f"/orders/{only(world)['id']}").json()
    assert (shown["buyer_remark"], shown["seller_remark"]) == ("放门口，找*** ***，***", "加急，送赠品 2 份")


def test_remarks_name_neither_the_platforms_receiver_nor_ours_after_an_edit(world):
    world.scene.set_up({"A": {"X": 5}})
    told(world, order("R1", line("X"), receiver=receiver(name="王小明", detail="文三路9号"), buyer_remark="给王小明，转李四，文三路9号或龙井路1号"))
    edited = {"name": "李四", "phone": "13800138000", "province": "浙江省", "city": "杭州市", "district": "西湖区", "detail": "龙井路1号"}
    assert world.post(f"/orders/{only(world)['id']}/receiver", edited, headers=tag(only(world))).status_code == 200
    assert world.get(f"/orders/{only(world)['id']}").json()["buyer_remark"] == "给***，转***，***或***"
    world.scene.query("UPDATE receiver SET sealed = NULL RETURNING 1")  # erased: nobody knows what to hide
    assert world.get(f"/orders/{only(world)['id']}").json()["buyer_remark"] == "***"


def test_an_order_without_remarks_shows_none(world):
    world.scene.set_up({"A": {"X": 5}})
    told(world, order("R2", line("X")))
    shown = world.get(f"/orders/{only(world)['id']}").json()
    assert (shown["buyer_remark"], shown["seller_remark"]) == ("", "")


def test_fulfilments_are_found_by_any_number_and_say_why_they_wait(world):
    scene = world.scene
    scene.set_up({"A": {"X": 10}})
    told(world, order("P1", line("X"), receiver=receiver(1)), order("P2", line("X"), receiver=receiver(2)))
    wanted, other = ((one["no"], one["order_no"], one["id"], one["order_id"]) for one in reversed(world.get("/fulfilments").json()["items"]))
    no, order_no, fulfilment_id, order_id = wanted
    assert world.post(f"/orders/{order_id}/hold", {"note": "wait"}, headers={"if-match": "*"}).status_code == 200
    parcel = "INSERT INTO parcel (id, fulfilment_id, carrier_id, tracking_no, shipped_at) SELECT 7, %s, min(id), 'ZT1', %s FROM carrier RETURNING 1"
    scene.query(parcel, int(fulfilment_id), NOW)
    carried = "INSERT INTO parcel_line (parcel_id, order_id, line_no, fulfilment_id, quantity) VALUES (7, %s, 1, %s, 1) RETURNING 1"
    scene.query(carried, int(order_id), int(fulfilment_id))
    for number in (order_no, "P1", no, no.lower(), "ZT1", f" {order_no}"):
        found = world.get("/fulfilments", params={"number": number}).json()["items"]
        assert [(one["id"], one["holds"]) for one in found] == [(fulfilment_id, ["held_by_person"])], number
    assert [one["holds"] for one in world.get("/fulfilments", params={"number": other[1]}).json()["items"]] == [[]]
    assert world.get("/fulfilments", params={"number": "NO-SUCH"}).json()["items"] == []
    scene.query("UPDATE fulfilment SET state = 95, path = '{95}' WHERE id = %s RETURNING 1", int(fulfilment_id))
    assert [one["no"] for one in world.get("/fulfilments").json()["items"]] == [other[0]]
    assert [one["no"] for one in world.get("/fulfilments", params={"number": no, "sort": "-created"}).json()["items"]] == [no]
