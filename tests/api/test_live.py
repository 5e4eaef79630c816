"""What consoles hear by themselves, exceptions with their claims, the health of each part."""

import asyncio
from datetime import timedelta

import msgspec
import pytest

from browser import second_shop, told
from paidan.entrypoints.api.lists import queues
from paidan.entrypoints.api.lists.queues import QueueCounts
from paidan.entrypoints.api.live.watch import WAITING_MAX, Watch
from paidan.entrypoints.api.people.caller import Caller
from paidan.runtime.clocks import FixedClock
from paidan.runtime.outbox import OutboxRow, put
from scene import NOW, line, order, receiver

EVERYBODY = Caller(name="all", rights=frozenset(), person_id=1)


def heard_by(world, *callers, between):
    """What each hears of what happens in `between`, as (event, data)."""

    async def listen():
        watch = Watch(world.services, QueueCounts(), queues_after_s=0.0)
        found = []
        contexts = [watch.listening(caller) for caller in callers]
        listeners = [context.__enter__() for context in contexts]
        await asyncio.to_thread(watch.look)
        await asyncio.sleep(0)
        for listener in listeners:
            while not listener.waiting.empty():
                listener.waiting.get_nowait()
        await asyncio.to_thread(between)
        await asyncio.to_thread(watch.look)
        await asyncio.sleep(0)
        for listener in listeners:
            events = []
            while not listener.waiting.empty():
                heard = listener.waiting.get_nowait()
                events.append((heard.event, msgspec.json.decode(heard.data)))
            found.append(events)
        for context in contexts:
            context.__exit__(None, None, None)
        return found

    return asyncio.run(listen())


def test_each_hears_of_the_orders_he_sees_and_of_no_other(world):
    scene = world.scene
    scene.set_up({"A": {"X": 10}, "B": {"Y": 10}})
    theirs = second_shop(scene)
    told(scene, order("OLD", line("X"), receiver=receiver(9)))
    mine = Caller(name="a", rights=frozenset(), shops=(scene.shop_id,))
    other = Caller(name="b", rights=frozenset(), shops=(theirs,))
    planner = Caller(name="c", rights=frozenset(), warehouses=(scene.warehouses["B"],))

    def happens():
        told(scene, order("P1", line("X"), receiver=receiver(1)), order("P2", line("X"), receiver=receiver(2)))
        told(scene, order("P3", line("Y"), receiver=receiver(3)), shop="S2")

    found = heard_by(world, EVERYBODY, mine, other, planner, between=happens)
    changed = [[data["changed"] for event, data in events if event == "orders"] for events in found]
    assert changed == [[3], [2], [1], [1]]
    queues = [{queue["queue"]: queue["count"] for event, data in events if event == "queues" for queue in data["queues"]} for events in found]
    assert [counts["waiting_to_merge"] for counts in queues] == [4, 3, 1, 1]


def test_who_heard_of_new_counts_is_not_answered_with_older_ones_by_another_process(world, monkeypatch):
    """The counts told are the watch's; those that the API has kept are another process's to it."""
    world.scene.set_up({"A": {"X": 10}})

    def waiting(query=""):
        return {queue["queue"]: queue["count"] for queue in world.get(f"/queues{query}").json()}["waiting_to_merge"]

    monkeypatch.setattr(queues, "KEPT_S", 3600.0)
    world.client.app.state.queues.forget()
    assert waiting() == 0
    clock = FixedClock(NOW + timedelta(seconds=1))
    monkeypatch.setattr(world.services, "clock", clock)
    [events] = heard_by(world, EVERYBODY, between=lambda: told(world.scene, order("P1", line("X"))))
    [heard] = [data for event, data in events if event == "queues"]
    clock.forward(seconds=1)
    as_of = heard["as_of"].replace("+", "%2B")
    assert (waiting(), waiting(f"?not_before={as_of}"), waiting()) == (0, 1, 1)
    assert waiting("?not_before=2026-11-11T10:00:00") == 1
    assert waiting("?not_before=2999-01-01T00:00:00Z") == 1
    world.client.app.state.queues.forget()


def test_who_comes_later_is_told_the_counts_the_others_know(world):
    """He may have read older ones, of another process, before he listened."""
    world.scene.set_up({"A": {"X": 10}})

    async def listen():
        watch = Watch(world.services, QueueCounts(), queues_after_s=0.0)
        with watch.listening(EVERYBODY), watch.listening(EVERYBODY) as later:
            later.is_new = False  # not there yet
            await asyncio.to_thread(watch.look)
            await asyncio.sleep(0)
            while not later.waiting.empty():
                later.waiting.get_nowait()
            later.is_new = True
            await asyncio.to_thread(watch.look)
            await asyncio.sleep(0)
            return [later.waiting.get_nowait().event for _ in range(later.waiting.qsize())]

    assert set(asyncio.run(listen())) == {"hello", "queues"}


def test_each_hears_of_the_exceptions_he_sees(world):
    scene = world.scene
    scene.set_up({"A": {"X": 10, "Y": 9}})
    theirs = second_shop(scene)
    told(scene, order("OLD", line("NONE"), receiver=receiver(9)))
    mine = Caller(name="a", rights=frozenset(), shops=(scene.shop_id,))
    other = Caller(name="b", rights=frozenset(), shops=(theirs,))

    def happens():
        told(scene, order("P1", line("NONE"), receiver=receiver(1)), order("P2", line("X", 99), receiver=receiver(2)), order("P3", line("Y")))
        with scene.database.transaction() as tx:
            put(tx, scene.ids, [OutboxRow(lane="carrier", kind="carrier.subscribe", ref_id=1, business_key="call", due_at=NOW)])
            tx.execute("UPDATE outbox SET state = 3 WHERE business_key = 'call'")

    found = heard_by(world, EVERYBODY, mine, other, between=happens)
    assert [[data["changed"] for event, data in events if event == "exceptions"] for events in found] == [[3], [2], []]


def test_nothing_is_heard_when_nothing_happens(world):
    world.scene.set_up({"A": {"X": 10}})
    told(world.scene, order("P1", line("X")))
    assert heard_by(world, EVERYBODY, between=lambda: None) == [[]]


def test_an_order_changed_twice_is_one_changed_order(world):
    world.scene.set_up({"A": {"X": 10}})
    told(world.scene, order("P1", line("X")))

    def happens():
        for _ in range(2):
            told(world.scene, due=[row[0] for row in world.scene.query("SELECT id FROM sales_order")])

    [events] = heard_by(world, EVERYBODY, between=happens)
    assert [data["changed"] for event, data in events if event == "orders"] == [1]


def test_claims_and_jobs_are_heard_of_too(world):
    world.scene.set_up({"A": {"X": 10}})
    told(world.scene, order("P1", line("NONE")))
    [row] = world.get("/lists/exceptions").json()["items"]
    key_id = world.scene.query("SELECT id FROM api_key WHERE name = 'adminer'")[0][0]
    owner = Caller(name="k", rights=frozenset(), key_id=key_id)
    body = {"action": "flag", "target": {"filters": []}, "parameters": {"flag": 1}}

    def happens():
        assert world.post(f"/exceptions/{row['id']}/claim").status_code == 204
        assert world.post("/jobs", body).status_code == 200

    events, others = heard_by(world, owner, EVERYBODY, between=happens)
    assert ("claims", {"changed": 1}) in events
    assert ("claims", {"changed": 1}) in others
    assert not [event for event, _ in others if event == "job"]


def greeted(world):
    """The snapshot from which somebody who has just come hears of everything."""

    async def listen():
        watch = Watch(world.services, QueueCounts())
        with watch.listening(EVERYBODY) as listener:
            await asyncio.to_thread(watch.look)
            await asyncio.sleep(0)
            heard = [listener.waiting.get_nowait() for _ in range(listener.waiting.qsize())]
            return [msgspec.json.decode(one.data)["upto"] for one in heard if one.event == "hello"]

    [upto] = asyncio.run(listen())
    return upto


def missed(person, since, upto):
    return person.call("GET", f"/events/missed?since={since}&upto={upto}")


@pytest.mark.parametrize("page", ["/lists/orders", "/dashboard?is_fresh=true"])
def test_what_came_between_reading_a_page_and_hearing_of_it_is_asked_for(world, page):
    scene = world.scene
    scene.set_up({"A": {"X": 10}})
    told(scene, order("OLD", line("X"), receiver=receiver(9)))
    as_of = world.get(page).json()["as_of"]
    told(scene, order("P1", line("X"), receiver=receiver(1)), order("P2", line("X"), receiver=receiver(2)))
    upto = greeted(world)
    told(scene, order("P3", line("X"), receiver=receiver(3)))  # of this the stream tells
    assert missed(world, as_of, upto).json() == {"changed": 2}
    assert missed(world, upto, as_of).json() == {"changed": 0}
    assert missed(world, as_of, as_of).json() == {"changed": 0}


def test_nobody_learns_how_much_others_have_missed(world):
    scene = world.scene
    scene.set_up({"A": {"X": 10, "Y": 10}})
    second_shop(scene)
    as_of = world.get("/lists/orders").json()["as_of"]
    told(scene, order("P1", line("X"), receiver=receiver(1)))
    told(scene, order("P2", line("Y"), receiver=receiver(2)), shop="S2")
    seller = world.person("seller", "see", shops=["S1"])
    assert missed(seller, as_of, greeted(world)).json() == {"changed": 1}


@pytest.mark.parametrize("snapshot", ["", "1", "5:3:", "0:3:", "3:9:2", "3:9:5,4", "3:9:4,4", "3:9:9", "9" * 19 + ":" + "9" * 19 + ":", "1:2:;drop"])
def test_what_is_no_snapshot_is_refused(world, snapshot):
    for since, upto in ((snapshot, "3:9:"), ("3:9:", snapshot)):
        answer = missed(world, since, upto)
        assert answer.status_code in {400, 422}, answer.text
        assert answer.headers["content-type"] == "application/problem+json"


def test_who_does_not_read_loses_the_oldest_and_never_blocks(world):
    async def listen():
        watch = Watch(world.services, QueueCounts())
        with watch.listening(EVERYBODY) as listener:
            from paidan.entrypoints.api.live.watch import Heard

            for n in range(WAITING_MAX + 5):
                listener.tell(Heard(event="orders", data=str(n)))
            await asyncio.sleep(0)
            return listener.waiting.get_nowait().data, listener.waiting.qsize()

    assert asyncio.run(listen()) == ("5", WAITING_MAX - 1)


@pytest.fixture
def waiting(world):
    """A hold that nears its deadline, one without any, a short order, a dead call and one whose answer nobody knows."""
    scene = world.scene
    scene.set_up({"A": {"X": 1, "Y": 9}})
    told(scene, order("LATE", line("NONE"), receiver=receiver(1), ship_by_at=NOW + timedelta(hours=1)))
    told(scene, order("SHORT", line("X", 5), receiver=receiver(2), ship_by_at=NOW + timedelta(hours=9)))
    told(scene, order("CALM", line("NIX"), receiver=receiver(3), ship_by_at=None))
    with scene.database.transaction() as tx:
        put(tx, scene.ids, [OutboxRow(lane="carrier", kind="carrier.subscribe", ref_id=1, business_key="call", due_at=NOW)])
        tx.execute("UPDATE outbox SET state = 4, done_at = %s", (NOW,))
        put(tx, scene.ids, [OutboxRow(lane="carrier", kind="carrier.subscribe", ref_id=2, business_key="asked", due_at=NOW + timedelta(hours=1))])
        tx.execute("UPDATE outbox SET state = 3 WHERE business_key = 'asked'")
    return world


def listed(world, query=""):
    return world.get(f"/lists/exceptions{query}").json()["items"]


def test_exceptions_come_by_deadline_with_age_clock_and_fix(waiting):
    rows = listed(waiting)
    assert [row["order_no"] for row in rows[:2]] == [
        no for (no,) in waiting.scene.query("SELECT order_no FROM sales_order ORDER BY ship_by_at LIMIT 2")
    ]
    assert [(row["kind"], row["left_s"]) for row in rows] == [
        ("hold", 3600),
        ("backordered", 9 * 3600),
        ("hold", None),
        ("call_dead", None),
        ("call_unknown", None),
    ]
    assert [row["fix"]["code"] for row in rows] == ["map_listing", "look_again", "map_listing", "revive", "ask_again"]
    [listing] = waiting.scene.query(
        "SELECT id::text FROM listing l WHERE EXISTS (SELECT 1 FROM order_line o JOIN sales_order s ON s.id = o.order_id"
        " WHERE o.listing_id = l.id AND s.platform_order_no = 'LATE')"
    )
    assert [row["listing_ids"] for row in rows[:2]] == [list(listing), []]
    pages, cursor = [], ""
    while cursor is not None:
        answer = waiting.get("/lists/exceptions", params={"limit": 1, "cursor": cursor}).json()
        pages += [row["id"] for row in answer["items"]]
        cursor = answer["next"]
    assert pages == [row["id"] for row in rows]
    assert [row["kind"] for row in listed(waiting, "?kind=call_dead")] == ["call_dead"]


def test_an_exception_is_claimed_by_one_and_given_back(waiting):
    li, wang = waiting.person("li", "see"), waiting.person("wang", "see")
    exception = listed(waiting)[0]["id"]
    assert li.call("POST", f"/exceptions/{exception}/claim").status_code == 204
    assert li.call("POST", f"/exceptions/{exception}/claim").status_code == 204
    refused = wang.call("POST", f"/exceptions/{exception}/claim")
    assert (refused.status_code, refused.json()["reason"], refused.json()["detail"]) == (409, "already_claimed", "user:li")
    assert wang.call("DELETE", f"/exceptions/{exception}/claim").status_code == 409
    assert [(row["owner"], row["is_mine"]) for row in li.call("GET", "/lists/exceptions?owner=me").json()["items"]] == [("user:li", True)]
    assert exception not in [row["id"] for row in wang.call("GET", "/lists/exceptions?owner=nobody").json()["items"]]
    assert li.call("DELETE", f"/exceptions/{exception}/claim").status_code == 204
    assert wang.call("POST", f"/exceptions/{exception}/claim").status_code == 204
    assert waiting.call("DELETE", f"/exceptions/{exception}/claim").status_code == 204


def test_an_exception_sleeps_until_its_time(waiting):
    exception = listed(waiting)[0]["id"]
    for until in (NOW, NOW + timedelta(days=40)):
        assert waiting.post(f"/exceptions/{exception}/snooze", {"until": until.isoformat()}).status_code == 422
    assert waiting.post(f"/exceptions/{exception}/snooze", {"until": (NOW + timedelta(hours=1)).isoformat(), "note": "等回电"}).status_code == 204
    assert exception not in [row["id"] for row in listed(waiting)]
    [row] = [row for row in listed(waiting, "?snoozed=true") if row["id"] == exception]
    assert row["note"] == "等回电"
    assert waiting.post(f"/exceptions/{exception}/snooze", {"until": None}).status_code == 204
    assert exception in [row["id"] for row in listed(waiting)]


def test_the_suggested_fix_is_one_click(waiting):
    by_kind = {row["kind"]: row["id"] for row in listed(waiting)}
    seer = waiting.person("li", "see")
    assert seer.call("POST", f"/exceptions/{by_kind['call_dead']}/fix").status_code == 403
    assert waiting.post(f"/exceptions/{by_kind['call_dead']}/fix").json() == {"code": "revive"}
    assert waiting.scene.query("SELECT count(*) FROM outbox WHERE state = 4") == [(0,)]
    assert waiting.post(f"/exceptions/{by_kind['backordered']}/fix").json() == {"code": "look_again"}
    assert waiting.scene.query("SELECT due_at FROM sales_order WHERE platform_order_no = 'SHORT'") == [(NOW,)]
    assert waiting.post(f"/exceptions/{by_kind['call_unknown']}/fix").json() == {"code": "ask_again"}
    assert waiting.scene.query("SELECT state, due_at FROM outbox WHERE business_key = 'asked'") == [(3, NOW)]
    waiting.scene.query("UPDATE hold SET reason = 'remark_unread' WHERE id = (SELECT max(id) FROM hold) RETURNING 1")
    [audited] = [row["id"] for row in listed(waiting) if row["reason"] == "remark_unread"]
    assert waiting.post(f"/exceptions/{audited}/fix").json() == {"code": "audit"}
    assert audited not in [row["id"] for row in listed(waiting)]
    waiting.scene.query("UPDATE hold SET reason = 'held_by_person' WHERE id = (SELECT max(id) FROM hold WHERE closed_at IS NULL) RETURNING 1")
    [held] = [row["id"] for row in listed(waiting) if row["reason"] == "held_by_person"]
    assert waiting.post(f"/exceptions/{held}/fix").json() == {"code": "release_hold"}
    assert held not in [row["id"] for row in listed(waiting)]


@pytest.mark.parametrize(
    ("reason", "code"), [("address_unparsed", "edit_address"), ("address_undeliverable", "edit_address"), ("listing_unmapped", "map_listing")]
)
def test_what_wants_a_hand_first_is_looked_at_again_after_it(waiting, reason, code):
    waiting.scene.query(
        "UPDATE hold SET reason = %s WHERE order_id = (SELECT id FROM sales_order WHERE platform_order_no = 'LATE') RETURNING 1", reason
    )
    waiting.scene.query("UPDATE sales_order SET due_at = NULL RETURNING 1")
    [row] = [row for row in listed(waiting) if row["reason"] == reason and row["left_s"]]
    assert row["fix"]["code"] == code
    assert waiting.post(f"/exceptions/{row['id']}/fix").json() == {"code": code}
    assert waiting.scene.query("SELECT due_at FROM sales_order WHERE platform_order_no = 'LATE'") == [(NOW,)]


def test_those_with_a_limited_view_map_nothing(waiting):
    limited = waiting.person("li", "see", "masters", shops=[waiting.scene.query("SELECT code FROM shop LIMIT 1")[0][0]])
    rows = limited.call("GET", "/lists/exceptions?kind=hold").json()["items"]
    assert [row["fix"]["is_allowed"] for row in rows] == [False, False]


def test_some_are_read_anew_wherever_they_stand(waiting):
    rows = listed(waiting)
    asleep, taken, *_ = (row["id"] for row in rows)
    assert waiting.post(f"/exceptions/{asleep}/snooze", {"until": (NOW + timedelta(hours=1)).isoformat()}).status_code == 204
    assert waiting.post(f"/exceptions/{taken}/claim").status_code == 204
    wanted = [asleep, taken, "hold-1", "hold-9999999999999999999"]
    answer = waiting.get("/lists/exceptions", params={"id": wanted, "owner": "nobody", "limit": 1}).json()
    assert [(row["id"], row["is_mine"], row["snoozed_until"] is None) for row in answer["items"]] == [(asleep, False, False), (taken, True, True)]
    assert answer["next"] is None
    stranger = waiting.person("li", "see", shops=[])
    assert stranger.call("GET", f"/lists/exceptions?id={taken}").json()["items"] == []
    assert waiting.get("/lists/exceptions", params={"id": ["nonsense"]}).status_code == 422


@pytest.mark.parametrize("asked", ["", "?sort=text", "?kind=hold"])
def test_a_remark_that_waits_to_be_read_stands_in_the_list_without_what_names_the_receiver(world, asked):
    world.scene.set_up({"A": {"X": 9}})
    person = receiver(name="王小明", detail="文三路9号")
    told(
        world.scene,
        order("R1", line("X"), receiver=person, buyer_remark="找王小明 139-1234-5678，文三路9号", seller_remark="送赠品 2 份"),
        order("R2", line("NIX")),
    )
    said = {row["reason"]: (row["buyer_remark"], row["seller_remark"]) for row in listed(world, asked)}
    assert said == {"remark_unread": ("找*** ***，***", "送赠品 2 份"), "listing_unmapped": ("", "")}
    world.scene.query("UPDATE receiver SET sealed = NULL RETURNING 1")
    assert [(row["buyer_remark"], row["seller_remark"]) for row in listed(world, asked) if row["reason"] == "remark_unread"] == [("***", "***")]


@pytest.mark.parametrize("exception", ["hold-1", "hold-99999999999999999999", "nothing-1", "hold", "-1", "hold-x"])
def test_an_exception_that_is_not_there_is_not_found(still, exception):
    assert still.post(f"/exceptions/{exception}/claim").status_code in {404, 422}


def test_each_part_tells_how_it_is(waiting):
    parts = {(part["kind"], part["code"]): part for part in waiting.get("/health/parts").json()}
    assert parts["workers", "workers"]["state"] == "broken"
    assert parts["carrier", "carrier"]["detail"]["dead"] == 1
    assert parts["carrier", "carrier"]["state"] == "broken"
    assert parts["messages", "messages"]["state"] == "good"


@pytest.mark.parametrize(
    ("feed", "read", "ended", "state"),
    [
        ("orders", 10, 10, "good"),
        ("orders", 17, 17, "slow"),
        ("orders", 600, 1, "good"),  # nobody has bought anything for ten hours
        ("bulk", 20, None, "slow"),  # the first read goes on yet
        ("push", 600, 1, "good"),  # its place is where it began
        ("created", 130, 60, "good"),  # it reads whole hours, and rests an hour
        ("created", 130, 80, "slow"),
    ],
)
def test_a_feed_is_late_when_it_has_not_been_read_to_its_end_for_long(waiting, feed, read, ended, state):
    place = "INSERT INTO shop_cursor (shop_id, feed, read_to, pulled_at) SELECT id, %s, %s, %s FROM shop WHERE code = 'S1' RETURNING 1"
    waiting.scene.query(place, feed, NOW - timedelta(minutes=read), None if ended is None else NOW - timedelta(minutes=ended))
    parts = waiting.get("/health/parts").json()
    assert [part["state"] for part in parts if part["feed"] == feed] == [state]
    ranks = [["broken", "slow", "good"].index(part["state"]) for part in parts]
    assert ranks == sorted(ranks), "the worst first"


def test_a_feed_that_lags_is_told_alike_on_the_dashboard_and_of_the_parts_to_whoever_sees_the_shop(waiting):
    scene = waiting.scene
    second_shop(scene)
    lag = "INSERT INTO shop_cursor (shop_id, feed, read_to, pulled_at, error) SELECT id, %s, %s, %s, %s FROM shop WHERE code = %s RETURNING 1"
    scene.query("UPDATE shop SET platform = 'taobao' RETURNING 1")
    for feed, hours, error, shop in (("orders", 1, "", "S1"), ("refunds", 0, "CallRefused: x", "S1"), ("orders", 0, "", "S2")):
        scene.query(lag, feed, NOW - timedelta(hours=hours), NOW - timedelta(hours=hours), error, shop)
    limited = waiting.person("li", "see", shops=["S1"])
    for call in (waiting.call, limited.call):
        parts = {
            (part["code"], part["feed"]): part["state"] for part in call("GET", "/health/parts").json() if part["kind"] == "shop" and part["feed"]
        }
        told = {(one["shop"], one["feed"]): one["state"] for one in call("GET", "/dashboard?is_fresh=true").json()["channels"]}
        assert parts == told
        assert parts["S1", "orders"] == "slow"
        assert parts["S1", "refunds"] == "broken"
    assert {part["code"] for part in limited.call("GET", "/health/parts").json()} == {"S1"}
