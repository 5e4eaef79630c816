from paidan.pipeline import run_pass
from scene import NOW, line, order


def told(world, *facts):
    messages = world.scene.say(*facts)
    with world.scene.database.transaction() as tx:
        run_pass(tx, world.scene.stages, message_ids=messages, order_ids=[], now=NOW)


def test_orders_are_listed_and_shown_with_all_that_belongs_to_them(world):
    world.scene.set_up({"A": {"X": 10}})
    told(world, order("P1", line("X", 2)))
    [item] = world.get("/orders").json()["items"]
    assert (item["platform_order_no"], item["state"], item["shop_code"]) == ("P1", "sourced", "S1")
    whole = world.get(f"/orders/{item['id']}", headers={"accept-language": "en"})
    assert whole.headers["etag"] == f'"v{item["version"]}"'
    body = whole.json()
    assert body["lines"][0]["reserved"] == 2
    assert body["fulfilments"][0]["lines"][0]["sku_code"] == "X"
    assert [step["text"] for step in body["timeline"]][0] == "received from the platform"


def test_openapi(world):
    spec = world.client.get("/api/v1/openapi.json").json()
    assert spec["openapi"].startswith("3.1")
