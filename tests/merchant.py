"""A merchant with something in every list."""

from browser import PASSWORD, second_shop, told
from hands import let_go
from scene import NOW, line, order, receiver


def numbers(world):
    return dict(world.scene.query("SELECT platform_order_no, order_no FROM sales_order"))


def a_merchant(world):
    """Something in every list."""
    scene = world.scene
    scene.set_up({"A": {"X": 5, "Y": 5}, "B": {"X": 3}}, bundles={"SET": {"X": 2, "Y": 1}})
    second_shop(scene)
    told(scene, order("P1", line("X", 2)), order("P2", line("NO-SUCH"), receiver=receiver(2)))
    told(scene, order("P3", line("Y"), receiver=receiver(3)), shop="S2")
    assert (
        world.post("/documents/entries", {"warehouse_code": "A", "lines": [{"sku_code": "X", "quantity": 4}], "reference": "PO-1"}).status_code == 201
    )
    scene.query("UPDATE message SET state = 2, reason = 'body_unreadable' WHERE business_key = 'P2' RETURNING 1")
    (difference_id, comparison_id) = scene.ids.take(2)
    asked = "INSERT INTO stock_comparison (id, warehouse_id, asked_at, asked_by) VALUES (%s, %s, %s, 'user:x') RETURNING 1"
    scene.query(asked, comparison_id, scene.warehouses["A"], NOW)
    found = (
        "INSERT INTO stock_difference (id, comparison_id, warehouse_id, sku_id, grade, theirs, ours, looks, found_at, seen_at)"
        " VALUES (%s, %s, %s, %s, 1, 4, 5, 1, %s, %s) RETURNING 1"
    )
    scene.query(found, difference_id, comparison_id, scene.warehouses["A"], scene.skus["X"], NOW, NOW)
    bans = [{"goods_class": "fragile", "region": "650000"}, {"goods_class": "fresh", "region": "*"}, {"goods_class": "fragile", "region": "540000"}]
    assert world.post("/catalog/bans", {"rows": bans}).status_code == 200
    printed_and_seen(world)
    return scene


def printed_and_seen(world):
    """A clerk, two labels in one file and one of them again, an address looked at: purposes that a spreadsheet would calculate."""
    scene = world.scene
    let_go(scene)
    for number in ("P1", "P3"):
        order_no = numbers(world)[number]
        body = {"kind": "label", "order_nos": [order_no], "format": "zpl"}
        assert world.post("/prints", body).status_code == 200
        assert world.post("/receiver-reveals", {"order_no": order_no, "purpose": f"=1+{number[1]}"}).status_code == 200
    assert world.post("/users", {"name": "zhou", "title": "+86 周", "password": PASSWORD, "shops": ["S2"]}).status_code == 201
