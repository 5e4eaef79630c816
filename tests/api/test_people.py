"""Signing in, sessions, forged requests, passwords, and who may change whom."""

import pytest

from browser import PASSWORD, Person, told
from paidan.entrypoints import up
from paidan.entrypoints.api.people.passwords import drawn, hashed, is_right
from paidan.entrypoints.api.people.store import make_first_person
from paidan.runtime.settings import Settings
from scene import NOW, line, order


@pytest.fixture
def admin(world):
    with world.services.database.transaction() as tx:
        assert make_first_person(tx, world.services.ids, PASSWORD, NOW)
        assert not make_first_person(tx, world.services.ids, PASSWORD, NOW)
    return world


def test_the_first_administrator_signs_in_and_may_do_everything(admin):
    answer = admin.sign_in("admin", PASSWORD)
    assert answer.status_code == 204
    told_cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in told_cookie
    assert "samesite=lax" in told_cookie
    assert "path=/" in told_cookie
    me = admin.client.get("/api/v1/me", headers={"cookie": f"paidan_session={answer.cookies['paidan_session']}"}).json()
    assert (me["name"], me["shops"], me["warehouses"]) == ("admin", None, None)
    assert len(me["rights"]) == len(admin.get("/rights").json())
    assert me["csrf"]


@pytest.mark.parametrize(("host", "is_secure"), [("127.0.0.1:8350", False), ("localhost", False), ("oms.example.com", True)])
def test_the_cookie_goes_over_tls_only_but_on_this_machine(admin, host, is_secure):
    answer = admin.client.post("/api/v1/sign-in", json={"name": "admin", "password": PASSWORD}, headers={"host": host})
    admin.client.cookies.clear()
    assert ("secure" in answer.headers["set-cookie"].lower()) == is_secure


@pytest.mark.parametrize(("name", "password"), [("admin", "wrong-password"), ("nobody", PASSWORD), ("admin", "x" * 150)])
def test_a_wrong_name_and_a_wrong_password_answer_alike(admin, name, password):
    answer = admin.sign_in(name, password)
    assert (answer.status_code, answer.json()["reason"]) == (401, "sign_in_wrong")
    assert "set-cookie" not in answer.headers


def test_five_failures_let_the_name_rest_even_for_the_right_password(admin):
    for _ in range(5):
        assert admin.sign_in("admin", "wrong-password").status_code == 401
    answer = admin.sign_in("admin", PASSWORD)
    assert (answer.status_code, answer.json()["reason"]) == (429, "too_many_requests")
    admin.scene.query("UPDATE sign_in_failure SET since = since - interval '16 minutes' RETURNING 1")
    assert admin.sign_in("admin", PASSWORD).status_code == 204
    assert all("admin" not in row[0] for row in admin.scene.query("SELECT subject FROM sign_in_failure"))


def test_thirty_failures_let_the_address_rest_whatever_the_names(admin):
    admin.scene.query("INSERT INTO sign_in_failure (subject, failures, since) VALUES ('address:testclient', 30, now()) RETURNING 1")
    assert admin.sign_in("admin", PASSWORD).status_code == 429


def test_a_page_of_elsewhere_can_not_sign_in(admin):
    body = {"name": "admin", "password": PASSWORD}
    answer = admin.client.post("/api/v1/sign-in", json=body, headers={"origin": "https://evil.example"})
    assert (answer.status_code, answer.json()["reason"]) == (403, "csrf_wrong")


@pytest.mark.parametrize("csrf", ["", "0" * 32, "é"])
def test_what_changes_something_needs_the_session_s_own_token(world, csrf):
    clerk = world.person("li", "see", "hold")
    answer = clerk.call("PUT", "/me/language", {"language": "en"}, csrf=csrf.encode())
    assert (answer.status_code, answer.json()["reason"]) == (403, "csrf_wrong")
    assert clerk.call("PUT", "/me/language", {"language": "en"}).status_code == 204
    assert clerk.call("GET", "/me").json()["language"] == "en"


def test_sessions_are_listed_ended_and_end_by_themselves(world):
    clerk = world.person("li", "see")
    other = type(clerk)(world.client, world.sign_in("li", PASSWORD).cookies["paidan_session"])
    first, second = clerk.call("GET", "/me/sessions").json()
    mine = clerk.call("GET", "/me").json()["session_id"]
    assert {first["id"], second["id"]} >= {mine}
    assert clerk.call("DELETE", "/me/sessions").status_code == 204
    assert other.call("GET", "/orders").status_code == 401
    assert [session["id"] for session in clerk.call("GET", "/me/sessions").json()] == [mine]
    assert clerk.call("DELETE", "/me/sessions/999").status_code == 404
    world.scene.query("UPDATE session SET seen_at = now() - interval '13 hours' RETURNING 1")
    assert clerk.call("GET", "/orders").status_code == 401
    world.scene.query("UPDATE session SET seen_at = now(), expires_at = now() - interval '1 second' RETURNING 1")
    assert clerk.call("GET", "/orders").status_code == 401


def test_signing_out_ends_the_session_and_removes_the_cookie(world):
    clerk = world.person("li", "see")
    answer = clerk.call("POST", "/sign-out")
    assert answer.status_code == 204
    assert "max-age=0" in answer.headers["set-cookie"].lower()
    assert clerk.call("GET", "/orders").status_code == 401


def test_a_cookie_that_is_none_opens_nothing(world):
    for cookie in ("", "x", "x" * 5000):
        assert world.client.get("/api/v1/me", headers={"cookie": f"paidan_session={cookie}"}).status_code == 401


def given_a_password(world, name="li"):
    """Somebody signed in by the password that an administrator has given him."""
    world.post("/roles", {"code": f"r-{name}", "rights": ["see"]})
    assert world.post("/users", {"name": name, "password": PASSWORD, "roles": [f"r-{name}"]}).status_code == 201
    return Person(world.client, world.sign_in(name, PASSWORD).cookies["paidan_session"])


def test_who_was_given_a_password_chooses_one_of_his_own_before_anything_else(world):
    li = given_a_password(world)
    for verb, path, body in (("GET", "/orders", None), ("GET", "/words", None), ("POST", "/views", {"list": "orders", "name": "x"})):
        for language, text in (("zh", "在工作台登录后按提示修改密码"), ("en", "Sign in to the console and change it there")):
            refused = li.call(verb, path, body, headers={"accept-language": language})
            assert (refused.status_code, refused.headers["content-type"]) == (403, "application/problem+json")
            assert (refused.json()["reason"], refused.json()["type"]) == ("password_not_own", "urn:paidan:reason:password_not_own")
            assert text in refused.json()["next_step"]
    assert li.call("GET", "/me").json()["must_change_password"] is True
    assert len(li.call("GET", "/me/sessions").json()) == 1
    same = li.call("PUT", "/me/password", {"present": PASSWORD, "new": PASSWORD})
    assert (same.status_code, same.json()["errors"][0]["reason"]) == (422, "password_unchanged")
    assert li.call("GET", "/orders").status_code == 403
    assert li.call("PUT", "/me/password", {"present": PASSWORD, "new": "one of my own"}).status_code == 204
    assert li.call("GET", "/me").json()["must_change_password"] is False
    assert li.call("GET", "/orders").status_code == 200


def test_who_was_given_a_password_may_always_leave(world):
    li, again = given_a_password(world), given_a_password(world, "wu")
    assert li.call("POST", "/sign-out").status_code == 204
    assert li.call("GET", "/me").status_code == 401
    assert again.call("DELETE", "/me/sessions").status_code == 204


def test_a_password_reset_by_an_administrator_is_one_to_change_and_keys_have_none(world):
    li = world.person("li", "see")
    assert li.call("GET", "/orders").status_code == 200
    [user] = [one for one in world.get("/users").json()["items"] if one["name"] == "li"]
    assert world.post(f"/users/{user['id']}/password", {"password": "given by another"}).status_code == 204
    assert li.call("GET", "/orders").status_code == 401
    li = Person(world.client, world.sign_in("li", "given by another").cookies["paidan_session"])
    assert li.call("GET", "/orders").json()["reason"] == "password_not_own"
    assert world.get("/orders").status_code == 200


@pytest.mark.parametrize(
    ("chosen", "must_change", "is_asked", "hint"),
    [("", True, True, "The first sign-in asks"), ("", False, False, "under Settings"), (PASSWORD, True, False, "PAIDAN_ADMIN_PASSWORD")],
)
def test_the_first_administrator_s_drawn_password_is_for_his_first_sign_in_but_in_the_demo(world, monkeypatch, chosen, must_change, is_asked, hint):
    shown = []
    monkeypatch.setattr(up, "connect", lambda *_: world.services)
    monkeypatch.setattr(world.services, "close", lambda: None, raising=False)
    monkeypatch.setattr(up.console, "print", lambda text, **_: shown.append(text))
    monkeypatch.setattr(up, "drawn", lambda: "drawn by lot")
    up.greet_first_person(Settings(admin_password=chosen), "", must_change=must_change)
    assert hint in " ".join(shown)
    assert (PASSWORD in " ".join(shown), "drawn by lot" in shown) == (False, not chosen)
    admin = Person(world.client, world.sign_in("admin", chosen or "drawn by lot").cookies["paidan_session"])
    assert admin.call("GET", "/orders").status_code == (403 if is_asked else 200)


def test_a_password_is_changed_by_who_knows_it_and_other_sessions_end(world):
    clerk = world.person("li", "see")
    other = type(clerk)(world.client, world.sign_in("li", PASSWORD).cookies["paidan_session"])
    assert clerk.call("PUT", "/me/password", {"present": "wrong", "new": "another password"}).json()["reason"] == "sign_in_wrong"
    assert clerk.call("PUT", "/me/password", {"present": PASSWORD, "new": "short"}).json()["errors"][0]["reason"] == "password_weak"
    assert clerk.call("PUT", "/me/password", {"present": PASSWORD, "new": "another password"}).status_code == 204
    assert clerk.call("GET", "/orders").status_code == 200
    assert other.call("GET", "/orders").status_code == 401
    assert world.sign_in("li", PASSWORD).status_code == 401
    assert world.sign_in("li", "another password").status_code == 204


@pytest.mark.usefixtures("admin")
def test_rights_taken_away_count_from_the_next_request(world):
    clerk = world.person("li", "see")
    assert clerk.call("GET", "/orders").status_code == 200
    [role] = [r for r in world.get("/roles").json()["items"] if r["code"] == "r-li"]
    change = {"code": "r-li", "rights": ["hold"]}
    assert world.call("PUT", f"/roles/{role['id']}", json=change, headers={"if-match": '"v9"'}).status_code == 412
    assert world.call("PUT", f"/roles/{role['id']}", json=change, headers={"if-match": '"v1"'}).status_code == 200
    assert clerk.call("GET", "/orders").status_code == 403
    [user] = [u for u in world.get("/users").json()["items"] if u["name"] == "li"]
    assert world.call("PUT", f"/users/{user['id']}", json={"roles": ["r-li"], "is_active": False}, headers={"if-match": "*"}).status_code == 200
    assert clerk.call("GET", "/me").status_code == 401
    assert world.sign_in("li", PASSWORD).status_code == 401


def test_the_last_administrator_stays(admin):
    [user] = [u for u in admin.get("/users").json()["items"] if u["name"] == "admin"]
    for change in ({"roles": ["viewer"]}, {"roles": ["admin"], "is_active": False}, {"roles": ["admin"], "shops": []}):
        answer = admin.call("PUT", f"/users/{user['id']}", json=change, headers={"if-match": "*"})
        assert (answer.status_code, answer.json()["reason"]) == (409, "last_administrator"), change
    [role] = [r for r in admin.get("/roles").json()["items"] if r["code"] == "admin"]
    answer = admin.call("PUT", f"/roles/{role['id']}", json={"code": "admin", "rights": ["see"]}, headers={"if-match": "*"})
    assert (answer.status_code, answer.json()["reason"]) == (409, "last_administrator")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "li", "password": "short"}, "password"),
        ({"name": "li", "roles": ["no-such"]}, "roles"),
        ({"name": "li", "shops": ["no-such"]}, "shops"),
        ({"name": "li", "warehouses": ["no-such"]}, "warehouses"),
        ({"name": "a b"}, "name"),
        ({"name": "admin"}, "name"),
    ],
)
def test_a_person_that_makes_no_sense_is_refused_by_its_field(admin, body, field):
    answer = admin.post("/users", body)
    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, [field])


def test_passwords_are_kept_as_argon2id_and_an_empty_one_is_never_right():
    password = drawn()
    assert hashed(password).startswith("$argon2id$")
    assert is_right(hashed(password), password)
    assert not is_right("", password)
    assert not is_right("", "")
    assert not is_right("nonsense", password)
    assert drawn() != password


def test_a_receiver_is_revealed_with_a_purpose_and_a_log_row(world):
    world.scene.set_up({"A": {"X": 10}})
    told(world.scene, order("P1", line("X")))
    [item] = world.get("/orders").json()["items"]
    assert "张三1" not in world.get(f"/orders/{item['id']}").text
    clerk = world.person("li", "see", "reveal")
    assert clerk.call("POST", "/receiver-reveals", {"order_no": item["order_no"], "purpose": ""}).status_code == 422
    assert clerk.call("POST", "/receiver-reveals", {"order_no": "SO-none", "purpose": "改地址"}).status_code == 404
    answer = clerk.call("POST", "/receiver-reveals", {"order_no": item["order_no"], "purpose": "改地址"})
    assert (answer.json()["name"], answer.json()["phone"], answer.headers["cache-control"]) == ("张三1", "13800000001", "no-store")
    [log] = world.get("/receiver-reveals").json()["items"]
    assert (log["actor"], log["purpose"], log["order_no"], log["address"]) == ("user:li", "改地址", item["order_no"], "testclient")
    assert world.get("/receiver-reveals?actor=user:wang").json()["items"] == []
