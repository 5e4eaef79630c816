"""What a clerk does all day: find, open, hold, release, many at once."""

import re

import pytest
from playwright.sync_api import expect

from paidan.entrypoints.pictures import EVERY_DAY, PASSWORD, settle, signed_in

EVERY_ORDER = f"/console/orders?f={EVERY_DAY}"


@pytest.fixture
def orders(page, console):
    page.goto(f"{console}/console/orders")
    settle(page)
    return page


def rows(page):
    return page.locator("[role=row][id]")


def choose_one_to_hold(page):
    """Choose the first order that no person holds yet; gives its number."""
    row = rows(page).filter(has_not_text="人工挂起").first
    row.locator("input[type=checkbox]").check()
    return row.locator("a").first.inner_text()


def row_number(page, index=0):
    return rows(page).nth(index).locator("a").first.inner_text()


def test_a_wrong_password_says_what_and_what_next(chromium, console):
    page = chromium.new_context().new_page()
    page.goto(f"{console}/console/")
    page.fill("input[name=username]", "admin")
    page.fill("input[name=password]", "wrong" + PASSWORD)
    page.click("button[type=submit]")
    expect(page.locator("[role=alert]")).to_be_visible()
    page.context.close()


def test_a_queue_filters_the_list_and_the_address(orders):
    orders.get_by_role("group", name="队列").locator("[data-empty=false]").first.click()
    expect(orders).to_have_url(re.compile(r"[?&]f="))
    settle(orders)
    assert rows(orders).count() > 0
    removes = orders.get_by_role("button", name="移除筛选")
    expect(removes).to_have_count(1)
    orders.get_by_role("button", name="待审单", exact=True).click()  # the chip of the queue, opened into its conditions
    expect(removes).to_have_count(2)


def test_numbers_pasted_are_found_and_the_missing_named(orders):
    known = row_number(orders)
    orders.fill("#page-search", f"{known} NO-SUCH-1 NO-SUCH-2")
    orders.press("#page-search", "Enter")
    status = orders.locator("[role=status]", has_text="NO-SUCH-1")
    expect(status).to_contain_text("NO-SUCH-2")
    expect(rows(orders)).to_have_count(1)


def test_on_a_phone_what_can_be_done_stands_in_one_line_in_english_too(chromium, console):
    with signed_in(chromium, console, width=390, language="en") as phone:
        phone.goto(f"{console}/console/orders")
        settle(phone)
        buttons = phone.locator("#main header").first.get_by_role("button")
        expect(buttons).to_have_count(3)
        group = phone.get_by_role("combobox", name="Group")
        middles = [one.bounding_box()["y"] + one.bounding_box()["height"] / 2 for one in [*buttons.all(), group]]
        assert max(middles) - min(middles) < 4, middles


def test_the_keyboard_goes_through_the_list_and_opens_an_order(orders):
    for key in ("j", "j", "x", "k", "Enter"):
        orders.keyboard.press(key)
    expect(orders.locator(".ant-drawer").get_by_text(row_number(orders))).to_be_visible()
    assert rows(orders).nth(1).get_attribute("aria-selected") == "true"
    orders.keyboard.press("j")
    expect(orders.locator(".ant-drawer").get_by_text(row_number(orders, 1))).to_be_visible()
    expect(orders).to_have_title(f"{row_number(orders, 1)} · 订单 · 派单")
    orders.keyboard.press("Escape")
    expect(orders.locator(".ant-drawer-open")).to_have_count(0)
    expect(orders).to_have_title("订单 · 派单")


def test_letters_in_a_field_are_letters(orders):
    orders.click("#page-search")
    orders.keyboard.type("ahwmpx?jk")
    assert orders.input_value("#page-search") == "ahwmpx?jk"
    expect(orders.locator(".ant-modal-container")).to_have_count(0)


def test_an_order_is_a_real_link(orders):
    with orders.context.expect_page() as opened:
        rows(orders).first.locator("a").first.click(modifiers=["Control"])
    expect(opened.value).to_have_url(re.compile(r"/console/orders/\d+$"))


def test_an_order_is_held_and_released_by_hand(orders, console):
    number = choose_one_to_hold(orders)
    orders.keyboard.press("h")
    orders.keyboard.type("等客户确认地址")
    do_it = orders.locator(".ant-modal .ant-btn-primary")
    expect(do_it).to_be_enabled()
    do_it.click()
    expect(orders.get_by_text(f"挂起成功：{number}")).to_be_visible()
    orders.goto(f"{console}/console/orders?find={number}")
    settle(orders)
    rows(orders).first.locator("a").first.click()
    drawer = orders.locator(".ant-drawer")
    hold = drawer.locator("li", has_text="等客户确认地址").first
    expect(hold).to_be_visible()
    hold.get_by_role("button").click()
    orders.keyboard.type("已确认")
    orders.keyboard.press("Enter")
    expect(orders.get_by_text(f"已放行 {number}")).to_be_visible()


def test_a_bulk_action_says_first_what_it_would_do(page, console):
    page.goto(f"{console}{EVERY_ORDER}")
    settle(page)
    page.locator("[role=columnheader] input[type=checkbox]").check()
    page.keyboard.press("w")
    page.locator(".ant-modal .ant-select").click()
    page.locator(".ant-select-item-option").first.click()
    forecast = page.locator(".ant-modal [role=status]")
    expect(forecast).to_contain_text(re.compile(r"\d+ 单不能执行"))
    expect(page.locator(".ant-modal table tbody tr").first).to_be_visible()


def test_all_that_match_is_said_of_one_choice_and_of_no_other(page, console):
    page.goto(f"{console}{EVERY_ORDER}")
    settle(page)
    bar = page.get_by_role("toolbar")
    rows(page).first.locator("input[type=checkbox]").check()
    bar.get_by_role("button", name="选择全部").click()
    expect(bar).to_contain_text(re.compile(r"全部 \d+ 单"))
    second = rows(page).nth(1).locator("input[type=checkbox]")
    expect(second).to_be_checked()
    second.uncheck()
    expect(bar).to_contain_text(re.compile(r"已选 \d+ 单"))
    bar.get_by_role("button", name="选择全部").click()
    page.get_by_role("group", name="队列").locator("[data-empty=false]").first.click()
    expect(bar).to_have_count(0)


def test_a_release_is_taken_back_whatever_version_the_order_has_now(orders, console):
    number = choose_one_to_hold(orders)
    orders.keyboard.press("h")
    orders.keyboard.type("先等一等")
    orders.locator(".ant-modal .ant-btn-primary").click()
    expect(orders.get_by_text(f"挂起成功：{number}")).to_be_visible()
    orders.goto(f"{console}/console/orders?f=order_no:is:{number}")
    rows(orders).first.locator("a").first.click()
    held = orders.get_by_role("listitem").filter(has_text="先等一等").first  # open ones stand first
    held.get_by_role("button", name="解除挂起").click()
    orders.keyboard.type("不用等了")
    orders.keyboard.press("Enter")
    expect(orders.get_by_text(f"已放行 {number}")).to_be_visible()
    orders.get_by_role("button", name="撤销").click()
    expect(orders.get_by_text(f"{number} 已重新挂起")).to_be_visible()
    expect(held.get_by_role("button", name="解除挂起")).to_be_visible()


def test_what_was_done_to_one_is_taken_back_from_the_toast_and_from_the_list_of_what_was_done(orders):
    number = choose_one_to_hold(orders)
    orders.keyboard.press("h")
    orders.keyboard.type("关掉以后再撤销")
    orders.keyboard.press("Enter")
    expect(orders.get_by_text(f"挂起成功：{number}")).to_be_visible()
    expect(orders.locator(".ant-modal")).to_have_count(0)
    orders.get_by_role("button", name="撤销").click()
    expect(orders.get_by_text("挂起 · 已撤销 1 单")).to_be_visible()
    orders.get_by_role("button", name="批量操作记录").click()
    orders.locator(".ant-drawer").get_by_role("button", name="挂起").first.click()
    expect(orders.locator(".ant-modal").get_by_role("status")).to_contain_text("已撤销 1 单")
    orders.locator("#job-close").click()
    orders.keyboard.press("Escape")
    expect(rows(orders).filter(has_text=number).filter(has_text="人工挂起")).to_have_count(0)


def test_the_palette_goes_to_a_page_and_help_names_the_keys(orders):
    orders.keyboard.press("?")
    expect(orders.get_by_text("键盘快捷键").first).to_be_visible()
    orders.keyboard.press("Escape")
    for typed in ("库存", "kucun", "KC"):
        orders.keyboard.press("Control+k")
        orders.keyboard.type(typed)
        expect(orders.get_by_role("option").first).to_have_text("库存")
        orders.keyboard.press("Escape")
    orders.keyboard.press("Control+k")
    orders.keyboard.type("kc")
    orders.keyboard.press("Enter")
    expect(orders).to_have_url(re.compile(r"/console/stock"))


def test_what_one_browser_claims_or_changes_another_sees(chromium, console, orders):
    with signed_in(chromium, console) as other:
        other.goto(f"{console}/console/orders")
        settle(other)
        choose_one_to_hold(orders)
        orders.keyboard.press("h")
        orders.keyboard.type("两个人同时看")
        do_it = orders.locator(".ant-modal .ant-btn-primary")
        expect(do_it).to_be_enabled()
        do_it.click()
        expect(other.get_by_role("button", name=re.compile("条有更新"))).to_be_visible()
