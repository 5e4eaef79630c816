"""Somebody whose password an administrator has set: the console asks for one of his own before it shows anything."""

import time

from playwright.sync_api import expect

from paidan.entrypoints.pictures import PASSWORD, settle, signed_in

GIVEN, OWN = "given-" + PASSWORD, "own-" + PASSWORD


def new_person(desk):
    name = f"xin{time.monotonic_ns()}"  # a running console may have seen another
    desk.send("/roles", {"code": name, "name": "新人", "rights": ["see"]})
    desk.send("/users", {"name": name, "title": "小新", "password": GIVEN, "roles": [name]})
    return name


def signs_in(page, console, name, password):
    """By the form, as people do."""
    page.goto(f"{console}/console/")
    page.fill("input[name=username]", name)
    page.fill("input[name=password]", password)
    page.click("button[type=submit]")


def test_a_given_password_is_changed_before_anything_else_is_shown(desk, chromium, console):
    name = new_person(desk)
    with signed_in(chromium, console, name=name, password=GIVEN) as page:
        for path in ("/", "/orders", "/settings"):
            page.goto(f"{console}/console{path}")
            expect(page.get_by_role("heading", name="换成自己的密码")).to_be_visible()
            expect(page.get_by_role("navigation")).to_have_count(0)
        page.get_by_label("当前密码").fill(GIVEN)
        page.get_by_label("新密码").fill(GIVEN)
        page.get_by_role("button", name="修改").click()
        expect(page.get_by_role("alert")).to_contain_text("新密码与原密码相同")
        page.get_by_label("新密码").fill(OWN)
        page.get_by_role("button", name="修改").click()
        expect(page.get_by_role("heading", name="设置", exact=True)).to_be_visible()  # where he wanted to go
        page.goto(f"{console}/console/orders")
        settle(page)
        expect(page.get_by_role("heading", name="订单", exact=True)).to_be_visible()
        page.context.clear_cookies()
        signs_in(page, console, name, OWN)
        expect(page.get_by_role("navigation").first).to_be_visible()


def test_who_does_not_want_to_may_leave(desk, chromium, console):
    with signed_in(chromium, console, name=new_person(desk), password=GIVEN) as page:
        page.goto(f"{console}/console/")
        page.get_by_role("button", name="退出登录").click()
        expect(page.locator("input[name=username]")).to_be_visible()


def test_the_phone_page_sends_him_to_the_console(desk, chromium, console):
    with signed_in(chromium, console, name=new_person(desk), password=GIVEN) as page:
        page.goto(f"{console}/pda")
        expect(page.locator("body")).to_contain_text("密码是别人设的，请先换成自己的")
        expect(page.locator("input[name=username]")).to_be_visible()
