"""A clerk at one order of the scene, and what is seen of it."""

from datetime import timedelta

from hands import order_ids
from paidan.catalog.load import cache_versions
from paidan.editing.edits import EditLines, EditReceiver, LineChange
from paidan.editing.step import Wanted
from paidan.editing.step import run as run_edit
from paidan.orders.store import read_steps
from paidan.parties.store import unseal_receivers
from scene import NOW

A_MINUTE = timedelta(minutes=1)
GUANGZHOU = {"province": "广东省", "city": "广州市", "district": "天河区"}
MOVED = EditReceiver(**GUANGZHOU, detail="体育西路1号")


def edit(scene, what, *, version=None, now=NOW):
    [order_id] = order_ids(scene)
    with scene.database.transaction() as tx:
        network = scene.stages.network.load(tx, cache_versions(tx)["network"])
        wanted = Wanted(order_id=order_id, edit=what, actor="user:anna", version=version)
        answer = run_edit(tx, wanted, network=network, ids=scene.ids, sealer=scene.sealer, now=now)
    assert scene.broken_invariants() == {}
    return answer.reason


def lines(*changes, gifts=()):
    return EditLines(changes=tuple(changes), gifts=gifts)


def cut(line_no, quantity):
    return LineChange(line_no=line_no, quantity=quantity)


def swap(line_no, sku):
    return LineChange(line_no=line_no, sku_code=sku)


def goes_to(scene):
    [(receiver_id,)] = scene.query("SELECT receiver_id FROM sales_order")
    with scene.database.transaction() as tx:
        return unseal_receivers(tx, [receiver_id], scene.sealer)[receiver_id]


def open_holds(scene):
    return [reason for (reason,) in scene.query("SELECT reason FROM hold WHERE closed_at IS NULL ORDER BY id")]


def sent(scene):
    """Units by warehouse and SKU in plans that stand."""
    return scene.query(
        "SELECT w.code, s.code, sum(l.quantity - l.cancelled)::int FROM fulfilment f JOIN fulfilment_line l ON l.fulfilment_id = f.id"
        " JOIN warehouse w ON w.id = f.warehouse_id JOIN sku s ON s.id = l.sku_id WHERE f.state < 90 GROUP BY 1, 2 ORDER BY 1, 2"
    )


def free(scene, code):
    return scene.query("SELECT sum(on_hand - reserved_hard)::int FROM balance b JOIN sku s ON s.id = b.sku_id WHERE s.code = %s", code)[0][0]


def steps(scene):
    rows = scene.query("SELECT actor, detail FROM timeline WHERE actor LIKE 'user:%%' ORDER BY id")
    return [(actor, name, detail) for actor, blob in rows for name, detail in read_steps(blob)]
