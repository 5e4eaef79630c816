"""The switch that says whether a shop is told its stock: who may turn it, what is kept of it, and what health makes of it."""

from datetime import timedelta

import pytest

from scene import NOW

SHOP = {"code": "TB", "name": "淘宝店", "platform": "taobao", "secrets": {"session": "s"}}


@pytest.fixture
def shop(world):
    """A shop of a platform with two mapped listings."""
    world.post("/catalog/skus", {"rows": [{"code": "X", "name": "货"}]})
    [made] = world.post("/shops", {"rows": [SHOP]}).json()["results"]
    listings = [{"shop_code": "TB", "item_ref": ref, "sku_code": "X"} for ref in ("i1", "i2")]
    world.post("/catalog/listings", {"rows": listings})
    return made["id"]


def turned(world, shop, *, is_on, **more):
    return world.call("PUT", f"/shops/{shop}/stock-push", json={"is_on": is_on}, **more)


def listings(world):
    return world.scene.query("SELECT is_dirty, due_at, pushed_at FROM listing_stock ORDER BY listing_id")


def test_it_is_on_at_first_and_who_turns_it_is_kept(world, shop):
    before = world.get(f"/shops/{shop}").json()
    assert (before["pushes_stock"], before["switched_by"], before["switched_at"]) == (True, "", None)
    li = world.person("li", "see", "settings")
    off = li.call("PUT", f"/shops/{shop}/stock-push", {"is_on": False})
    assert off.status_code == 200, off.text
    assert (off.json()["pushes_stock"], off.json()["switched_by"], off.json()["switched_at"]) == (
        False,
        "user:li",
        NOW.isoformat().replace("+00:00", "Z"),
    )
    assert turned(world, shop, is_on=False).json()["switched_by"] == "user:li"  # it was so already: nothing new is kept
    assert listings(world) == []
    on = turned(world, shop, is_on=True).json()
    assert (on["pushes_stock"], on["switched_by"]) == (True, "user:adminer")
    assert listings(world) == [(True, NOW + timedelta(minutes=1), None)] * 2  # once what was sent before has arrived
    assert world.scene.query("SELECT is_on, actor FROM stock_push_switch ORDER BY id") == [(False, "user:li"), (True, "user:adminer")]


def test_an_edit_of_the_shop_leaves_the_switch_alone_and_the_other_way_round(world, shop):
    version = world.get(f"/shops/{shop}").json()["version"]
    turned(world, shop, is_on=False)
    edited = world.call("PUT", f"/shops/{shop}", json={**SHOP, "name": "新名"}, headers={"if-match": f'"v{version}"'})
    assert (edited.status_code, edited.json()["name"], edited.json()["pushes_stock"]) == (200, "新名", False)


def test_turning_it_off_drops_what_was_to_be_told(world, shop):
    turned(world, shop, is_on=False)
    turned(world, shop, is_on=True)
    turned(world, shop, is_on=False)
    assert listings(world) == [(False, None, None)] * 2


def test_health_tells_how_long_listings_wait_and_a_switched_off_shop_is_no_lag(world, shop):
    turned(world, shop, is_on=False)
    turned(world, shop, is_on=True)
    world.scene.query("UPDATE listing_stock SET due_at = %s RETURNING 1", NOW - timedelta(seconds=301))

    def part():
        [found] = [one for one in world.get("/health/parts").json() if one["kind"] == "stock"]
        return found

    assert (part()["state"], part()["detail"], part()["is_off"]) == ("slow", {"due": 2, "waits_s": 301}, False)
    turned(world, shop, is_on=False)
    assert (part()["state"], part()["detail"], part()["is_off"], part()["since"]) == ("good", {}, True, NOW.isoformat().replace("+00:00", "Z"))


def test_only_who_may_edit_shops_may_turn_it(world, shop):
    assert turned(world, shop, is_on=False, scope="write").json()["reason"] == "not_allowed"
    assert world.person("wu", "see", "masters").call("PUT", f"/shops/{shop}/stock-push", {"is_on": False}).status_code == 403
    assert world.person("mei", "see", "settings", shops=["TB"]).call("PUT", f"/shops/{shop}/stock-push", {"is_on": False}).status_code == 403
    assert turned(world, "999", is_on=False).status_code == 404
    assert turned(world, shop, is_on=None).json()["errors"][0]["field"] == "is_on"
    assert world.get(f"/shops/{shop}").json()["pushes_stock"]
