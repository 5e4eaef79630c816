"""The plain lists by their columns: each sorts as told, its pages joined are the whole, and who sees some of it sees no more of it sorted."""

import io

import pytest
from msgspec.structs import replace
from python_calamine import CalamineWorkbook

from merchant import a_merchant
from paidan.entrypoints.api.exports import lists as exports
from paidan.entrypoints.api.exports.write import LISTS as FILES
from paidan.entrypoints.api.lists.sorting import find
from paidan.entrypoints.api.lists.sorts import LISTS, PRODUCTS
from paidan.entrypoints.api.people.rights import Right
from paidan.entrypoints.api.problems import Refused
from paidan.kernel.reasons import Reason

PATHS = {
    "products": "/catalog/skus",
    "listings": "/catalog/listings",
    "unmapped": "/catalog/unmapped",
    "shops": "/shops",
    "connections": "/network/connections",
    "warehouses": "/network/warehouses",
    "carriers": "/network/carriers",
    "freight": "/network/freight",
    "exceptions": "/lists/exceptions",
    "sellable": "/stock/sellable",
    "balances": "/stock/balances",
    "by_shop": "/stock/by-shop",
    "documents": "/documents",
    "differences": "/stock/differences",
    "comparisons": "/stock/comparisons",
    "fulfilments": "/fulfilments",
    "messages": "/messages?state=done&state=set_aside",
    "prints": "/prints",
    "users": "/users",
    "roles": "/roles",
    "keys": "/keys",
    "reveals": "/receiver-reveals",
}
BY_RANK = {("documents", "state"), ("fulfilments", "state"), ("messages", "state"), ("exceptions", "kind")}
"""Sorted by their place in the way of a record, not by their names."""
FIELDS = {
    "no": "id",
    "order": "order_no",
    "order_id": "order_no",
    "warehouse": "warehouse_code",
    "carrier": "carrier_code",
    "sku": "sku_code",
    "due": "release_due_at",
    "ship_by": "ship_by_at",
    "weight": "weight_g",
    "freight": "freight_minor",
    "created": "created_at",
    "released": "released_at",
    "expires": "expires_at",
    "expected": "expected_at",
    "seen": "seen_at",
    "wms": "wms_ref",
    "key": "business_key",
    "http": "http_status",
    "text": "reason",
    "unit": "handling_unit_minor",
    "first": "first_minor",
    "step": "step_minor",
    "max": "weight_g_max",
    "count": "asked",
}
ELSEWHERE = {
    ("warehouses", "order"): "handling_order_minor",
    ("documents", "by"): "created_by",
    ("differences", "by"): "settled_by",
    ("differences", "name"): "sku_name",
    ("comparisons", "by"): "asked_by",
}
CASES = [(name, column) for name, listed in LISTS.items() for column in listed.sorts]
ALL = [str(right) for right in Right]


@pytest.fixture(scope="module")
def town(still):
    a_merchant(still)
    for code in ("packers", "auditors"):
        assert still.post("/roles", {"code": code, "rights": ["see"]}).status_code == 201
    return still


def rows(world, name, sort="", **more):
    path, _, query = PATHS[name].partition("?")
    asked = {**({"state": ["done", "set_aside"]} if query else {}), "limit": 200, **({"sort": sort} if sort else {}), **more}
    answer = world.call("GET", path, params=asked)
    assert answer.status_code == 200, (name, sort, answer.text)
    return answer.json()


def by_pages(world, name, sort, limit):
    found, cursor = [], ""
    while cursor is not None:
        page = rows(world, name, sort, limit=limit, cursor=cursor)
        assert len(page["items"]) <= limit
        found += page["items"]
        cursor = page["next"]
    return found


def place(row, name, column):
    """The value that is sorted by; what has none stands where the list puts it."""
    value = row[ELSEWHERE.get((name, column), FIELDS.get(column, column))]
    kind = LISTS[name].sorts[column].kind
    if kind is int:
        return int(value or 0)
    return value or ("9999" if kind is not str else "")


def in_the_database_s_order(world, values):
    [(sorted_,)] = world.scene.query("SELECT array(SELECT v FROM unnest(%s::text[]) v ORDER BY v)", values)
    return sorted_


@pytest.mark.parametrize(("name", "column"), CASES)
def test_a_list_is_sorted_by_each_of_its_columns_and_its_pages_are_the_whole(town, name, column):
    as_it_comes = rows(town, name)["items"]
    rising = rows(town, name, column)["items"]
    assert sorted(map(str, rising)) == sorted(map(str, as_it_comes))
    assert as_it_comes, name
    if (name, column) not in BY_RANK:
        values = [place(row, name, column) for row in rising]
        is_text = LISTS[name].sorts[column].kind is str
        assert values == (in_the_database_s_order(town, values) if is_text else sorted(values))
    falling = rows(town, name, f"-{column}")["items"]
    assert falling == rising[::-1]
    assert by_pages(town, name, column, 3) == rising


@pytest.mark.parametrize("name", [name for name in PATHS if name not in {"users", "roles", "keys", "reveals", "connections"}])
def test_who_sees_one_shop_or_one_warehouse_sees_no_more_of_a_sorted_list(town, name):
    for who, limits in (("li", {"shops": ["S2"]}), ("wang", {"warehouses": ["B"]})):
        person = town.person(f"{who}-{name}", *ALL, **limits)
        shown = rows(person, name)["items"]
        for column in LISTS[name].sorts:
            assert sorted(map(str, rows(person, name, column)["items"])) == sorted(map(str, shown)), (who, column)


def test_every_plain_list_tells_its_columns_and_is_tried_here(town):
    told = town.get("/lists/sorts").json()
    assert told == {name: list(listed.sorts) for name, listed in LISTS.items()}
    assert set(told) == set(PATHS)


def test_what_a_file_of_a_list_sorts_by_are_its_columns():
    for name, file in FILES.items():
        if file.listed is not None and not file.is_whole:
            assert set(file.listed.sorts) <= {column.name for column in file.columns}, name


@pytest.mark.parametrize("sort", ["nothing", "-", "code,name", "barcodes"])
def test_a_column_that_is_not_sorted_by_is_refused(town, sort):
    answer = town.get("/catalog/skus", params={"sort": sort})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "sort")
    assert "code、name、kind" in answer.json()["errors"][0]["expected"], answer.text
    assert town.post("/exports", {"list": "products", "sort": sort}).status_code == 422
    assert town.post("/exports", {"list": "entries", "filters": {"sku": "X"}, "sort": "kind"}).status_code == 422
    [unasked] = town.post("/exports", {"list": "products", "filters": {"colour": "X"}}).json()["errors"]
    assert (unasked["detail"], "kind" in unasked["expected"]) == ("colour", True), unasked


def test_a_cursor_goes_on_in_the_order_it_was_made_for(town):
    cursor = rows(town, "products", "name", limit=1)["next"]
    assert town.get("/catalog/skus", params={"cursor": cursor}).status_code == 422
    assert town.get("/catalog/skus", params={"cursor": cursor, "sort": "weight_g"}).status_code == 422
    no_instant = town.get("/documents", params={"cursor": "WyJ4IiwxXQ", "sort": "created"})  # ["x",1]
    assert (no_instant.status_code, no_instant.json()["errors"][0]["field"]) == (422, "cursor")


def test_a_column_without_an_index_sorts_few_rows_only(town):
    few = replace(PRODUCTS, most=1)
    asked = {"id": None, "code": None, "kind": None}
    with town.services.database.transaction() as tx:
        assert find(tx, few, "code", "", 1, asked).next
        with pytest.raises(Refused) as refused:
            find(tx, few, "name", "", 1, asked)
        assert refused.value.problems[0].reason == Reason.TOO_MANY_TO_SORT
        assert list(find(tx, few, "name", "", 1, {**asked, "code": "X"}).rows)


def test_a_file_has_the_order_of_its_page(town, monkeypatch):
    monkeypatch.setattr(exports, "CHUNK", 2)
    for name, sort, header in [("products", "-code", "货品编码"), ("fulfilments", "order_id", "订单"), ("exceptions", "-since", "订单")]:
        answer = town.post("/exports", {"list": name, "sort": sort})
        job = town.ended(answer.json()["job_id"])
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(town.get(f"/jobs/{job['id']}/file").content)).get_sheet_by_index(0).to_python()
        field = "code" if name == "products" else "order_no"
        assert [row[sheet[0].index(header)] for row in sheet[1:]] == [row[field] for row in rows(town, name, sort)["items"]], name
