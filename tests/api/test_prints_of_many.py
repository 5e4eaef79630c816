"""All that match are printed: as a job, more than a page of the list, counted and warned of as single prints are; the file waits, sealed."""

import io
import zipfile

import pytest

from browser import second_shop, told
from hands import let_go
from paidan.entrypoints.api.jobs import papers
from papers import needs_chinese_font, pages_of
from scene import line, order, receiver

EVERY = {"filters": []}


def released(world, *facts, shop="S1"):
    told(world.scene, *facts, shop=shop)
    let_go(world.scene)


def numbers(world):
    return dict(world.scene.query("SELECT platform_order_no, order_no FROM sales_order"))


def body(target, **parameters):
    return {"action": "print", "target": target, "parameters": {"kind": "label", "format": "zpl", **parameters}}


def tried(world, target=EVERY, *, by=None, **parameters):
    asked = {**body(target, **parameters), "is_dry_run": True}
    answer = by.call("POST", "/jobs", asked) if by else world.post("/jobs", asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def run(world, target=EVERY, *, by=None, **parameters):
    """The job at its end, and its file where there is one."""
    answer = by.call("POST", "/jobs", body(target, **parameters)) if by else world.post("/jobs", body(target, **parameters))
    assert answer.status_code == 200, answer.text
    job = world.ended(answer.json()["job_id"], asked_by=by)
    assert job["state"] == "done"
    path = f"/jobs/{job['id']}/file"
    return job, (by.call("GET", path) if by else world.get(path))


@pytest.fixture
def shop(world):
    """Two orders that travel together, one alone, one that no warehouse has yet."""
    world.scene.set_up({"A": {"X": 50}})
    together = [order(no, line("X"), receiver=receiver(1)) for no in ("T1", "T2")]
    released(world, *together, order("T3", line("X"), receiver=receiver(2)))
    told(world.scene, order("HELD", line("NO-SUCH"), receiver=receiver(3)))
    return world


def test_more_orders_than_a_page_shows_are_printed_into_one_file(world):
    world.scene.set_up({"A": {"X": 1000}})
    released(world, *(order(f"P{n}", line("X"), receiver=receiver(n)) for n in range(620)))
    let_go(world.scene)  # a turn releases five hundred
    assert len(world.get("/lists/orders?limit=500").json()["items"]) == 500
    assert (tried(world)["total"], tried(world)["will"]) == (620, 620)
    job, file = run(world)
    assert (job["total"], job["done"], job["failed"], job["has_file"]) == (620, 620, 0, True)
    assert file.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
        parts = [archive.read(name).decode() for name in archive.namelist()]
        assert [name[:9] for name in archive.namelist()] == ["001-label", "002-label"]
    assert [part.count("^XA") for part in parts] == [500, 120]  # a file has as many as one print may have
    printed = numbers(world).values()
    assert sum(any(number in part for part in parts) for number in printed) == 620
    assert world.scene.query("SELECT count(*), max(times) FROM print_count") == [(620, 1)]
    assert world.scene.query("SELECT count(*) FROM receiver_reveal WHERE purpose = 'print'") == [(620,)]
    assert world.scene.broken_invariants() == {}


def test_a_merged_parcel_has_one_paper_however_its_orders_are_spread(shop, monkeypatch):
    monkeypatch.setattr(papers, "LIMIT", 1)
    job, file = run(shop)
    assert (job["done"], job["failed"]) == (3, 1)
    with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
        assert [archive.read(name).decode().count("^XA") for name in archive.namelist()] == [1, 1]
    assert shop.scene.query("SELECT times FROM print_count") == [(1,), (1,)]


def test_what_was_printed_before_is_counted_beforehand_and_left_out_unless_wanted_again(shop):
    orders = numbers(shop)
    assert shop.post("/prints", {"kind": "label", "format": "zpl", "order_nos": [orders["T3"]]}).status_code == 200
    found = tried(shop)
    assert (found["will"], found["refused_count"]) == (2, 2)
    assert {row["reason"]: row["count"] for row in found["refused_by_reason"]} == {"already_printed": 1, "nothing_to_print": 1}
    assert tried(shop, again=True)["will"] == 3
    job, file = run(shop)
    assert {row["order_no"]: row["reason"] for row in job["refused"]} == {orders["T3"]: "already_printed", orders["HELD"]: "nothing_to_print"}
    assert (file.headers["content-type"], file.text.count("^XA"), orders["T3"] in file.text) == ("application/zpl", 1, False)
    job, file = run(shop, again=True)
    assert (job["done"], file.text.count("^XA"), file.text.count("第 2 次打印")) == (3, 2, 2)
    assert shop.scene.query("SELECT is_again, papers FROM print_run ORDER BY id") == [(False, 1), (False, 1), (True, 2)]
    assert shop.scene.broken_invariants() == {}


def test_where_nothing_can_be_printed_there_is_no_file(shop):
    run(shop)
    job, file = run(shop)
    assert (job["done"], job["failed"], job["has_file"], file.status_code) == (0, 4, False, 404)
    assert shop.scene.query("SELECT count(*) FROM print_run") == [(1,)]


def test_pick_lists_are_drawn_as_pdf_in_the_readers_language(shop):
    needs_chinese_font()
    _, file = run(shop, {"order_nos": [numbers(shop)[no] for no in ("T1", "T3")]}, kind="pick_list", format="pdf")
    assert file.headers["content-type"] == "application/pdf"
    [(text, _, _)] = pages_of(file.content)
    assert all(numbers(shop)[no] in text for no in ("T1", "T2", "T3"))


def test_the_file_lies_sealed(shop):
    _, file = run(shop)
    assert "13800000001" in file.text
    [(stored,)] = shop.scene.query("SELECT body FROM job_file")
    assert b"13800000001" not in bytes(stored)
    assert b"^XA" not in bytes(stored)


def test_who_prints_one_of_them_meanwhile_keeps_his_and_it_is_not_counted_twice(shop, monkeypatch):
    drawn, orders = papers._drawn, numbers(shop)

    def draw(*of):
        found = drawn(*of)
        if shop.scene.query("SELECT count(*) FROM print_run") == [(0,)]:
            assert shop.post("/prints", {"kind": "label", "format": "zpl", "order_nos": [orders["T3"]]}).status_code == 200
        return found

    monkeypatch.setattr(papers, "_drawn", draw)
    job, file = run(shop)
    assert {row["order_no"]: row["reason"] for row in job["refused"]} == {orders["T3"]: "already_printed", orders["HELD"]: "nothing_to_print"}
    assert orders["T3"] not in file.text
    assert shop.scene.query("SELECT times FROM print_count") == [(1,), (1,)]


def test_what_can_not_be_drawn_ends_the_job_and_says_so(shop, monkeypatch):
    def broken(*_, **__):
        raise ValueError("no such glyph")

    monkeypatch.setattr(papers, "draw", broken)
    job, file = run(shop)
    assert (job["done"], job["failed"], job["has_file"], file.status_code) == (0, 4, False, 404)
    assert {row["reason"] for row in job["refused"]} >= {"poison"}
    assert shop.scene.query("SELECT count(*) FROM print_count") == [(0,)]


def test_a_receiver_that_was_erased_is_left_out_and_named(shop):
    orders = numbers(shop)
    erase = "UPDATE receiver SET sealed = NULL WHERE id IN (SELECT receiver_id FROM sales_order WHERE order_no = %s) RETURNING 1"
    assert shop.scene.query(erase, orders["T3"])
    job, file = run(shop)
    assert {row["order_no"]: row["reason"] for row in job["refused"]}[orders["T3"]] == "receiver_erased"
    assert file.text.count("^XA") == 1


def test_nobody_prints_what_he_does_not_see_or_without_the_right(shop):
    second_shop(shop.scene)
    released(shop, order("S2-1", line("X"), receiver=receiver(5)), shop="S2")
    limited = shop.person("li", "see", "print", shops=["S2"])
    job, file = run(shop, by=limited)
    assert (job["total"], job["done"]) == (1, 1)
    assert numbers(shop)["S2-1"] in file.text
    job, _ = run(shop, {"order_nos": [numbers(shop)["T1"]]}, by=limited)
    assert [row["reason"] for row in job["refused"]] == ["unknown_order"]
    assert shop.person("wang", "see", "export").call("POST", "/jobs", body(EVERY)).status_code == 403
    assert shop.get(f"/jobs/{job['id']}/file").status_code == 404


def test_a_print_is_neither_undone_nor_tried_again_and_its_file_takes_the_right_to_print(shop):
    clerk = shop.person("li", "see", "print")
    job, _ = run(shop, by=clerk)
    assert job["can_undo_until"] is None
    assert clerk.call("POST", f"/jobs/{job['id']}/undo").status_code == 409
    assert clerk.call("POST", f"/jobs/{job['id']}/retries").status_code == 409
    shop.scene.query("UPDATE role SET rights = '{see,export}' WHERE code = 'r-li' RETURNING 1")
    assert clerk.call("GET", f"/jobs/{job['id']}/file").status_code == 403


@pytest.mark.parametrize(
    ("parameters", "field"), [({"kind": "pick_list", "format": "zpl"}, "format"), ({"kind": "poem"}, "kind"), ({"format": "doc"}, "format")]
)
def test_what_makes_no_sense_is_refused_by_its_field(still, parameters, field):
    answer = still.post("/jobs", body(EVERY, **parameters))
    assert answer.status_code == 422, answer.text
    assert field in answer.json()["errors"][0]["field"], answer.text


def test_more_than_a_file_takes_are_refused_before_anything_is_drawn(shop, monkeypatch):
    monkeypatch.setattr("paidan.entrypoints.api.jobs.routes.PRINTED_MAX", 2)
    assert shop.post("/jobs", body(EVERY)).status_code == 422
    assert shop.post("/jobs", body({"order_nos": list(numbers(shop).values())})).status_code == 422
    assert shop.scene.query("SELECT count(*) FROM job") == [(0,)]
