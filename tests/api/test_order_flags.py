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
    assert shop.get("/lists/orders?f=flag:is:10").status_code == 422
    assert flagged(shop, 0).status_code == 200
    assert listed(shop, "&f=flag:is:3") == []


ONCE = ["flag:is:7", "flag:at_least:3", "flag:at_least:4", "flag:at_most:2", "flag:between:2|3", "flag:between:4|9", "flag:at_least:10"]
"""As flags were asked about while they were the numbers 0 to 9."""


@pytest.mark.parametrize(
    ("question", "found"),
    list(zip(ONCE, (["P2"], ["P2", "P1"], ["P2"], [], ["P1"], ["P2"], []), strict=True)),
)
def test_what_was_asked_when_flags_were_numbers_is_understood_for_ever(shop, question, found):
    shop.scene.query("""UPDATE sales_order SET edits = COALESCE(edits, '{}') || '{"flag": 7}' WHERE platform_order_no = 'P2' RETURNING 1""")
    assert [row["platform_order_no"] for row in listed(shop, f"&f={question}")] == found
    assert shop.get("/lists/orders/count", params={"f": question}).json()["count"] == len(found)
    dry = shop.post("/jobs", {"action": "audit", "target": {"filters": [question]}, "is_dry_run": True}).json()
    assert dry["total"] == len(found)
    groups = shop.get("/lists/orders/groups", params={"f": question, "group": "flag"}).json()["groups"]
    assert all(len(listed(shop, f"&f={filters[0]}")) == 1 for filters in (group["filters"] for group in groups))


def test_views_saved_when_flags_were_numbers_open_in_todays_words(shop):
    body = {"list": "orders", "name": "旧视图", "filters": ["flag:is:3", "is_cod:is:false"]}
    view = shop.post("/views", body).json()
    stored = """UPDATE saved_view SET body = jsonb_set(body, '{filters}', '["flag:at_least:4", "is_cod:is:false"]') WHERE id = %s RETURNING 1"""
    shop.scene.query(stored, int(view["id"]))
    [read] = shop.get("/views?list=orders").json()
    assert read["filters"] == ["flag:is:4|5|6|7|8|9", "is_cod:is:false"]
    assert listed(shop, "".join(f"&f={one}" for one in read["filters"])) == []
    again = shop.call("PUT", f"/views/{view['id']}", json={**body, "filters": read["filters"]}, headers={"if-match": f'"v{read["version"]}"'})
    assert again.status_code == 200


def test_a_job_made_when_there_were_more_flags_is_brought_to_its_end(shop):
    job = shop.post("/jobs", {"action": "flag", "target": {"filters": []}, "parameters": {"flag": 2}}).json()["job_id"]
    assert shop.ended(job)["done"] == 2
    stored = """UPDATE job SET state = 0, parameters = jsonb_set(parameters, '{given,flag}', '7') WHERE id = %s RETURNING 1"""
    shop.scene.query(stored, int(job))
    shop.scene.query("UPDATE job_row SET state = 0 WHERE job_id = %s RETURNING 1", int(job))
    shop.client.app.state.jobs.wake()
    assert (shop.ended(job)["done"], shop.get(f"/jobs/{job}").json()["parameters"]) == (2, {"flag": 7})
    assert [row["flag"] for row in listed(shop, "&f=flag:is:7")] == [7, 7]
    assert shop.post("/jobs", {"action": "flag", "target": {"filters": []}, "parameters": {"flag": 7}}).status_code == 422


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
