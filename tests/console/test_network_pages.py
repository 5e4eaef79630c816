"""Pages for who runs the house: channels and connections, bans, what words mean, stock against the warehouses' counts."""

import pytest
from playwright.sync_api import expect

from paidan.entrypoints.pictures import settle


@pytest.fixture
def at(page, console):
    def go(path):
        page.goto(f"{console}/console{path}")
        settle(page)
        return page

    return go


def test_a_channel_says_how_far_it_was_read_and_is_read_again_at_once(at):
    page = at("/connections")
    shop = page.locator("section", has=page.get_by_role("button", name="立即读取")).first
    expect(shop).to_contain_text("读到")
    shop.get_by_role("button", name="立即读取").click()
    expect(page.get_by_text("马上读取")).to_be_visible()


def test_a_warehouse_system_is_shown_with_who_uses_it_and_its_secrets_never(at):
    page = at("/connections?tab=systems")
    card = page.locator("section", has_text="奇门").first
    expect(card.locator("li").first).to_be_visible()
    card.get_by_role("button", name="编辑").click()
    dialog = page.locator(".ant-modal")
    expect(dialog.get_by_label("密钥（保存后不再显示）")).to_have_value("")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_a_word_of_a_warehouse_gets_a_meaning(at):
    page = at("/connections?tab=translations")
    page.get_by_role("button", name="新建翻译").first.click()
    dialog = page.locator(".ant-modal")
    dialog.get_by_label("对方的词").fill("WAITING_FOR_TRUCK")
    dialog.get_by_role("combobox", name="含义").click()
    page.locator(".ant-select-item-option", has_text="只记入时间线").click()
    dialog.locator(".ant-btn-primary").click()
    row = page.locator("tbody tr", has_text="WAITING_FOR_TRUCK")
    expect(row).to_contain_text("只记入时间线")
    expect(row).to_contain_text("仓内进度")


def test_goods_are_banned_from_a_region_and_allowed_again(at):
    page = at("/bans")
    page.get_by_role("button", name="新增禁运").first.click()  # an empty list offers it once more
    dialog = page.locator(".ant-modal")
    dialog.get_by_role("combobox", name="品类").click()
    page.locator(".ant-select-item-option", has_text="易碎").click()
    dialog.get_by_role("combobox", name="地区").fill("新疆")
    page.locator(".ant-select-item-option", has_text="新疆").click()
    dialog.locator(".ant-btn-primary").click()
    row = page.locator("tbody tr", has_text="新疆维吾尔自治区")
    expect(row).to_contain_text("易碎")
    row.get_by_role("button", name="解除").click()
    page.locator(".ant-popover .ant-btn-primary").click()
    expect(row).to_have_count(0)


def test_a_warehouse_is_asked_for_its_stock(at):
    page = at("/comparisons?tab=log")
    page.get_by_role("button", name="立即对账").click()
    dialog = page.locator(".ant-modal")
    dialog.get_by_role("combobox", name="仓库").click()
    page.locator(".ant-select-item-option").first.click()
    dialog.locator(".ant-btn-primary").click()
    expect(page.locator(".ant-modal").or_(page.get_by_text("进行中")).first).to_be_visible()


def test_a_difference_is_accepted_with_its_reason(at):
    """A played day leaves none: one is put before the page, and what the page would send is looked at."""
    found = {
        "id": "7",
        "version": 3,
        "warehouse_code": "HZ",
        "sku_code": "21544",
        "sku_name": "茶杯",
        "grade": 1,
        "theirs": 8,
        "ours": 10,
        "difference": -2,
        "looks": 2,
        "found_at": "2026-11-11T04:00:00Z",
        "seen_at": "2026-11-11T04:00:00Z",
        "settled_at": None,
        "settled_by": "",
        "note": "",
        "document_id": None,
    }
    page, sent = at("/comparisons"), []
    page.route("**/api/v1/stock/differences?*", lambda route: route.fulfill(json={"items": [found], "next": None}))
    page.route(
        "**/api/v1/stock/differences/7/accept",
        lambda route: (sent.append(route.request.post_data_json), route.fulfill(json={"document_id": "1", "quantity": -2})),
    )
    page.reload()
    settle(page)
    page.locator("[role=row][id]").first.click()
    page.keyboard.press("Enter")
    dialog = page.locator(".ant-modal")
    expect(dialog).to_contain_text("HZ 报 8 件，我方账上 10 件")
    expect(dialog.locator(".ant-btn-primary")).to_be_disabled()
    dialog.get_by_label("原因").fill("盘点确认少 2 件")
    page.keyboard.press("Enter")
    expect(page.get_by_text("21544 已调整 -2")).to_be_visible()
    assert sent == [{"version": 3, "note": "盘点确认少 2 件"}]
