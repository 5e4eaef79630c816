"""What warehouses count differently, over HTTP: asked for, listed, accepted by somebody who has looked."""

from paidan.stock.differences import finish_comparison, note_answers
from scene import NOW


def connect(world):
    scene = world.scene.set_up({"A": {"X": 5, "Y": 3}})
    scene.query("INSERT INTO connection (id, code, protocol, url) VALUES (901, 'W', 'qimen', 'https://wms.example/') RETURNING 1")
    scene.query("UPDATE warehouse SET connection_id = 901 WHERE code = 'A' RETURNING 1")
    return scene


def ask(world, code="A"):
    return world.post("/stock/comparisons", {"warehouse_code": code})


def answer(scene, comparison_id, theirs):
    """What the warehouse says of every SKU."""
    with scene.database.transaction() as tx:
        said = {(scene.skus[code], 1): units for code, units in theirs.items()}
        note_answers(tx, scene.ids, comparison_id, scene.warehouses["A"], list(scene.skus.values()), said, NOW)
        finish_comparison(tx, comparison_id, NOW)


def test_a_difference_is_asked_for_listed_and_accepted(world):
    scene = connect(world)
    before = dict(
        scene.query("SELECT k.code, b.on_hand FROM balance b JOIN sku k ON k.id = b.sku_id WHERE b.warehouse_id = %s", scene.warehouses["A"])
    )
    sku, units = next((code, units) for code, units in sorted(before.items()) if units > 2)
    begun = ask(world)
    assert begun.status_code == 201, begun.text
    assert ask(world).status_code == 409  # one at a time
    assert scene.query("SELECT kind, lane FROM outbox WHERE kind = 'wms.stock'") == [("wms.stock", f"warehouse:{scene.warehouses['A']}")]
    answer(scene, int(begun.json()["comparison_id"]), {**before, sku: units - 2})
    [shown] = world.get("/stock/comparisons").json()["items"]
    assert (shown["warehouse_code"], shown["differing"], shown["asked"]) == ("A", 1, len(scene.skus))
    assert shown["finished_at"] is not None
    [found] = world.get("/stock/differences?warehouse=A").json()["items"]
    assert (found["sku_code"], found["sku_name"]) == ("X", world.get("/catalog/skus?code=X").json()["items"][0]["name"])
    assert (found["sku_code"], found["theirs"], found["ours"], found["difference"]) == (sku, units - 2, units, -2)
    path = f"/stock/differences/{found['id']}/accept"
    assert world.post(path, {"version": found["version"] + 1}).status_code in {409, 412}
    accepted = world.post(path, {"version": found["version"], "note": "盘点确认 13912345678"})
    assert (accepted.status_code, accepted.json()["quantity"]) == (200, -2), accepted.text
    assert world.post(path, {"version": found["version"] + 1}).status_code == 409
    assert world.get("/stock/differences").json()["items"] == []
    [settled] = world.get("/stock/differences?settled=true").json()["items"]
    assert (settled["document_id"], settled["note"]) == (accepted.json()["document_id"], "盘点确认 ***")
    assert world.get(f"/documents/{settled['document_id']}").json()["kind"] == "adjustment"
    assert scene.broken_invariants() == {}


def test_a_warehouse_that_cannot_be_asked_is_refused(world):
    world.scene.set_up({"A": {"X": 5}})  # without a connection
    for code in ("A", "nowhere"):
        assert ask(world, code).status_code == 422


def test_a_reader_may_look_and_not_accept(world):
    assert world.get("/stock/differences", scope="read").status_code == 200
    assert world.call("POST", "/stock/differences/1/accept", json={"version": 1}, scope="read").status_code == 403
    assert world.post("/stock/differences/1/accept", {"version": 1}).status_code == 404
