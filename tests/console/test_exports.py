"""What a page lists goes into a file: by its button or Shift+E, with the columns on the screen; master data with the link back to their import."""

import re

import pytest
from playwright.sync_api import expect
from python_calamine import CalamineWorkbook

from paidan.entrypoints.pictures import EVERY_DAY

WORKS = {
    "exceptions": "/exceptions",
    "fulfilments": "/fulfilments",
    "sellable": "/stock",
    "balances": "/stock?by=warehouse",
    "documents": "/documents",
    "differences": "/comparisons",
    "messages": "/messages",
    "prints": "/prints",
    "users": "/people",
    "reveals": "/people?tab=reveals",
}
NO_CELLS = {"", "合并"}
"""Columns of the screen that are no fact of a row: its buttons, and a count that only a fulfilment's own page knows."""
TOLD_OTHERWISE = {"已等": "发生于", "重量": "重量(克)"}
"""A file tells an instant where the screen counts on, and one unit for all rows."""


def fetched(desk):
    """The rows of the file that the open dialog offers."""
    button = desk.dialog.locator("#export-download")
    expect(button).to_be_focused()
    with desk.page.expect_download() as fetching:
        desk.page.keyboard.press("Enter")
    rows = CalamineWorkbook.from_path(fetching.value.path()).get_sheet_by_index(0).to_python()
    desk.page.keyboard.press("Escape")
    expect(desk.dialog).to_have_count(0)
    return rows


def headings(page):
    return [text.strip() for text in page.locator("[role=columnheader]").all_inner_texts()]


@pytest.mark.parametrize("name", WORKS)
def test_the_file_has_the_columns_of_the_screen(desk, name):
    page = desk.at(WORKS[name])
    page.keyboard.press("Shift+E")
    rows = fetched(desk)
    shown = [TOLD_OTHERWISE.get(heading, heading) for heading in headings(page) if heading not in NO_CELLS]
    assert rows[0] == shown
    assert len(rows) > (1 if name in {"sellable", "balances", "documents"} else 0)


def test_a_column_that_is_hidden_is_not_in_the_file_and_filters_hold(desk):
    page = desk.at("/stock?by=warehouse")
    page.get_by_role("button", name=re.compile("列$")).click()
    page.get_by_role("checkbox", name="在途").uncheck()
    page.keyboard.press("Escape")
    [sku] = {row["sku_code"] for row in desk.get("/stock/balances?limit=1")["items"]}
    desk.page.goto(f"{desk.url}/console/stock?by=warehouse&sku={sku}")
    expect(page.locator("[role=row][id]").first).to_contain_text(sku)
    page.get_by_role("button", name="导出", exact=True).click()
    rows = fetched(desk)
    assert "在途" not in rows[0]
    assert {row[0] for row in rows[1:]} == {sku}


def test_bundles_are_a_file_of_their_own_and_the_way_back_is_shown(desk):
    page = desk.at("/products")
    page.get_by_role("button", name="导出", exact=True).click()
    page.get_by_role("menuitem", name="组合装").click()
    expect(desk.dialog.get_by_role("link", name="去导入")).to_have_attribute("href", "/console/imports?kind=bundles")
    assert fetched(desk)[0] == ["组合装编码", "子件编码", "数量", "价格权重"]


def test_bans_are_exported_from_their_page(desk):
    desk.send("/catalog/bans", {"rows": [{"goods_class": "fragile", "region": "650000"}]})
    desk.at("/bans").keyboard.press("Shift+E")
    assert fetched(desk)[:2] == [["品类", "地区", "地区代码"], ["易碎", "新疆维吾尔自治区", "650000"]]


def test_entries_are_exported_from_the_drawer(desk):
    sku = desk.get("/stock/balances?limit=1")["items"][0]["sku_code"]
    desk.at(f"/stock?open={sku}")
    desk.drawer.get_by_role("button", name="导出", exact=True).click()
    rows = fetched(desk)
    assert {row[2] for row in rows[1:]} == {sku}


def test_the_cancelling_dialog_says_that_it_stays_before_the_click(desk):
    page = desk.at(f"/orders?f={EVERY_DAY}")
    page.locator("[role=row][id]").first.locator("input[type=checkbox]").check()
    page.get_by_role("button", name="更多操作").click()
    page.get_by_role("menuitem", name="取消订单").click()
    expect(desk.dialog.get_by_role("alert")).to_contain_text("取消后不能撤销")
    expect(desk.dialog.get_by_role("alert")).to_contain_text("挂起")
    page.keyboard.press("Escape")
