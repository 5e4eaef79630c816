"""Editing over HTTP: by right, version and key as every command; nothing personal comes back, whatever is asked."""

from hashlib import sha256

import pytest

from browser import told
from paidan.parties.masks import mask_name, mask_phone
from scene import NOW, line, order, receiver

GUANGZHOU = {"province": "广东省", "city": "广州市", "district": "天河区"}
NEW = {"name": "李四光", "phone": "13912345678", **GUANGZHOU, "detail": "体育西路101号"}
ANY = {"if-match": "*"}


@pytest.fixture
def placed(world):
    """One order, planned; its path."""
    world.scene.set_up({"A": {"X": 10, "G": 10}})
    told(world.scene, order("P1", line("X", 3)))
    [(order_id,)] = world.scene.query("SELECT id FROM sales_order")
    world.path = f"/orders/{order_id}"
    world.look = lambda: told(world.scene, due=[order_id])
    return world


def whole(world):
    return world.get(world.path, headers={"accept-language": "en"}).json()


def test_a_receiver_is_edited_seen_masked_and_taken_back(placed):
    before = whole(placed)
    answer = placed.post(f"{placed.path}/receiver", NEW, headers={"if-match": f'"v{before["version"]}"'})
    assert answer.status_code == 200, answer.text
    placed.look()
    after = whole(placed)
    assert (after["province"], after["city"], after["edits"]["is_receiver_edited"], after["state"]) == ("广东省", "广州市", True, "sourced")
    shown = str(after) + str(placed.get("/lists/orders").json()) + answer.text
    assert not any(word in shown for word in (NEW["name"], NEW["phone"], NEW["detail"]))
    step = next(step for step in after["timeline"] if step["step"] == "receiver_edited")
    assert (step["actor"], step["text"], step["detail"]["to"]) == ("user:adminer", "the receiver was edited", "广东省广州市天河区")
    seen = placed.post("/receiver-reveals", {"order_no": after["order_no"], "purpose": "打电话"}).json()
    assert {name: seen[name] for name in NEW} == NEW
    found = placed.get("/orders?phone_tail=5678").json()["items"]
    assert [item["order_no"] for item in found] == [after["order_no"]]
    assert placed.post(f"{placed.path}/receiver/restore", headers=ANY).status_code == 200
    placed.look()
    assert (whole(placed)["city"], whole(placed)["edits"]["is_receiver_edited"]) == ("杭州市", False)


def test_lines_are_edited_and_told_as_they_were_bought(placed):
    body = {"lines": [{"line_no": 1, "quantity": 2, "sku": "G"}], "gifts": [{"sku": "X", "quantity": 1}]}
    assert placed.post(f"{placed.path}/lines", body, headers=ANY).status_code == 200
    placed.look()
    lines = whole(placed)["lines"]
    assert [(one["sku_code"], one["bought_sku_code"], one["is_cut"], one["reserved"], one["cancelled"]) for one in lines] == [
        ("G", "X", True, 2, 1),
        ("X", None, False, 1, 0),
    ]
    assert (
        placed.post(
            f"{placed.path}/lines", {"lines": [{"line_no": 1, "quantity": 3, "sku": None}, {"line_no": 2, "quantity": 0}]}, headers=ANY
        ).status_code
        == 200
    )
    placed.look()
    assert [(one["sku_code"], one["is_cut"], one["reserved"]) for one in whole(placed)["lines"]] == [("X", False, 3), ("X", True, 0)]


@pytest.mark.parametrize(
    ("path", "body", "status", "reason", "field"),
    [
        ("receiver", {"city": "广州市"}, 422, "field_missing", "province"),
        ("receiver", {**NEW, "phone": "138****0001"}, 422, "field_invalid", "phone"),
        ("receiver", {**NEW, "name": "李*"}, 422, "field_invalid", "name"),
        ("receiver", {**NEW, "province": "火星", "city": "", "district": ""}, 422, "address_unparsed", None),
        ("receiver/restore", None, 409, "not_to_be_undone", None),
        ("lines", {"lines": [{"line_no": 1, "quantity": 9}]}, 422, "more_than_bought", None),
        ("lines", {"lines": [{"line_no": 1, "quantity": 0}]}, 409, "nothing_would_be_left", None),
        ("lines", {"lines": [{"line_no": 1}, {"line_no": 1}]}, 422, "field_invalid", "lines"),
        ("lines", {}, 409, "nothing_changed", None),
    ],
)
def test_refusals_name_their_reason_and_nothing_that_was_sent(placed, path, body, status, reason, field):
    answer = placed.post(f"{placed.path}/{path}", body, headers=ANY)
    told_back = answer.json()
    assert (answer.status_code, told_back["reason"]) == (status, reason)
    assert [error["field"] for error in told_back["errors"]] == ([field] if field else [])
    assert NEW["detail"] not in answer.text


@pytest.mark.parametrize(("path", "body"), [("receiver", NEW), ("receiver/restore", None), ("lines", {"gifts": [{"sku": "G"}]})])
def test_an_edit_needs_the_right_the_version_and_the_scope(placed, path, body):
    auditor, other = placed.person("li", "see", "audit", "reveal"), placed.person("wu", "see", "edit_order", shops=[])
    assert auditor.call("POST", f"{placed.path}/{path}", body, headers=ANY).status_code == 403
    assert other.call("POST", f"{placed.path}/{path}", body, headers=ANY).json()["reason"] == "unknown_order"
    assert placed.post(f"{placed.path}/{path}", body).status_code == 428
    stale = placed.post(f"{placed.path}/{path}", body, headers={"if-match": '"v0"'})
    assert (stale.status_code, stale.json()["present"]["state"]) == (412, "sourced")


def test_an_edit_sent_twice_under_one_key_is_made_once(placed):
    headers = {**ANY, "idempotency-key": "k1"}
    body = {"gifts": [{"sku": "G"}]}
    first, second = (placed.post(f"{placed.path}/lines", body, headers=headers) for _ in range(2))
    assert (first.json(), second.headers["idempotency-replayed"]) == (second.json(), "true")
    assert placed.scene.query("SELECT count(*) FROM order_line WHERE kind = 'gift'") == [(1,)]


def test_the_platforms_receiver_is_seen_beside_ours_and_revealed_by_the_same_right(placed):
    number = whole(placed)["order_no"]
    ask = {"order_no": number, "purpose": "选地址", "which": "platform"}
    assert placed.post("/receiver-reveals", ask).status_code == 404, "nothing was edited: there is but one"
    assert whole(placed)["edits"]["platform_receiver"] is None
    assert placed.post(f"{placed.path}/receiver", NEW, headers=ANY).status_code == 200
    theirs = receiver(9, city="宁波市", district="海曙区")
    told(placed.scene, order("P1", line("X", 3), version_at=NOW.replace(minute=9), receiver=theirs))
    shown = whole(placed)
    assert [hold["reason"] for hold in shown["holds"]] == ["edit_conflict"]
    beside = shown["edits"]["platform_receiver"]
    assert (beside["province"], beside["city"], beside["district"]) == ("浙江省", "宁波市", "海曙区")
    assert (beside["name"], beside["phone"]) == (mask_name(theirs.name), mask_phone(theirs.phone))
    seen = placed.post("/receiver-reveals", ask).json()
    assert (seen["name"], seen["phone"], seen["city"], seen["detail"]) == (theirs.name, theirs.phone, "宁波市", theirs.detail)
    [log] = placed.get("/receiver-reveals").json()["items"]
    assert (log["order_no"], log["which"], log["purpose"]) == (number, "platform", "选地址")
    assert placed.person("wu", "see").call("POST", "/receiver-reveals", ask).status_code == 403
    assert placed.post("/receiver-reveals", {**ask, "which": "both"}).status_code == 422


def test_a_kept_key_tells_nothing_of_what_was_asked(placed):
    """A plain digest of a body with a phone could be tried out number by number."""
    body, headers = {"phone": "13900000000"}, {**ANY, "idempotency-key": "k2"}
    assert placed.post(f"{placed.path}/receiver", body, headers=headers).status_code == 200
    sent = b'{"phone":"13900000000"}'
    path = f"/api/v1{placed.path}/receiver"
    [(kept,)] = placed.scene.query("SELECT request_digest FROM idempotency_key WHERE key = 'k2'")
    assert kept != sha256(f"{path}\n\n*\n".encode() + sent).digest()
    assert kept == placed.scene.sealer.digest("idempotency", f"{path}\n\n*\n{sent.decode()}")


def test_a_plan_split_by_hand_is_dropped_whole(placed):
    """What a part split off has taken was given back then, and is not given back twice."""
    number = whole(placed)["order_no"]
    job = placed.post("/jobs", {"action": "split", "target": {"order_nos": [number]}, "parameters": {"lines": [{"line_no": 1, "quantity": 1}]}})
    assert placed.ended(job.json()["job_id"])["done"] == 1
    assert placed.post(f"{placed.path}/receiver", NEW, headers=ANY).status_code == 200
    assert placed.scene.broken_invariants() == {}
    placed.look()
    assert whole(placed)["lines"][0]["reserved"] == 3


def test_a_plan_split_by_hand_is_dropped_whole_by_the_platforms_word_too(placed):
    number = whole(placed)["order_no"]
    job = placed.post("/jobs", {"action": "split", "target": {"order_nos": [number]}, "parameters": {"lines": [{"line_no": 1, "quantity": 1}]}})
    assert placed.ended(job.json()["job_id"])["done"] == 1
    told(placed.scene, order("P1", line("X", 3, quantity_cancelled=1), version_at=NOW.replace(minute=9)))
    assert whole(placed)["lines"][0]["reserved"] == 2


@pytest.mark.parametrize("label", ["收货人", "收件人"])
def test_a_pasted_receiver_is_taken_apart(placed, label):
    found = placed.post("/receiver-texts", {"text": f"{label}：李四光 13912345678 广东省广州市天河区体育西路101号"}).json()
    assert found == {name: NEW[name] for name in ("name", "phone", "province", "city", "district", "detail")}


def test_divisions_are_given_level_by_level(placed):
    provinces = placed.get("/divisions").json()["items"]
    assert ({one["name"] for one in provinces} >= {"浙江省", "北京市"}, len(provinces)) == (True, 34)
    cities = placed.get("/divisions?under=330000").json()["items"]
    assert {"code": "330100", "name": "杭州市", "full_name": "浙江省 杭州市", "is_leaf": False} in cities
    named = placed.get("/divisions?codes=110105,330106,999999").json()["items"]
    assert [(one["name"], one["full_name"]) for one in named] == [("朝阳区", "北京市 朝阳区"), ("西湖区", "浙江省 杭州市 西湖区")]
    assert named[1] in placed.get("/divisions?under=330100").json()["items"]
    both = placed.get("/divisions?under=330100&codes=330106")
    assert (both.status_code, [error["field"] for error in both.json()["errors"]]) == (422, ["under"])
