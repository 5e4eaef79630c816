"""Exceptions: rows stand still while people read them, clocks go on, and what is suggested mends each of them."""

import re
import time

import pytest
from playwright.sync_api import expect

from own_shop import RECEIVER, buy, free_sku, open_shop, order_of
from paidan.runtime.outbox import OutboxRow, put

LONG_AGO = "2026-01-01T00:00:00Z"


def number_of(row):
    return row.locator("a").first.inner_text()


def rows(desk):
    return desk.page.locator("[role=row][id]")


def title(desk):
    return desk.page.locator("#main h1")


@pytest.fixture
def held(one_desk, world):
    """Two orders among the exceptions, the most pressing of all."""
    open_shop(one_desk)
    sku = free_sku(one_desk)["sku_code"]
    made = [f"EXC{time.monotonic_ns()}{n}" for n in range(2)]
    for number in made:
        buy(one_desk, number, (sku, 1), buyer_remark="请包得漂亮些", ship_by_at=LONG_AGO)
    world.later(seconds=5)
    return [order_of(one_desk, number) for number in made]


def test_on_the_exceptions_the_drawer_follows_the_row_and_keys_work_on_its_order(desk, held):
    del held
    desk.at("/exceptions?kind=hold")
    numbers = [desk.cells(rows(desk).nth(n))["订单"] for n in range(2)]
    desk.page.keyboard.press("j")
    desk.page.keyboard.press("h")
    expect(desk.dialog).to_contain_text("挂起")
    desk.page.keyboard.press("Escape")
    expect(desk.dialog).to_have_count(0)
    desk.page.keyboard.press("Enter")
    expect(desk.drawer).to_contain_text(numbers[0])
    desk.page.keyboard.press("j")
    expect(desk.drawer).to_contain_text(numbers[1])
    desk.page.keyboard.press("h")
    desk.page.keyboard.type("等仓库回话")
    do_it = desk.dialog.locator(".ant-btn-primary")
    expect(do_it).to_be_enabled()
    do_it.click()
    expect(desk.dialog).to_have_count(0)
    open_holds = [hold["note"] for hold in desk.get(f"/orders/by-number/{numbers[1]}")["holds"] if hold["closed_at"] is None]
    assert "等仓库回话" in open_holds
    desk.page.keyboard.press("k")
    expect(desk.drawer).to_contain_text(numbers[0])
    desk.drawer.get_by_role("link", name=numbers[0]).click()
    expect(title(desk)).to_have_text(numbers[0])
    desk.page.keyboard.press("j")
    expect(title(desk)).not_to_have_text(numbers[0])
    desk.page.get_by_role("link", name="返回异常列表").click()
    expect(desk.page).to_have_url(re.compile(r"/exceptions\?kind=hold"))


def test_news_is_counted_while_no_row_jumps_and_clocks_go_on(desk, world, held):
    desk.at("/exceptions?kind=hold")
    before = [number_of(one) for one in rows(desk).all()]
    number = f"EXC{time.monotonic_ns()}"
    due = desk.get("/me")["now"]
    buy(desk, number, (free_sku(desk)["sku_code"], 1), buyer_remark="快一点", ship_by_at=due)
    world.later(seconds=5)
    news = desk.page.get_by_role("button", name=re.compile("条有更新"))
    expect(news).to_be_visible()
    mine = desk.row(held[0]["order_no"])
    mine.get_by_role("button", name="认领").click()
    expect(mine).to_contain_text("admin")
    desk.send(f"/orders/{held[1]['id']}/release", {"note": "看过了"}, **{"if-match": f'"v{order_of(desk, held[1]["platform_order_no"])["version"]}"'})
    expect(desk.row(held[1]["order_no"])).to_contain_text("已处理")
    assert [number_of(one) for one in rows(desk).all()] == before
    news.click()
    newest = desk.row(order_of(desk, number)["order_no"])
    expect(newest).to_be_visible()
    expect(desk.row(held[1]["order_no"])).to_have_count(0)
    clock = newest.get_by_text(re.compile(r"已超时 \d:\d\d"))
    told = clock.inner_text()
    expect(newest).not_to_contain_text(told)  # to the second, without a reload


def test_what_is_suggested_mends_each_kind_with_one_click(desk, world, held):
    sku, stamp = free_sku(desk)["sku_code"], time.monotonic_ns()
    buy(desk, f"MAP{stamp}", (f"NIX{stamp}", 1), ship_by_at=LONG_AGO)
    buy(desk, f"ADR{stamp}", (sku, 1), receiver={**RECEIVER, "province": "", "city": "", "district": "", "detail": "不知何处"}, ship_by_at=LONG_AGO)
    with world.services.database.transaction() as tx:
        asked = OutboxRow(lane="carrier", kind="none", business_key=f"ASK{stamp}", due_at=world.now.replace(year=world.now.year + 1))
        [call_id] = put(tx, world.services.ids, [asked])
        tx.execute("UPDATE outbox SET state = 3, attempts = 1 WHERE id = %s", (call_id,))
    world.later(seconds=5)
    unmapped, nowhere = order_of(desk, f"MAP{stamp}"), order_of(desk, f"ADR{stamp}")

    desk.at("/exceptions?kind=call_unknown")
    call = desk.row(f"ASK{stamp}")
    expect(call.get_by_role("link", name="查往来")).to_have_attribute("href", re.compile(f"key=ASK{stamp}"))
    call.get_by_role("button", name="再问对方").click()
    expect(desk.page.get_by_text("已处理").first).to_be_visible()
    assert world.query("SELECT due_at <= %s FROM outbox WHERE id = %s", world.now, call_id) == [(True,)]
    world.query("DELETE FROM outbox WHERE id = %s", call_id)

    desk.at("/exceptions")
    snoozed = desk.row(held[0]["order_no"])
    snoozed.get_by_role("button", name="稍后").click()
    desk.page.get_by_role("menuitem", name="1 小时后").click()
    expect(snoozed).to_have_count(0)
    desk.page.get_by_role("button", name="撤销").click()
    expect(snoozed).to_have_count(1)
    snoozed.get_by_role("button", name="稍后").click()
    desk.page.get_by_role("menuitem", name="1 小时后").click()
    expect(snoozed).to_have_count(0)
    desk.page.get_by_label("含稍后处理的").click()
    expect(snoozed).to_contain_text("前静音")

    desk.row(nowhere["order_no"]).get_by_role("button", name="改地址").click()
    desk.dialog.locator("textarea").fill("李四光 13912345678 广东省广州市天河区体育西路101号")
    desk.page.keyboard.press("Enter")
    expect(desk.dialog).to_contain_text("广东省 / 广州市 / 天河区")
    desk.press_main()

    desk.row(unmapped["order_no"]).get_by_role("button", name="去匹配").click()
    expect(desk.page).to_have_url(re.compile("/listings.only="))
    listing = rows(desk)
    expect(listing).to_have_count(1)
    expect(listing).to_contain_text(f"NIX{stamp}")
    listing.get_by_role("combobox", name="选择 SKU").fill(sku)
    desk.page.locator(".ant-select-item-option", has_text=sku).click()
    expect(desk.page.get_by_text("等它的订单马上重新匹配")).to_be_visible()
    world.later(seconds=5)
    assert [order_of(desk, one["platform_order_no"])["holds"] for one in (unmapped, nowhere)] == [[], []]
    desk.page.get_by_role("link", name="回到异常").first.click()
    expect(desk.row(held[1]["order_no"])).to_be_visible()
    gone = {one["order_no"] for one in (unmapped, nowhere)}
    assert [row["kind"] for row in desk.get("/exceptions?limit=200")["items"] if row["order_no"] in gone] == []
    for one in (unmapped, nowhere):
        expect(desk.row(one["order_no"])).to_have_count(0)
