"""How the built console is served: its page under a strict policy, its assets for ever, nothing outside its folder."""

import os
import re

import pytest

INDEX = '<!doctype html><meta property="csp-nonce" nonce="PAIDAN_CSP_NONCE"><script type="module" nonce="PAIDAN_CSP_NONCE" src="/console/assets/a-1.js"></script>'


@pytest.fixture
def dist(tmp_path, monkeypatch):
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(INDEX, encoding="utf-8")
    (folder / "pda.html").write_text(INDEX.replace("a-1", "pda-1"), encoding="utf-8")
    (folder / "assets" / "a-1.js").write_text("1", encoding="utf-8")
    (tmp_path / "secret.js").write_text("2", encoding="utf-8")
    monkeypatch.setenv("PAIDAN_CONSOLE_DIR", str(folder))
    return folder


@pytest.fixture
def no_dist(tmp_path, monkeypatch):
    monkeypatch.setenv("PAIDAN_CONSOLE_DIR", str(tmp_path / "none"))


@pytest.mark.usefixtures("dist")
@pytest.mark.parametrize("path", ["/", "/orders", "/orders/SO1?f=shop:is:S1", "/a/b/c"])
def test_every_path_of_the_console_is_its_page_with_a_fresh_nonce(still, path):
    nonces = set()
    for _ in range(2):
        answer = still.client.get(path)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        nonce = re.search(r'<meta property="csp-nonce" nonce="([^"]+)"', answer.text)[1]
        policy = answer.headers["content-security-policy"]
        assert f"script-src 'self' 'nonce-{nonce}'" in policy
        assert f"style-src 'self' 'nonce-{nonce}'" in policy
        assert "unsafe" not in policy
        assert "PAIDAN_CSP_NONCE" not in answer.text
        nonces.add(nonce)
    assert len(nonces) == 2


@pytest.mark.usefixtures("dist")
def test_the_phone_page_is_its_own(still):
    assert "pda-1.js" in still.client.get("/pda").text


@pytest.mark.usefixtures("dist")
@pytest.mark.parametrize("path", ["/console/assets/a-1.js", "/assets/a-1.js"])
def test_assets_are_kept_for_ever(still, path):
    answer = still.client.get(path)
    assert (answer.status_code, answer.text) == (200, "1")
    assert "immutable" in answer.headers["cache-control"]
    assert "javascript" in answer.headers["content-type"]


@pytest.mark.parametrize(
    ("takes", "is_packed"),
    [
        ("gzip, deflate, br", True),
        ("br;q=1.0, gzip;q=0.5", True),
        ("identity", False),
        ("gzip;q=0, identity", False),
        ("gzip;q=0.000", False),
        ("", False),
    ],
)
def test_scripts_go_packed_to_whoever_takes_it(still, dist, takes, is_packed):
    text = "let answer = 42;" * 500
    (dist / "assets" / "a-2.js").write_text(text, encoding="utf-8")
    answer = still.client.get("/console/assets/a-2.js", headers={"accept-encoding": takes})
    assert answer.text == text
    assert answer.headers.get("content-encoding") == ("gzip" if is_packed else None)
    assert (int(answer.headers["content-length"]) < len(text) / 10) is is_packed
    assert answer.headers["vary"] == "accept-encoding"


def test_a_file_that_was_changed_is_packed_anew(still, dist):
    """Only files in `assets` never change: the phone's worker keeps its name."""
    file = dist / "pda-sw.js"
    for text in ("1" * 3_000, "2" * 3_000):
        file.write_text(text, encoding="utf-8")
        os.utime(file, ns=(int(text[0]), int(text[0])))
        assert still.client.get("/console/pda-sw.js", headers={"accept-encoding": "gzip"}).text == text


@pytest.mark.usefixtures("dist")
@pytest.mark.parametrize(
    "path",
    ["/assets/../../secret.js", "/assets/%2e%2e/%2e%2e/secret.js", "/console/assets/old-9.js", "/api/v1/nowhere", "/api", "/doors/x", "/favicon.ico"],
)
def test_what_is_not_there_is_no_page(still, path):
    answer = still.client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.usefixtures("no_dist")
def test_without_a_built_console_a_plain_page_says_where_to_go(still):
    assert "/api/v1/docs" in still.client.get("/").text
    assert still.client.get("/orders").status_code == 404
