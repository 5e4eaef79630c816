"""Lists without rows teach: with filters on they name them and take them off; without any they say what would be here and lead there."""

import re

import pytest
from playwright.sync_api import expect

from paidan.entrypoints.pictures import settle, signed_in

FILTERED = {
    "/exceptions?owner=me": ["处理人"],
    "/fulfilments?warehouse=NOWHERE": ["仓库"],
    "/fulfilments?state=planned&warehouse=NOWHERE": ["状态", "仓库"],
    "/stock?sku=NO-SUCH": ["NO-SUCH"],
    "/stock?sku=NO-SUCH&alarms=true": ["NO-SUCH", "只看告警"],
    "/stock?by=warehouse&sku=NO-SUCH": ["NO-SUCH"],
    "/messages?key=NO-SUCH": ["NO-SUCH"],
    "/prints?kind=label&order_no=NO-SUCH": ["单据", "NO-SUCH"],
}


@pytest.mark.parametrize("path", FILTERED)
def test_a_filtered_list_without_rows_says_which_filter_to_lift(desk, path):
    page = desk.at(path)
    main = page.locator("#main")
    expect(main).to_contain_text("没有符合筛选的行")
    names = FILTERED[path]
    for name in names:
        expect(main.get_by_role("button", name=f"取消筛选“{name}”")).to_be_visible()
    for name in names:
        main.get_by_role("button", name=f"取消筛选“{name}”").click()
    expect(main).not_to_contain_text("没有符合筛选的行")
    assert not re.search(r"NO-SUCH|NOWHERE|owner|state=|alarms|kind=", page.url)


def test_several_filters_are_taken_off_at_once(desk):
    page = desk.at("/prints?kind=label&order_no=NO-SUCH")
    page.get_by_role("button", name="清空筛选").click()
    expect(page.locator("#main")).not_to_contain_text("没有符合筛选的行")
    assert page.url.endswith("/prints")


def test_filters_of_orders_are_named_as_their_chips_name_them(desk):
    page = desk.at("/orders?f=order_no:is:NO-SUCH&f=flag:is:5")
    main = page.locator("#main")
    expect(main).to_contain_text("没有符合条件的订单")
    lift = main.get_by_role("button", name="取消筛选“")
    expect(lift).to_have_count(2)
    lift.first.click()
    expect(lift).to_have_count(1)
    assert "NO-SUCH" not in page.url


def test_an_address_that_a_list_does_not_take_is_told_in_words_with_the_way_out(desk):
    page = desk.at("/orders?f=placed_at:until:9999-01-01&f=city:is:上海")
    told = page.get_by_role("alert").filter(has_text="不能用")
    expect(told).to_contain_text("“下单时间”可以选：不早于 · 早于 · 介于")
    expect(told).not_to_contain_text("placed_at")
    told.get_by_role("button", name="取消筛选").click()
    expect(told).to_have_count(0)
    assert "placed_at" not in page.url
    assert "city" in page.url
    page = desk.at("/fulfilments?state=nothing")
    told = page.get_by_role("alert").filter(has_text="要求：以下之一：planned（待下发）")
    told.get_by_role("button", name="取消筛选“状态”").click()
    expect(told).to_have_count(0)
    desk.clear()  # the browser complained of what was refused, as it should


def test_what_has_been_searched_for_is_taken_off_too(desk):
    page = desk.at("/products")
    page.get_by_role("combobox", name="按编码、条码或名称查找").fill("NO-SUCH")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="取消筛选“NO-SUCH”").click()
    expect(page.locator("[role=row][id]").first).to_be_visible()


EMPTY = {"/people?tab=keys": "**/api/v1/keys*", "/connections?tab=translations": "**/api/v1/network/translations*"}
"""Pages, and what they read: other tests leave rows there, so the answer is emptied on its way."""
IN_TURN = ["zh", pytest.param("en", marks=pytest.mark.deep)]  # the crawl sees every page in both


def emptied(route):
    answer = route.fetch()
    body = answer.json()
    route.fulfill(response=answer, json={**body, "items": []} if isinstance(body, dict) else [])


@pytest.mark.parametrize("language", IN_TURN)
def test_an_empty_list_says_what_would_be_here_and_the_next_step(chromium, console, language):
    with signed_in(chromium, console, language=language) as page:
        for path, asked in EMPTY.items():
            page.route(asked, emptied)
            page.goto(f"{console}/console{path}")
            settle(page)
            empty = page.locator("h2:has(+ p)").last
            expect(empty).to_be_visible()
            expect(empty.locator("xpath=..").locator("a, button").first).to_be_visible()


@pytest.mark.parametrize("language", IN_TURN)
def test_the_drawer_of_a_sku_fits_a_phone(chromium, console, desk, language):
    sku = desk.get("/stock/balances?limit=1")["items"][0]["sku_code"]
    with signed_in(chromium, console, width=390, language=language) as page:
        page.goto(f"{console}/console/stock?open={sku}")
        settle(page)
        drawer = page.locator(".ant-drawer-body")
        expect(drawer.locator("table").nth(2)).to_be_visible()
        wide = drawer.evaluate(
            "body => [...body.querySelectorAll('section, section > div, table')].filter(one => one.scrollWidth > one.clientWidth + 1).length"
        )
        assert wide == 0
        expect(drawer.locator("tbody tr").first).to_contain_text(re.compile(r"\d"))
