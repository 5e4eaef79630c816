"""A clerk changes where an order goes and what is in it: by keys, by a pasted text, undone by the button that offers it."""

import re

import pytest
from playwright.sync_api import expect

from axe import findings, needs_axe
from paidan.entrypoints.pictures import EVERY_DAY, settle

PASTED = "收货人：李四光 13912345678 广东省广州市天河区体育西路101号"


def lists(page, console, *filters):
    query = "&".join(f"f={one}" for one in filters)
    return page.request.get(f"{console}/api/v1/lists/orders?limit=100&{query}").json()["items"]


@pytest.fixture
def order(page, console, faults):
    """The page of an order that no warehouse has; what the browser complains of is looked at in the end."""
    rows = lists(page, console, "state:is:received")
    open_whole(page, console, rows[-1]["id"])
    yield page
    assert faults == []


def open_whole(page, console, order_id):
    page.goto(f"{console}/console/orders/{order_id}")
    settle(page)


def dialog(page):
    return page.locator(".ant-modal")


def close_codes(page):
    """Close the list of codes that comes while one types: before it is there, the key would close the dialog."""
    offered = page.locator(".ant-select-dropdown:not(.ant-select-dropdown-hidden)")
    expect(offered).to_be_visible()
    page.keyboard.press("Escape")
    expect(offered).to_have_count(0)


def save(page):
    page.locator(".ant-modal .ant-btn-primary").click()
    expect(dialog(page)).to_have_count(0)


def test_an_address_is_pasted_saved_shown_masked_and_undone(order):
    receiver = order.locator("section", has=order.get_by_role("heading", name="收件人"))
    before = receiver.inner_text()
    order.keyboard.press("e")
    order.locator(".ant-modal textarea").fill(PASTED)
    order.keyboard.press("Enter")
    expect(dialog(order).get_by_label("手机")).to_have_value("13912345678")
    expect(dialog(order)).to_contain_text("广东省 / 广州市 / 天河区")
    save(order)
    expect(receiver).to_contain_text("广东省 广州市 天河区")
    expect(receiver).to_contain_text("已人工改地址")
    expect(receiver.get_by_role("group", name="人工地址")).to_contain_text("广东省 广州市 天河区")
    expect(receiver.get_by_role("group", name="平台地址")).not_to_contain_text("广州市")
    told = order.locator("ol > li").filter(has_text="改了收件人的姓名、电话").first
    expect(told.locator("del")).to_contain_text("****")  # before, as it is masked
    expect(told.locator("ins")).to_contain_text(re.compile(r"李\*+ 139\*+78 广东省广州市天河区"))
    assert not any(word in order.locator("#main").inner_text() for word in ("李四光", "13912345678", "体育西路"))
    order.locator("[role=status]").get_by_role("button", name="撤销").click()
    expect(receiver).not_to_contain_text("已人工改地址")
    assert receiver.inner_text() == before


def test_goods_are_changed_by_the_keyboard_and_undone(order):
    lines = order.locator("section", has=order.get_by_role("heading", name="明细"))
    before = lines.locator("tbody").inner_text()
    order.keyboard.press("g")
    dialog(order).get_by_role("button", name="加赠品").click()
    first_sku = dialog(order).locator("fieldset input").first.input_value()
    dialog(order).get_by_role("combobox", name="赠品").fill(first_sku)
    close_codes(order)
    expect(dialog(order)).to_be_visible()
    save(order)
    expect(lines).to_contain_text("赠品")
    told = order.locator("ol > li").filter(has_text="改了要发的商品").first
    expect(told.locator("ins")).to_contain_text(f"{first_sku} × 1")
    order.locator("[role=status]").get_by_role("button", name="撤销").click()
    expect(lines.locator("tbody tr").last).to_contain_text("人工减量")
    assert lines.locator("tbody").inner_text().startswith(before)


def test_a_province_alone_is_no_address(order):
    order.keyboard.press("e")
    dialog(order).get_by_role("combobox").click()
    order.locator(".ant-cascader-menu-item", has_text="浙江省").click()
    expect(order.locator(".ant-cascader-menu-item", has_text="杭州市")).to_be_visible()
    expect(order.locator(".ant-modal .ant-btn-primary")).to_be_disabled()


def test_an_edit_is_not_undone_when_another_followed(order):
    lines = order.locator("section", has=order.get_by_role("heading", name="明细"))
    before, cut = lines.locator("tbody tr").count(), lines.inner_text().count("人工减量")
    for n in (1, 2):
        order.keyboard.press("g")
        sku = dialog(order).locator("fieldset input").first.input_value()
        dialog(order).get_by_role("button", name="加赠品").click()
        dialog(order).get_by_role("combobox", name="赠品").fill(sku)
        close_codes(order)
        save(order)
        expect(lines.locator("tbody tr")).to_have_count(before + n)
    told = order.locator("[role=status]")
    told.get_by_role("button", name="撤销").first.click()
    expect(told).to_contain_text("没有撤销")
    expect(lines.locator("tbody tr")).to_have_count(before + 2)
    assert lines.inner_text().count("人工减量") == cut


def asked_first(page, leave):
    """Try to leave the dialog: it asks, since something is not saved; gives the question."""
    leave()
    question = page.get_by_role("dialog", name="改动还没有保存")
    expect(question.get_by_role("button", name="继续编辑")).to_be_focused()
    return question


def test_no_escape_and_no_click_beside_loses_what_was_typed(order):
    order.route("**/api/v1/catalog/sku-suggestions?*", lambda route: route.fulfill(json=[]))  # as before its list has come

    def escape():
        order.keyboard.press("Escape")

    def beside():
        order.mouse.click(20, 20)

    order.keyboard.press("g")
    dialog(order).get_by_role("button", name="加赠品").click()
    gift = dialog(order).get_by_role("combobox", name="赠品")
    gift.press_sequentially("SKU-0")
    question = asked_first(order, escape)
    escape()
    expect(question).to_have_count(0)
    expect(gift).to_have_value("SKU-0")
    expect(gift).to_be_focused()
    question = asked_first(order, beside)
    question.get_by_role("button", name="继续编辑").click()
    expect(gift).to_have_value("SKU-0")
    asked_first(order, escape).get_by_role("button", name="放弃改动").click()
    expect(dialog(order)).to_have_count(0)
    for key in ("e", "h"):  # a text that is read only later, and a note on an order
        order.keyboard.press(key)
        text = dialog(order).get_by_role("textbox").first
        expect(text).to_be_focused()
        order.keyboard.type("13912345678")
        asked_first(order, escape).get_by_role("button", name="继续编辑").click()
        expect(text).to_have_value("13912345678")
        dialog(order).get_by_role("button", name=re.compile("^(取消|关闭)$")).last.click()  # this says so: nothing is asked
        expect(dialog(order)).to_have_count(0)
    order.keyboard.press("g")
    expect(dialog(order)).to_be_visible()
    escape()
    expect(dialog(order)).to_have_count(0)  # nothing was changed
    needs_axe()
    order.keyboard.press("e")
    dialog(order).get_by_role("textbox").first.fill("13912345678")
    asked_first(order, escape)
    assert findings(order, "[role=dialog]") == []


def test_leaving_everything_out_is_refused_with_what_to_do(order, faults):
    order.keyboard.press("g")
    expect(dialog(order).get_by_role("spinbutton").first).to_be_focused()
    for field in dialog(order).get_by_role("spinbutton").all():
        field.fill("0")
    dialog(order).locator(".ant-btn-primary").click()
    expect(dialog(order).get_by_role("alert")).to_contain_text("取消订单")
    faults.clear()  # the browser calls a refused request an error


def test_what_has_left_is_not_offered_to_be_edited(page, console):
    gone = lists(page, console, "state:is:delivered", EVERY_DAY)
    open_whole(page, console, gone[0]["id"])
    expect(page.get_by_role("button", name="改地址")).to_have_count(0)
    page.keyboard.press("e")
    expect(dialog(page)).to_have_count(0)
