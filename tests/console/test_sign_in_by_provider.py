"""Signing in by a provider, as a browser does it: from a page of ours to his and back. No day is played for it."""

import os
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from heard import Heard
from paidan.entrypoints.console_build import ensure_built
from paidan.entrypoints.installation import keyring_file
from paidan.entrypoints.pictures import NAME, PASSWORD, settle
from paidan.entrypoints.serving import held_port, serve_in_child
from paidan.entrypoints.up import greet_first_person
from paidan.runtime.sealing import make_keyring
from paidan.world.openid.provider import Knobs
from vouching import new_provider, on_loopback, settings_for

AXE = Path(__file__).parents[2] / "console" / "node_modules" / "axe-core" / "axe.min.js"
SERIOUS = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations
  .filter(violation => ['serious', 'critical'].includes(violation.impact)).map(violation => `${violation.id}: ${violation.nodes[0].html.slice(0, 160)}`)"""
BUTTON = {"zh": "以 企业账号 登录", "en": "Sign in with 企业账号"}


@pytest.fixture(scope="module")
def house(server, merchant, tmp_path_factory):
    """A served installation with a provider, and the provider: (address, provider)."""
    if not os.environ.get("PAIDAN_CONSOLE_DIR") and not ensure_built():
        pytest.skip("the console is not built: Node is missing")
    folder = tmp_path_factory.mktemp("by-provider")
    with held_port() as port:
        provider = new_provider(f"http://127.0.0.1:{port}")
        with on_loopback(provider) as host:
            settings = settings_for(host.base_url(provider.name), home=folder / "home", merchant=merchant, admin_password=PASSWORD)
            make_keyring(keyring_file(settings))
            greet_first_person(settings, server.app_url, must_change=False)
            with serve_in_child(settings, server.app_url, port, log_file=folder / "log") as url:
                yield url, provider


@pytest.fixture
def url(house):
    address, provider = house
    provider.knobs = Knobs()
    return address


@pytest.fixture
def provider(house):
    return house[1]


@pytest.fixture
def visit(one_browser):
    """Opens a browser of somebody's own, who speaks a language and has never been here."""
    opened = []

    def begin(language="zh", width=1440):
        context = one_browser.new_context(viewport={"width": width, "height": 900}, locale="zh-CN" if language == "zh" else "en-US")
        opened.append(context)
        return context.new_page()

    yield begin
    for context in opened:
        context.close()


def at_the_provider(page, choice):
    expect(page.get_by_role("heading", name="pretend provider")).to_be_visible()
    page.get_by_role("button", name=choice).click()


def sign_in(page, url, who, language="zh"):
    page.goto(f"{url}/console/")
    page.get_by_role("link", name=BUTTON[language]).click()
    at_the_provider(page, who)
    page.wait_for_selector("#main")


@pytest.mark.parametrize(
    ("language", "who", "name", "no_password"),
    [("zh", "李娜", "li.na", "您不用密码登录本系统"), ("en", "Sun Yi", "sun", "You do not sign in here by a password")],
)
def test_the_way_there_and_back_ends_where_it_began_signed_in(visit, url, language, who, name, no_password):
    page = visit(language)
    wanted = "/console/orders?f=order_no%3Ais%3ASO1"
    page.goto(url + wanted)
    page.get_by_role("link", name=BUTTON[language]).click()
    at_the_provider(page, who)
    page.wait_for_selector("#main h1")
    assert page.url == url + wanted
    settle(page)
    heard = Heard(page)
    page.goto(f"{url}/console/settings")
    settle(page)
    expect(page.get_by_text(f"{who} ({name})")).to_be_visible()
    expect(page.get_by_text(no_password)).to_be_visible()
    expect(page.locator("input[type=password]")).to_have_count(0)
    expect(page.get_by_text("127.0.0.1").first).to_be_visible()  # his session, in the list of them
    assert heard.complaints == []


def test_whoever_refuses_there_reads_why_and_what_next_and_may_try_again(visit, url, provider):
    page = visit()
    page.goto(f"{url}/console/stock")
    page.get_by_role("link", name=BUTTON["zh"]).click()
    at_the_provider(page, "Refuse")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("统一登录没有放行")
    expect(alert).to_contain_text("重新登录，并在那边同意")
    expect(page).to_have_url(re.compile(r"/console/stock$"))
    provider.knobs.signs = "other key"
    page.get_by_role("link", name=BUTTON["zh"]).click()
    at_the_provider(page, "李娜")
    expect(alert).to_contain_text("身份凭证不可信")
    page.get_by_role("button", name="English").click()
    expect(alert).to_contain_text("cannot be trusted")
    provider.knobs.signs = "well"
    page.get_by_role("link", name=BUTTON["en"]).click()
    at_the_provider(page, "李娜")
    page.wait_for_selector("#main h1")
    assert urlsplit(page.url).path == "/console/stock"
    expect(page.get_by_role("heading", level=1)).to_have_text("Stock")


def test_a_password_goes_on_beside_the_provider(visit, url):
    page = visit()
    page.goto(f"{url}/console/")
    expect(page.get_by_role("link", name=BUTTON["zh"])).to_be_visible()
    page.fill("input[name=username]", NAME)
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_selector("#main")


def test_where_passwords_are_off_the_first_administrator_finds_his_way(visit, url):
    page = visit()
    ways = {"has_password": False, "provider": {"label": "企业账号", "path": "/api/v1/sign-in/provider"}, "told": None}
    page.route("**/api/v1/sign-in/ways*", lambda route: route.fulfill(json=ways))
    page.goto(f"{url}/console/")
    expect(page.get_by_role("link", name=BUTTON["zh"])).to_be_visible()
    expect(page.locator("input")).to_have_count(0)
    page.get_by_role("button", name="首位管理员用密码登录").click()
    page.fill("input[name=username]", NAME)
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_selector("#main")


def test_the_people_page_says_who_signs_in_how_and_lets_somebody_in(visit, url):
    page = visit()
    sign_in(page, url, "王伟")
    page.goto(f"{url}/console/people")
    settle(page)
    row = page.locator("[role=row][id]")
    expect(row.filter(has_text="王伟")).to_contain_text("企业账号")
    expect(row.filter(has_text="admin").filter(has_text="密码")).to_have_count(1)

    page.get_by_role("button", name="新建账号").click()
    dialog = page.locator(".ant-modal")
    dialog.get_by_label("账号", exact=True).fill("zhao")
    dialog.get_by_role("switch", name=re.compile("允许以 企业账号 登录")).click()
    dialog.locator(".ant-btn-primary").click()
    zhao = row.filter(has_text="zhao")
    expect(zhao).to_contain_text("企业账号（待首次登录）")

    zhao.get_by_text("zhao").first.click()
    page.get_by_role("button", name="不再允许以 企业账号 登录").click()
    expect(zhao).to_contain_text("尚无")
    expect(dialog).to_have_count(0)
    zhao.get_by_text("zhao").first.click()
    page.get_by_role("button", name="允许以 企业账号 登录", exact=True).click()
    expect(dialog).to_have_count(0)
    expect(zhao).to_contain_text("待首次登录")


def test_what_must_be_told_to_who_came_in_all_the_same_is_told(visit, url):
    page = visit()
    sign_in(page, url, "王伟")
    page.goto(f"{url}/console/people?tab=roles&sign_in=last_administrator_kept")
    expect(page.get_by_text("您是最后一位管理员")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/console/people\?tab=roles$"))


def test_the_phone_page_leads_to_the_provider_and_back(visit, url):
    page = visit(width=390)
    page.goto(f"{url}/pda")
    page.get_by_role("link", name=BUTTON["zh"]).click()
    at_the_provider(page, "Refuse")
    expect(page.locator(".banner")).to_contain_text("统一登录没有放行")
    assert page.url == f"{url}/pda"
    page.get_by_role("link", name=BUTTON["zh"]).click()
    at_the_provider(page, "李娜")
    expect(page.get_by_text("李娜")).to_be_visible()
    assert urlsplit(page.url).path == "/pda"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/console/?sign_in=sign_in_no_role", "/pda?sign_in=sign_in_no_role"])
def test_the_sign_in_pages_have_no_serious_finding(visit, url, path, theme):
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: cd console && npm ci")
    page = visit(width=390)
    page.emulate_media(color_scheme=theme)
    page.goto(url + path)
    expect(page.get_by_role("link", name=BUTTON["zh"])).to_be_visible()
    expect(page.get_by_text("您在这里没有任何角色")).to_be_visible()
    page.evaluate(AXE.read_text())
    assert page.evaluate(SERIOUS) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
