"""Try now: a person does not wait until a failed shop or warehouse has rested."""

from datetime import timedelta

from scene import NOW

ANOTHER_SHOP = "INSERT INTO shop (id, code, name, platform) VALUES (77, 'S2', '二店', 'direct') RETURNING id"


def test_a_shop_is_read_at_once(world):
    scene = world.scene.set_up({"A": {"X": 1}})
    [(other,)] = scene.query(ANOTHER_SHOP)
    scene.query("UPDATE shop SET doors = '{poll}' WHERE id = %s RETURNING 1", scene.shop_id)
    for feed in ("orders", "bulk"):  # the bulk door was removed
        scene.query("INSERT INTO shop_cursor (shop_id, feed, read_to, error) VALUES (%s, %s, %s, 'away') RETURNING 1", scene.shop_id, feed, NOW)
    answer = world.post(f"/shops/{scene.shop_id}/reads")
    assert (answer.status_code, answer.json()) == (200, {"feeds": ["orders"]})
    bulk, feed = next(shop for shop in world.get("/shops").json()["items"] if shop["code"] == "S1")["feeds"]
    assert (bulk["feed"], bulk["wanted_at"]) == ("bulk", None)
    assert (feed["feed"], feed["error"], feed["wanted_at"]) == ("orders", "away", "2026-11-11T04:00:00Z")
    assert world.post(f"/shops/{other}/reads").json() == {"feeds": []}, "what was never read is due by itself"
    assert world.post("/shops/1234567/reads").status_code == 404
    mine = world.person("li", "see", "settings", shops=["S1"])
    assert [mine.call("POST", f"/shops/{id_}/reads").status_code for id_ in (scene.shop_id, other)] == [200, 404]
    assert world.person("wu", "see", "masters").call("POST", f"/shops/{scene.shop_id}/reads").status_code == 403


def test_a_lane_is_tried_at_once_and_what_was_never_tried_keeps_its_time(world):
    scene = world.scene.set_up({"A": {"X": 1}})
    lane, later = f"warehouse:{scene.warehouses['A']}", NOW + timedelta(hours=1)
    scene.query("INSERT INTO lane (lane, failures, open_until) VALUES (%s, 5, %s) RETURNING 1", lane, later)
    insert = "INSERT INTO outbox (id, lane, kind, ref_id, business_key, state, attempts, due_at, created_at) VALUES (%s, %s, 'wms.create', 1, 'k', %s, %s, %s, %s)"
    rows = [(901, lane, 0, 3, later, NOW), (902, lane, 3, 1, later, NOW), (903, lane, 0, 0, later, NOW), (904, "warehouse:1", 0, 3, later, NOW)]
    for row in rows:
        scene.query(f"{insert} RETURNING 1", *row)
    part = next(part for part in world.get("/health/parts").json() if part["lane"] == lane)
    assert part["state"] == "broken"
    assert world.post("/outbox/tries", {"lane": lane}).json() == {"lane": lane, "calls": 2}
    assert scene.query("SELECT id FROM outbox WHERE due_at = %s ORDER BY id", NOW) == [(901,), (902,)]
    assert scene.query("SELECT failures, open_until FROM lane WHERE lane = %s", lane) == [(0, None)]
    assert world.post("/outbox/tries", {"lane": "no lane"}).status_code == 422
    assert world.person("li", "see", "stock").call("POST", "/outbox/tries", {"lane": lane}).status_code == 403
