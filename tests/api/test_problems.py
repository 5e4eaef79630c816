import json

import pytest

from paidan.entrypoints.api.language import language_of

SKU = {"code": "X", "name": "货"}


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "zh"),
        ("en", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-US,en;q=0.9,zh;q=0.8", "en"),
        ("fr,en;q=0.2", "en"),
        ("fr", "zh"),
        ("en;q=0,zh;q=0", "zh"),
        ("*", "zh"),
        ("en;q=x," * 99, "zh"),
    ],
)
def test_the_caller_s_language_is_spoken(header, language):
    assert language_of(header) == language


@pytest.mark.parametrize(
    ("path", "body", "status", "reason", "field"),
    [
        ("/catalog/skus", b"{", 400, "body_unreadable", None),
        ("/catalog/skus", b"\xff\xfe", 400, "body_unreadable", None),
        ("/catalog/skus", b"", 422, "field_invalid", None),
        ("/catalog/skus", b"[]", 422, "field_invalid", None),
        ("/catalog/skus", b'{"rows": []}', 422, "field_invalid", "rows"),
        ("/catalog/skus", b'{"rows": [{"code": "X"}]}', 422, "field_missing", "rows[0].name"),
        ("/catalog/skus", b'{"rows": [{"code": "X", "name": "n", "price": 1}]}', 422, "unknown_field", "rows[0].price"),
        ("/catalog/skus", b'{"rows": [{"code": "X", "name": "n", "weight_g": -1}]}', 422, "field_invalid", "rows[0].weight_g"),
        ("/catalog/skus", b'{"rows": [{"code": "X", "name": "n", "weight_g": NaN}]}', 400, "body_unreadable", None),
        ("/catalog/skus", b'{"rows": ' + b"[" * 5000, 400, "body_unreadable", None),
        ("/catalog/skus", b'{"rows": [{"code": "a\\u0000", "name": "n"}]}', 422, "field_invalid", "rows[0].code"),
        ("/catalog/skus", b" " * (1024 * 1024 + 1), 413, "body_too_large", None),
        ("/orders?shop=S1", b'{"order_no": "1"}', 422, "field_missing", None),
        ("/orders", b"{}", 422, "field_missing", "shop"),
        ("/imports/products", b"", 400, "body_unreadable", None),
        ("/imports/products", b"PK\x03\x04junk", 400, "body_unreadable", None),
        ("/imports/products", b"a,b\n1,2", 422, "field_missing", None),
        ("/imports/nothing", b"a", 404, "not_found", None),
        ("/outbox/revive", b'{"ids": ["99999999999999999999"]}', 422, "field_invalid", None),
    ],
)
def test_bad_bodies_get_a_clear_problem(still, path, body, status, reason, field):
    answer = still.call("POST", path, content=body, headers={"content-type": "application/json", "accept-language": "en"})
    assert (answer.status_code, answer.json()["reason"]) == (status, reason), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["content-language"] == "en"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["title"]
    if field is not None:
        assert [error["field"] for error in problem["errors"]] == [field]


def test_problems_speak_chinese_and_english_and_say_what_next(still):
    zh, en = (still.post("/orders/1/hold", {"note": "x"}, headers={"accept-language": language}).json() for language in ("zh-CN", "en"))
    assert zh["title"] == "缺少版本"
    assert en["title"] == "The version is missing"
    assert en["next_step"] == "Read the ETag and send it as If-Match"
    assert zh["status"] == 428


@pytest.mark.parametrize(("language", "told"), [("zh", "0 到 10,000,000 的整数"), ("en", "a whole number from 0 to 10,000,000")])
def test_a_refused_field_says_what_is_expected_in_the_callers_language(still, language, told):
    row = {"code": "X", "name": "n", "weight_g": -1}
    answer = still.post("/catalog/skus", {"rows": [row]}, headers={"accept-language": language})
    assert answer.status_code == 422, answer.text
    [error] = answer.json()["errors"]
    assert (error["field"], error["expected"]) == ("rows[0].weight_g", told)
    [error] = still.get("/orders?limit=0", headers={"accept-language": language}).json()["errors"]
    assert ("200" in error["expected"], error["field"]) == (True, "limit")


@pytest.mark.parametrize("version", ["7", "v7", 'W/"v7"'])
def test_a_version_that_cannot_be_read_says_how_one_looks(still, version):
    for language, like in (("zh", '如 "v3"'), ("en", 'such as "v3"')):
        answer = still.post("/orders/1/hold", {"note": "x"}, headers={"accept-language": language, "if-match": version})
        [error] = answer.json()["errors"]
        assert (answer.status_code, error["field"], like in error["expected"]) == (422, "If-Match", True), answer.text


def test_a_parameter_is_named_as_it_is_sent(still):
    [version] = still.post("/orders/1/hold", {"note": "x"}, headers={"accept-language": "en", "if-match": "7" * 60}).json()["errors"]
    assert (version["field"], version["expected"]) == ("If-Match", "at most 40 characters")
    [sort] = still.get(f"/fulfilments?sort={'x' * 60}").json()["errors"]
    assert (sort["field"], bool(sort["expected"])) == ("sort", True)


def test_a_method_that_is_not_allowed_is_answered_with_those_that_are(still):
    answer = still.call("DELETE", "/orders")
    assert (answer.status_code, answer.json()["reason"]) == (405, "unknown_method")
    assert {"GET", "POST"} <= set(answer.headers["allow"].split(", "))


def test_what_was_sent_does_not_come_back_in_a_problem(still):
    planted = "13912345678张三丰"
    for body in ({"rows": [{"code": "X", "name": "n", "kind": planted}]}, {"rows": planted}, {planted: 1}):
        answer = still.post("/catalog/skus", body)
        assert answer.status_code == 422
        assert "13912345678" not in answer.text or planted in body


@pytest.mark.parametrize(
    "path",
    [
        "/orders?limit=0",
        "/orders?limit=201",
        "/orders?limit=x",
        "/orders?cursor=%%%",
        "/orders?cursor=WyJhIl0",
        "/orders?cursor=WzEsMl0",
        "/orders?cursor=W251bGxd",
        "/orders?cursor=WzFlOTld",
        "/orders?cursor=WzkyMjMzNzIwMzY4NTQ3NzU4MDhd",
        "/orders?state=nothing",
        "/orders?state=cancelled",
        "/orders?placed_from=2026-01-01T00:00:00Z&placed_until=2026-03-01T00:00:00Z",
        "/orders?placed_from=2026-01-01T00:00:00",
        "/orders?placed_until=2026-01-01T00:00:00Z",
        "/orders?placed_from=9999-12-31T00:00:00Z",
        "/orders?phone_tail=12345",
        "/orders?shop=%00",
        "/orders?number=%00",
        "/stock/entries",
        "/stock/balances?cursor=WzEsMSw5OTk5OV0",
        "/outbox",
        "/exceptions?cursor=WzksMV0",
        "/exceptions?kind=nothing",
        "/holds?reason=nothing",
        "/orders/-1",
        "/orders/99999999999999999999",
    ],
)
def test_bad_questions_get_a_clear_problem(still, path):
    answer = still.get(path, headers={"accept-language": "en"})
    assert answer.status_code in {404, 422}, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_words_are_told_for_every_closed_list(still):
    words = still.get("/words").json()
    assert {"order_state", "fulfilment_state", "reason", "step", "exception_kind"} <= words.keys()
    assert all(word["zh"] and word["en"] for listed in words.values() for word in listed)


def test_an_error_of_ours_says_nothing_about_itself(still, monkeypatch, capfd):
    def broken(*_args):
        raise RuntimeError("13912345678")

    monkeypatch.setattr("paidan.entrypoints.api.orders.list_orders", broken)
    answer = still.get("/orders")
    assert (answer.status_code, answer.json()["reason"]) == (500, "internal")
    assert "13912345678" not in answer.text + "".join(capfd.readouterr())


def test_a_database_that_is_away_is_told_as_such(still, monkeypatch):
    import psycopg

    def away(*_args, **_more):
        raise psycopg.OperationalError("connection refused")

    monkeypatch.setattr(still.services.database, "transaction", away)
    answer = still.get("/orders")
    assert (answer.status_code, answer.json()["reason"], answer.headers["retry-after"]) == (503, "unavailable", "1")
    assert still.client.get("/readyz").status_code == 503
    assert still.client.get("/livez").status_code == 200


def test_json_is_strict_about_keys_told_twice(world):
    world.scene.set_up({"A": {"X": 1}})
    order = json.dumps(
        {"order_no": "1", "status": "paid", "placed_at": "2026-11-11T04:00:00Z", "lines": [{"merchant_code": "X", "quantity": 1, "price": "1"}]}
    )
    twice = order.replace('"order_no": "1"', '"order_no": "1", "order_no": "2"')
    assert world.call("POST", "/orders?shop=S1", content=twice, headers={"content-type": "application/json"}).status_code in {400, 422}
