"""Warehouses are asked what they have; what differs is told, and changes stock only when somebody accepts it."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec import structs

from fulfilment.test_with_the_simulator import Town
from paidan.counterparts.qimen.reports import StockRow
from paidan.fulfilment.links import NEVER, QUIET, links_of
from paidan.fulfilment.stock_questions import PAGE, ask_by_schedule, ask_for_stock, quiet_hour, units_of
from paidan.kernel.errors import BadInput
from paidan.kernel.reasons import Reason
from paidan.network.connections import Connection
from paidan.network.load import Warehouse, read_network
from paidan.stock.differences import accept, compare, open_differences
from scene import line, order, receiver


@pytest.fixture
def stocked(yard):
    """Both books agree: 40 of X, 4 of Y."""
    yard.scene.set_up({"A": {"X": 40, "Y": 4}})
    yard.connect(method_prefix="")
    yard.wms = Town(yard)
    return yard


def ask(yard, by="user:test"):
    with yard.scene.database.transaction() as tx:
        return ask_for_stock(tx, yard.scene.ids, yard.scene.warehouses["A"], yard.clock.now(), by=by)


def answered(yard):
    """All answers come, the second look included."""
    for _ in range(3):
        while yard.relay().claimed:
            pass
        yard.clock.forward(minutes=16)


def differing(yard):
    with yard.scene.database.transaction() as tx:
        return [(one.sku_code, one.grade, one.theirs, one.ours, one.looks) for one in open_differences(tx)]


def pile(yard, sku="X", kind="ZP"):
    return yard.wms.wms._site.shelf.pile(("A", sku, kind))


def comparison(yard):
    [row] = yard.scene.query("SELECT asked, unknown, finished_at IS NOT NULL, error FROM stock_comparison ORDER BY id DESC LIMIT 1")
    return row


def test_books_that_agree_differ_nowhere_and_the_exchange_is_kept(stocked):
    ask(stocked)
    answered(stocked)
    assert differing(stocked) == []
    assert comparison(stocked) == (2, 0, True, "")
    kept = stocked.scene.query("SELECT counterpart, kind, answer IS NOT NULL FROM message WHERE direction = 'o' ORDER BY id")
    assert [kind for _, kind, _ in kept] == ["items.synchronize", "inventory.query"]
    assert {counterpart[:4] for counterpart, _, _ in kept} == {"wms:"}
    assert all(has_answer for *_, has_answer in kept)


def test_a_difference_is_told_after_a_second_look_and_changes_nothing(stocked):
    pile(stocked).changed -= 3
    pile(stocked, "Y", "CC").changed += 2
    ask(stocked)
    answered(stocked)
    assert differing(stocked) == [("X", 1, 37, 40, 2), ("Y", 2, 2, 0, 2)]
    assert stocked.stock("X")[0] == 40
    assert comparison(stocked) == (2, 0, True, "")
    assert stocked.scene.broken_invariants() == {}


def test_what_was_only_under_way_is_gone_at_the_second_look(stocked):
    pile(stocked).changed -= 3
    ask(stocked)
    while stocked.relay().claimed:
        pass
    assert differing(stocked) == [("X", 1, 37, 40, 1)]
    assert comparison(stocked)[2] is False
    pile(stocked).changed += 3
    stocked.clock.forward(minutes=16)
    answered(stocked)
    assert differing(stocked) == []
    assert stocked.scene.query("SELECT settled_by FROM stock_difference") == [("system",)]
    assert comparison(stocked)[2] is True


def test_goods_that_are_packed_still_lie_there(stocked):
    stocked.order(order("1", line("X", 2), receiver=receiver(1)))
    stocked.let_go()
    ask(stocked)
    answered(stocked)
    assert differing(stocked) == []


def test_an_accepted_difference_is_entered_once(stocked):
    pile(stocked).changed -= 3
    ask(stocked)
    answered(stocked)
    [(difference_id, version)] = stocked.scene.query("SELECT id, version FROM stock_difference")
    scene, now = stocked.scene, stocked.clock.now()
    with scene.database.transaction() as tx:
        done = accept(tx, scene.ids, difference_id, now, by="user:li", expected=version)
    assert done.quantity == -3
    assert stocked.stock("X")[0] == 37
    assert scene.query("SELECT kind, quantity, cause FROM entry WHERE document_id = %s", done.document_id) == [
        ("adjust", -3, f"difference:{difference_id}")
    ]
    assert scene.query("SELECT kind, created_by FROM document WHERE id = %s", done.document_id) == [("adjustment", "user:li")]
    assert scene.broken_invariants() == {}
    with pytest.raises(BadInput) as again, scene.database.transaction() as tx:
        accept(tx, scene.ids, difference_id, now, by="user:li")
    assert again.value.reason == Reason.ILLEGAL_MOVE
    ask(stocked)
    answered(stocked)
    assert differing(stocked) == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"expected": 99}, Reason.VERSION_CONFLICT),
        ({"warehouse_ids": (1,)}, Reason.NOT_FOUND),
        ({"difference_id": 1}, Reason.NOT_FOUND),
    ],
)
def test_an_acceptance_that_may_not_be_changes_nothing(stocked, change, reason):
    pile(stocked).changed -= 3
    ask(stocked)
    answered(stocked)
    [(difference_id,)] = stocked.scene.query("SELECT id FROM stock_difference")
    wanted = {"difference_id": difference_id, "now": stocked.clock.now(), "by": "user:li", **change}
    with pytest.raises(BadInput) as refused, stocked.scene.database.transaction() as tx:
        accept(tx, stocked.scene.ids, **wanted)
    assert refused.value.reason == reason
    assert stocked.stock("X")[0] == 40


def test_less_than_nothing_is_never_entered(stocked):
    pile(stocked, "Y").changed -= 4
    ask(stocked)
    answered(stocked)
    [(difference_id,)] = stocked.scene.query("SELECT id FROM stock_difference")
    stocked.scene.query("UPDATE stock_difference SET theirs = -1, version = version + 1 RETURNING 1")
    with pytest.raises(BadInput) as refused, stocked.scene.database.transaction() as tx:
        accept(tx, stocked.scene.ids, difference_id, stocked.clock.now(), by="user:li")
    assert refused.value.reason == Reason.ILLEGAL_MOVE


def test_one_comparison_at_a_time(stocked):
    assert ask(stocked)
    assert ask(stocked) is None
    answered(stocked)
    assert ask(stocked)
    stocked.clock.forward(hours=25)  # whatever stopped it
    assert ask(stocked)
    assert stocked.scene.query("SELECT error FROM stock_comparison ORDER BY id") == [("",), ("overdue",), ("",)]


def test_many_articles_are_asked_page_by_page(yard, monkeypatch):
    monkeypatch.setattr("paidan.fulfilment.stock_questions.PAGE", 1)
    yard.scene.set_up({"A": {"X": 40, "Y": 4}})
    yard.connect(method_prefix="")
    yard.wms = Town(yard)
    pile(yard).changed += 1
    pile(yard, "Y").changed += 1
    ask(yard)
    answered(yard)
    assert differing(yard) == [("X", 1, 41, 40, 2), ("Y", 1, 5, 4, 2)]
    assert yard.scene.query("SELECT COUNT(*) FROM message WHERE kind = 'inventory.query'") == [(4,)]
    assert comparison(yard) == (2, 0, True, "")
    assert PAGE == 100


def test_a_silent_warehouse_is_asked_again(stocked):
    town, stocked.wms = stocked.wms, Silent()
    ask(stocked)
    stocked.relay()
    assert comparison(stocked) == (0, 0, False, "")
    stocked.wms = town
    stocked.clock.forward(hours=2)
    answered(stocked)
    assert comparison(stocked) == (2, 0, True, "")


class Silent:
    def call(self, *_, **__):
        from paidan.kernel.errors import AnswerUnknown

        raise AnswerUnknown("no answer")


def test_lots_are_added_up_and_what_is_under_way_is_not_there():
    rows = [
        StockRow(item_code="X", warehouse_code="A", quantity=2),
        StockRow(item_code="X", quantity=3, batch_code="b"),
        StockRow(item_code="X", warehouse_code="B", quantity=50),
        StockRow(item_code="X", quantity=1, inventory_type="CC"),
        StockRow(item_code="X", quantity=1, inventory_type="JS"),
        StockRow(item_code="X", quantity=70, inventory_type="ZT"),
        StockRow(item_code="unheard", quantity=9),
    ]
    assert units_of(rows, {"X": 7}, "A") == {(7, 1): 5, (7, 2): 2}


@pytest.mark.parametrize(
    ("theirs", "ours", "found"),
    [
        ({(1, 1): 5}, {(1, 1): 5}, {}),
        ({(1, 1): 5}, {}, {(1, 1): (5, 0)}),
        ({}, {(1, 1): 5}, {(1, 1): (0, 5)}),
        ({}, {(2, 1): 5}, {}),  # not asked about
        ({(1, 2): 0}, {}, {}),
    ],
)
def test_what_differs(theirs, ours, found):
    assert compare(theirs, ours, [1]) == found


T = datetime(2026, 11, 11, 19, 30, tzinfo=UTC)  # 03:30 of the twelfth in Shanghai
ACCOUNT = {"app_key": "1", "customer_id": "c"}


def link(**account):
    connection = Connection(id=1, code="w", protocol="qimen", url="", account={**ACCOUNT, **account}, secrets={"secret": "s"})
    return links_of((connection,)).wms[1]


@pytest.mark.parametrize(
    ("zone", "account", "now", "expected"),
    [
        ("Asia/Shanghai", {}, T, T),
        ("Asia/Shanghai", {}, T - timedelta(seconds=1), None),
        ("Asia/Shanghai", {}, T + timedelta(hours=2), T),
        ("Asia/Shanghai", {}, T + timedelta(hours=3), None),
        ("Asia/Shanghai", {"stock_query_at": "04:00"}, T + timedelta(minutes=40), T + timedelta(minutes=30)),
        ("Asia/Shanghai", {"stock_query_at": "23:00"}, T - timedelta(hours=3), T - timedelta(hours=4, minutes=30)),
        ("Asia/Shanghai", {"stock_query_at": NEVER}, T, None),
        ("Europe/London", {}, T, None),
        ("Europe/London", {}, T + timedelta(hours=8), T + timedelta(hours=8)),
    ],
)
def test_the_quiet_hour_is_the_warehouse_s_own(zone, account, now, expected):
    assert quiet_hour(Warehouse(id=1, code="A", name="A", time_zone=zone), link(**account), now) == expected


def test_each_quiet_hour_asks_once(stocked):
    scene = stocked.scene
    stocked.clock.set(T + timedelta(days=1))

    def turn():
        with scene.database.transaction() as tx:
            network, links = read_network(tx, 1), stocked.links.load(tx, -1)
            return ask_by_schedule(tx, scene.ids, network, links, stocked.clock.now())

    assert (QUIET.hour, turn(), turn()) == (3, 1, 0)
    answered(stocked)
    assert turn() == 0
    stocked.clock.set(T + timedelta(days=2, minutes=5))
    assert turn() == 1
    assert scene.query("SELECT asked_by FROM stock_comparison") == [("schedule",), ("schedule",)]
    assert structs.replace(link(), stock_query_at=None).stock_query_at is None
