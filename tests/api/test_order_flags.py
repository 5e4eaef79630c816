"""Flags of orders: five colours, the merchant's words for them, in the list, as a filter, in the timeline and in files."""

import pytest

from browser import told
from scene import line, order, receiver

WORDS = ["加急", "", "赠品", "", "老客户"]


@pytest.fixture
def shop(world):
    """Two orders, the first one flagged green."""
    world.scene.set_up({"A": {"X": 10}})
    told(world.scene, order("P1", line("X")), order("P2", line("X"), receiver=receiver(2)))
    world.order_id = next(row["id"] for row in listed(world, "") if row["platform_order_no"] == "P1")
    assert flagged(world, 3).status_code == 200
    return world


def listed(world, query):
    return world.get(f"/lists/orders?limit=100{query}").json()["items"]


def flagged(world, flag):
    return world.post(f"/orders/{world.order_id}/edits", {"flag": flag}, headers={"if-match": "*"})


def test_a_flag_is_set_seen_filtered_and_taken_away(shop):
    assert shop.get(f"/orders/{shop.order_id}").json()["edits"]["flag"] == 3
    assert [row["platform_order_no"] for row in listed(shop, "&f=flag:is:3|5")] == ["P1"]
    assert [row["platform_order_no"] for row in listed(shop, "&f=flag:not:3")] == ["P2"]
    assert [row["platform_order_no"] for row in listed(shop, "&f=flag:is:0")] == ["P2"]
    assert flagged(shop, 6).status_code == 422
    assert shop.get("/lists/orders?f=flag:is:6").status_code == 422
    assert flagged(shop, 0).status_code == 200
    assert listed(shop, "&f=flag:is:3") == []


def test_the_merchant_says_what_flags_mean(shop):
    assert shop.get("/settings/flags").json() == {"words": [""] * 5, "version": 0}
    answer = shop.call("PUT", "/settings/flags", json={"words": WORDS}, headers={"if-match": '"v0"'})
    assert (answer.status_code, answer.json()["version"], answer.headers["etag"]) == (200, 1, '"v1"')
    late = shop.call("PUT", "/settings/flags", json={"words": [""] * 5}, headers={"if-match": '"v0"'})
    assert (late.status_code, late.json()["present"]["words"]) == (412, WORDS)
    for wrong in (["x"] * 4, ["x" * 13, "", "", "", ""], ["a\nb", "", "", "", ""]):
        assert shop.call("PUT", "/settings/flags", json={"words": wrong}, headers={"if-match": "*"}).status_code == 422
    field = next(field for field in shop.get("/lists/orders/fields").json() if field["name"] == "flag")
    assert [(value["code"], value["zh"]) for value in field["values"]] == [
        ("0", "无旗帜"),
        ("1", "红 · 加急"),
        ("2", "黄"),
        ("3", "绿 · 赠品"),
        ("4", "蓝"),
        ("5", "紫 · 老客户"),
    ]
    assert flagged(shop, 1).status_code == 200
    step = [one for one in shop.get(f"/orders/{shop.order_id}", headers={"accept-language": "en"}).json()["timeline"] if one["step"] == "edited"][-1]
    assert step["changes"] == [{"label": "flag", "before": "green · 赠品", "after": "red · 加急"}]
    auditor = shop.person("li", "see", "audit")
    assert auditor.call("PUT", "/settings/flags", {"words": WORDS}).status_code == 403
