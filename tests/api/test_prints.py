"""Printing over HTTP: what is asked for comes as one file, is counted and logged; what may not be printed is refused with a reason."""

import resource

import pytest

from browser import second_shop, told
from counting import counted
from hands import WINDOW, leaders, let_go, ships
from paidan.orders.fulfilment_no import fulfilment_no
from paidan.printing.papers import Format, Kind
from paidan.printing.press import LIMIT, Prepared, Refusal, Wish, finish, prepare
from papers import needs_chinese_font, pages_of, scanned
from scene import NOW, line, order, receiver

ALL_SEEN = {"shops": None, "warehouses": None}


def number(world, platform_no):
    return world.scene.query("SELECT order_no FROM sales_order WHERE platform_order_no = %s", platform_no)[0][0]


def released(world, *facts, shop="S1"):
    told(world.scene, *facts, shop=shop)
    let_go(world.scene)
    assert world.scene.broken_invariants() == {}


@pytest.fixture
def shop(world):
    """Three orders of two receivers, the first two travel together; X lies at A-2, Y at A-10."""
    world.scene.set_up({"A": {"X": 50, "Y": 50}})
    released(
        world,
        order("T1", line("X", 2), line("Y"), receiver=receiver(1)),
        order("T2", line("X", 3), receiver=receiver(1)),
        order("T3", line("Y"), receiver=receiver(2)),
    )
    places = [{"sku": "X", "place": "A-10"}, {"sku": "Y", "place": "A-2"}]
    assert world.call("PUT", "/pick-places", json={"warehouse_code": "A", "places": places}).status_code == 204
    return world


def printed(world, kind, *platform_nos, caller=None, **more):
    body = {"kind": kind, "order_nos": [number(world, no) for no in platform_nos], **more}
    return caller.call("POST", "/prints", body) if caller else world.post("/prints", body)


def reason(answer):
    return answer.status_code, answer.json()["reason"], [problem["detail"] for problem in answer.json()["errors"]]


def test_a_pick_list_is_one_file_sorted_along_the_shelves(shop):
    needs_chinese_font()
    answer = printed(shop, "pick_list", "T1", "T2", "T3")
    assert (answer.status_code, answer.headers["content-type"], answer.headers["cache-control"]) == (200, "application/pdf", "no-store")
    assert answer.headers["x-print-papers"] == "1"
    [(text, picture, _)] = pages_of(answer.content)
    assert scanned(picture) == [("QRCode", f"PR{answer.headers['x-print-id']}")]
    assert 0 < text.index("A-2Y") < text.index("A-10X")
    assert "合计7" in text
    assert all(number(shop, no) in text for no in ("T1", "T2", "T3"))
    assert "张三" not in text


def test_a_packing_list_for_a_merged_parcel_holds_the_lines_of_all_its_orders_and_no_name(shop):
    needs_chinese_font()
    answer = printed(shop, "packing_list", "T2", language="en")
    [(text, picture, _)] = pages_of(answer.content)
    assert {number(shop, "T1"), number(shop, "T2")} <= {word for word in (number(shop, "T1"), number(shop, "T2")) if word in text}
    assert "Packinglist" in text
    assert "张三1" not in text
    assert "13800000001" not in text
    assert scanned(picture)[0][1].startswith("FH")


def test_a_label_shows_the_receiver_in_clear_and_the_reveal_log_tells_it(shop):
    needs_chinese_font()
    clerk = shop.person("li", "see", "print")
    answer = printed(shop, "label", "T1", "T3", caller=clerk)
    assert answer.headers["x-print-papers"] == "2"
    first, second = pages_of(answer.content)
    for text, name, phone in ((first[0], "张三1", "13800000001"), (second[0], "张三2", "13800000002")):
        assert name in text
        assert phone in text
        assert "西湖区" in text
    log = shop.scene.query("SELECT order_no, actor, purpose FROM receiver_reveal ORDER BY order_no")
    assert log == [(no, "user:li", "print") for no in sorted(number(shop, no) for no in ("T1", "T2", "T3"))]


def test_zpl_is_for_labels(shop):
    answer = printed(shop, "label", "T1", "T3", format="zpl")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zpl")
    assert (answer.text.count("^XA"), "张三1" in answer.text, answer.headers["content-disposition"][-5:]) == (2, True, '.zpl"')
    assert printed(shop, "pick_list", "T1", format="zpl").status_code == 422


def test_a_label_says_what_is_to_be_collected(world):
    world.scene.set_up({"A": {"X": 5}})
    released(world, order("COD", line("X", 2, 4950), is_cod=True, paid_at=None, freight_minor=600, paid_minor=10500))
    assert "代收货款 CNY 105.00" in printed(world, "label", "COD", format="zpl").text


def test_a_second_print_is_refused_unless_it_is_wanted_again(shop):
    assert printed(shop, "label", "T1", format="zpl").status_code == 200
    [leader] = shop.scene.query("SELECT fulfilment_id FROM print_count")
    # The member of a merged parcel is the same paper; another kind is another.
    for no in ("T1", "T2"):
        assert reason(printed(shop, "label", no, format="zpl")) == (409, "already_printed", [fulfilment_no(leader[0])])
    assert printed(shop, "label", "T3", "T1", format="zpl").status_code == 409
    assert shop.scene.query("SELECT count(*) FROM print_count") == [(1,)]
    again = printed(shop, "label", "T3", "T1", format="zpl", again=True)
    assert "第 2 次打印" in again.text
    assert shop.scene.query("SELECT times FROM print_count ORDER BY times") == [(1,), (2,)]
    assert shop.scene.broken_invariants() == {}


def test_who_prints_at_the_same_moment_is_refused_and_nothing_of_his_is_kept(shop):
    scene = shop.scene
    wish = Wish(
        kind=Kind.LABEL,
        format=Format.ZPL,
        language="zh",
        order_nos=(number(shop, "T1"),),
        fulfilment_nos=(),
        again=False,
        actor="user:a",
        address="",
        sees=ALL_SEEN,
    )
    with scene.database.transaction() as tx:
        first, second = (prepare(tx, scene.ids, scene.sealer, wish, NOW) for _ in range(2))
    assert isinstance(first, Prepared)
    with scene.database.transaction() as tx:
        assert finish(tx, scene.ids, first) is None
    with scene.database.transaction() as tx:
        refusal = finish(tx, scene.ids, second)
        tx.execute("ROLLBACK")
    assert isinstance(refusal, Refusal)
    assert refusal.reason == "already_printed"
    assert scene.query("SELECT times FROM print_count") == [(1,)]


def test_the_log_tells_who_printed_what(shop):
    printed(shop, "label", "T1", format="zpl")
    printed(shop, "label", "T3", format="zpl", language="en")
    printed(shop, "label", "T3", format="zpl", again=True)
    runs = shop.get("/prints").json()["items"]
    assert [(run["language"], run["is_again"], run["papers"], run["fulfilments"], run["actor"]) for run in runs] == [
        ("zh", True, 1, 1, "user:adminer"),
        ("en", False, 1, 1, "user:adminer"),
        ("zh", False, 1, 2, "user:adminer"),
    ]
    assert runs[2]["order_nos"] == sorted(number(shop, no) for no in ("T1", "T2"))
    assert [run["id"] for run in shop.get(f"/prints?order_no={number(shop, 'T2')}&kind=label").json()["items"]] == [runs[2]["id"]]
    assert shop.get("/prints?kind=pick_list").json()["items"] == []
    assert shop.get("/prints?actor=user:nobody").json()["items"] == []
    page = shop.get("/prints?limit=2").json()
    assert [run["id"] for run in shop.get(f"/prints?limit=2&cursor={page['next']}").json()["items"]] == [runs[2]["id"]]


def test_timeline_list_and_queue_know_of_it(shop):
    row = {row["platform_order_no"]: row for row in shop.get("/lists/orders?f=to_print:is:true").json()["items"]}["T2"]
    printed(shop, "label", "T1", format="zpl")
    after = {row["platform_order_no"]: row["printed"] for row in shop.get("/lists/orders").json()["items"]}
    assert after == {"T1": 1, "T2": 1, "T3": 0}
    assert "label" in str(shop.get(f"/orders/{row['id']}").json()["timeline"])
    assert "printed" in str(shop.get(f"/orders/{row['id']}").json()["timeline"])


def test_parcels_have_a_label_each_with_their_waybill(shop):
    ships(shop.scene, leaders(shop.scene)[0], now=NOW + WINDOW)
    assert shop.scene.query("UPDATE parcel SET tracking_no = '7312' RETURNING 1") == [(1,)]
    text = printed(shop, "label", "T2", format="zpl").text
    assert "^BCN,140,N,N,N,A^FH^FD7312^FS" in text
    assert "共 6 件" in text
    assert reason(printed(shop, "pick_list", "T2")) == (409, "nothing_to_print", [number(shop, "T2")])


def test_of_a_split_order_only_what_has_not_left_is_picked(world):
    needs_chinese_font()
    world.scene.set_up({"A": {"X": 5}, "B": {"Y": 5}})
    released(world, order("SPLIT", line("X"), line("Y")))
    ships(world.scene, leaders(world.scene)[0], now=NOW + WINDOW)
    [left] = leaders(world.scene)
    answer = printed(world, "pick_list", "SPLIT")
    [(text, _, _)] = pages_of(answer.content)
    assert fulfilment_no(left) in text
    assert printed(world, "label", "SPLIT", format="zpl").headers["x-print-papers"] == "2"


def test_what_no_warehouse_has_is_not_printed(world):
    world.scene.set_up({"A": {"X": 5}})
    told(world.scene, order("PLANNED", line("X")), order("SHORT", line("X", 9), receiver=receiver(2)))
    for no in ("PLANNED", "SHORT"):
        assert reason(printed(world, "label", no)) == (409, "nothing_to_print", [number(world, no)])
    assert reason(world.post("/prints", {"kind": "label", "order_nos": ["NO-SUCH"]})) == (404, "unknown_order", ["NO-SUCH"])
    assert world.scene.query("SELECT count(*) FROM print_run") == [(0,)]


def test_an_erased_receiver_gets_no_label(shop):
    shop.scene.query("UPDATE receiver SET sealed = NULL RETURNING 1")
    assert reason(printed(shop, "label", "T3", format="zpl"))[:2] == (409, "receiver_erased")
    assert shop.scene.query("SELECT count(*) FROM receiver_reveal") == [(0,)]


def test_without_a_chinese_font_it_says_so_in_both_languages(shop, monkeypatch):
    monkeypatch.setattr("paidan.printing.pdf.draw", lambda *_, **__: None)
    for language, title in (("zh", "系统没有中文字体，无法打印中文"), ("en", "No font with Chinese letters is installed")):
        body = {"kind": "label", "order_nos": [number(shop, "T1")]}
        answer = shop.post("/prints", body, headers={"accept-language": language})
        assert (answer.status_code, answer.json()["reason"], answer.json()["title"]) == (503, "font_missing", title)
    assert shop.scene.query("SELECT count(*) FROM print_count") == [(0,)]


def test_fulfilment_numbers_are_taken_too_but_not_those_of_an_earlier_sending(shop):
    leader = leaders(shop.scene)[0]
    assert shop.post("/prints", {"kind": "label", "fulfilment_nos": [fulfilment_no(leader)], "format": "zpl"}).status_code == 200
    assert shop.scene.query("UPDATE fulfilment SET attempt = 2 WHERE id = %s RETURNING 1", leader)
    assert reason(shop.post("/prints", {"kind": "label", "fulfilment_nos": [fulfilment_no(leader)]})) == (
        404,
        "unknown_fulfilment",
        [fulfilment_no(leader)],
    )
    # A new sending has a new number: its paper was never printed.
    assert shop.post("/prints", {"kind": "label", "fulfilment_nos": [fulfilment_no(leader, 2)], "format": "zpl"}).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "label"},
        {"kind": "label", "order_nos": ["1"], "fulfilment_nos": ["FH10"]},
        {"kind": "poster", "order_nos": ["1"]},
        {"kind": "label", "order_nos": ["1"], "language": "fr"},
        {"kind": "label", "order_nos": ["1"], "copies": 2},
    ],
)
def test_a_question_that_makes_no_sense_is_refused(still, body):
    assert still.post("/prints", body).status_code == 422


def test_too_many_at_once_are_refused_with_the_limit(still):
    answer = still.post("/prints", {"kind": "label", "order_nos": [str(n) for n in range(LIMIT + 1)]})
    assert (answer.status_code, answer.json()["reason"], answer.json()["detail"]) == (422, "too_many_at_once", str(LIMIT))


# ---------------------------------------------------------------- who may


def test_it_takes_the_right_to_print(shop):
    viewer = shop.person("viewer", "see", "audit", "reveal")
    assert printed(shop, "label", "T1", caller=viewer).status_code == 403
    assert viewer.call("GET", "/prints").status_code == 403
    assert viewer.call("PUT", "/pick-places", {"warehouse_code": "A", "places": [{"sku": "X", "place": ""}]}).status_code == 403


def test_nobody_prints_what_he_does_not_see(shop):
    scene = shop.scene
    second_shop(scene)
    released(shop, order("OTHER", line("X"), receiver=receiver(9)), shop="S2")
    of_shop = shop.person("li", "see", "print", shops=["S2"])
    [(of_no_warehouse,)] = scene.query("INSERT INTO warehouse (id, code, name) VALUES (%s, 'Z', 'Z') RETURNING code", scene.ids.take(1)[0])
    of_warehouse = shop.person("wang", "see", "print", "masters", warehouses=[of_no_warehouse])
    assert printed(shop, "label", "OTHER", caller=of_shop, format="zpl").status_code == 200
    for person in (of_shop, of_warehouse):
        assert reason(printed(shop, "label", "T1", caller=person, format="zpl")) == (404, "unknown_order", [number(shop, "T1")])
        [leader, *_] = leaders(scene)
        body = {"kind": "label", "fulfilment_nos": [fulfilment_no(leader)], "format": "zpl"}
        assert reason(person.call("POST", "/prints", body))[:2] == (404, "unknown_fulfilment")
    printed(shop, "label", "T1", "OTHER", format="zpl", again=True)
    [both, own] = of_shop.call("GET", "/prints").json()["items"]
    assert (both["order_nos"], own["order_nos"]) == ([number(shop, "OTHER")], [number(shop, "OTHER")])
    assert of_shop.call("GET", f"/prints?order_no={number(shop, 'T1')}").json()["items"] == []
    assert of_warehouse.call("GET", "/prints").json()["items"] == []
    assert of_warehouse.call("GET", "/pick-places?warehouse=A").json()["items"] == []
    assert reason(of_warehouse.call("PUT", "/pick-places", {"warehouse_code": "A", "places": [{"sku": "X", "place": "B"}]}))[1] == "unknown_warehouse"


def test_a_parcel_in_which_something_of_another_shop_travels_is_none_of_his(shop):
    shop.scene.query("UPDATE fulfilment SET shop_id = %s WHERE merged_into_id IS NOT NULL RETURNING 1", second_shop(shop.scene))
    of_shop = shop.person("li", "see", "print", shops=["S1"])
    assert reason(printed(shop, "label", "T1", caller=of_shop, format="zpl"))[:2] == (409, "nothing_to_print")
    assert printed(shop, "label", "T3", caller=of_shop, format="zpl").status_code == 200


def test_pick_places_are_written_read_and_taken_away(shop):
    assert [(row["sku"], row["place"]) for row in shop.get("/pick-places?warehouse=A").json()["items"]] == [("X", "A-10"), ("Y", "A-2")]
    page = shop.get("/pick-places?warehouse=A&limit=1").json()
    assert [row["sku"] for row in shop.get(f"/pick-places?warehouse=A&limit=1&cursor={page['next']}").json()["items"]] == ["Y"]
    answer = shop.call("PUT", "/pick-places", json={"warehouse_code": "A", "places": [{"sku": "X", "place": " "}, {"sku": "NO", "place": "1"}]})
    assert reason(answer) == (422, "unknown_sku", ["NO"])
    assert shop.call("PUT", "/pick-places", json={"warehouse_code": "A", "places": [{"sku": "X", "place": " "}]}).status_code == 204
    assert [row["sku"] for row in shop.get("/pick-places?warehouse=A").json()["items"]] == ["Y"]


# ---------------------------------------------------------------- at scale


def _statements(world, order_nos, kind):
    scene = world.scene
    wish = Wish(
        kind=kind,
        format=Format.ZPL,
        language="zh",
        order_nos=tuple(order_nos),
        fulfilment_nos=(),
        again=True,
        actor="user:a",
        address="",
        sees=ALL_SEEN,
    )
    with scene.database.transaction() as tx, counted(tx) as statements:
        prepared = prepare(tx, scene.ids, scene.sealer, wish, NOW)
        assert isinstance(prepared, Prepared)
        assert finish(tx, scene.ids, prepared) is None
    return len(statements)


def test_five_hundred_labels_are_one_file_with_as_many_statements_as_one(world):
    needs_chinese_font()
    world.scene.set_up({"A": {"X": 1000}})
    released(world, *(order(f"L{n:03d}", line("X"), receiver=receiver(n)) for n in range(LIMIT)))
    numbers = [row[0] for row in world.scene.query("SELECT order_no FROM sales_order ORDER BY id")]
    for kind in Kind:
        assert _statements(world, numbers[:1], kind) == _statements(world, numbers, kind) <= 12
    before = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    answer = world.post("/prints", {"kind": "label", "order_nos": numbers, "again": True})
    after = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    assert answer.headers["x-print-papers"] == str(LIMIT)
    assert sum(late.ru_utime + late.ru_stime - early.ru_utime - early.ru_stime for early, late in zip(before, after, strict=True)) < 10
    assert answer.content.startswith(b"%PDF")
