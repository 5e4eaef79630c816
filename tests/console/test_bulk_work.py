"""Work on many orders by the page: merged, taken apart, split, flagged, audited and forced, held for a time, tried again; and what an order tells of it."""

import re
from itertools import count

import pytest
from playwright.sync_api import expect

from own_shop import RECEIVER, buy, order_of

SHOP = "MRG"
NUMBERS = count(1)
ELSEWHERE = {**RECEIVER, "name": "李小红", "phone": "13800000021", "detail": "武林路 1 号"}
NOWHERE = {**RECEIVER, "name": "火星人", "phone": "13800000022", "province": "火星", "city": "环形山", "district": "", "detail": "一号坑"}


@pytest.fixture
def two_skus(desk):
    """Codes of the two goods there is most of: other files' orders want theirs too."""
    desk.sent("/shops", [{"code": SHOP, "name": "合单小店", "platform": "direct", "merge_window_s": 3600}])
    rows = desk.get("/stock/sellable?limit=200")["items"]
    rich = sorted((row for row in rows if row["shown"]), key=lambda row: -row["sellable"])
    return [row["sku_code"] for row in rich[:2]]


def bought(desk, world, *orders):
    """Orders of this shop as the list tells them, once the pass has been."""
    numbers = [f"BULK{world.now:%m%d%H%M%S}{next(NUMBERS)}" for _ in orders]
    for number, (lines, more) in zip(numbers, orders, strict=True):
        buy(desk, number, *lines, shop=SHOP, **more)
    world.later(seconds=5)
    return [order_of(desk, number) for number in numbers]


def listed(desk, orders):
    """The list of these orders and no others."""
    return desk.at("/orders?f=order_no:is:" + "|".join(order["order_no"] for order in orders))


def choose_all(desk):
    desk.page.locator("[role=columnheader] input[type=checkbox]").check()


def do_it(desk, forecast):
    """Do what the open dialog says it would do, and wait for its results."""
    expect(desk.dialog.get_by_role("status")).to_contain_text(forecast)
    desk.dialog.get_by_role("button", name=re.compile(r"^执行")).click()
    expect(desk.dialog.get_by_role("status")).to_contain_text("完成")


def do_to_one(desk, name):
    """Do what the open dialog says can be done to the one order: a toast tells it, with nothing left to close."""
    expect(desk.dialog.get_by_role("status")).to_contain_text("可以执行")
    desk.dialog.get_by_role("button", name=name, exact=True).click()
    expect(desk.dialog).to_have_count(0)
    expect(desk.page.get_by_text(f"{name}成功").last).to_be_visible()


def close(desk):
    desk.page.locator("#job-close").click()
    expect(desk.dialog).to_have_count(0)


def menu(desk, name):
    desk.page.get_by_role("button", name="更多操作").click()
    desk.page.get_by_role("menuitem", name=name, exact=True).click()


def section(desk, name):
    return desk.page.locator("section", has=desk.page.get_by_role("heading", name=name))


def test_orders_are_merged_from_the_list_seen_to_travel_together_and_taken_apart(desk, world, two_skus):
    first, second, third = bought(desk, world, ([(two_skus[0], 1)], {}), ([(two_skus[0], 1)], {}), ([(two_skus[1], 1)], {"receiver": ELSEWHERE}))
    listed(desk, [first, second, third])
    choose_all(desk)
    desk.page.keyboard.press("m")
    expect(desk.dialog.get_by_role("list", name="按原因统计")).to_contain_text("没有可合并的订单 1")
    do_it(desk, "2 单可执行")
    expect(desk.dialog.locator("tbody tr")).to_have_text(re.compile(third["order_no"]))
    desk.dialog.get_by_text("成功 2", exact=True).click()
    expect(desk.dialog.locator("tbody tr")).to_have_count(2)
    close(desk)
    world.later(seconds=5)
    desk.at(f"/orders/{first['id']}")
    expect(section(desk, "发货单与包裹").get_by_role("link", name=second["order_no"])).to_be_visible()
    told = section(desk, "时间线").locator("li").filter(has_text="与 1 张订单合单")
    expect(told.get_by_role("link", name=second["order_no"]).first).to_have_attribute("href", f"/console/orders/{second['id']}")
    why = section(desk, "为什么是这个仓")
    chosen = why.locator("tbody tr").filter(has_text="选中")
    [carrier] = [
        one["name"]
        for one in desk.get("/network/carriers?limit=200")["items"]
        if one["code"] == order_of(desk, first["platform_order_no"])["carriers"][0]
    ]
    expect(chosen).to_contain_text(carrier)
    expect(chosen).to_contain_text("¥")
    placed = [one["name"] for one in desk.get("/network/warehouses?limit=200")["items"] if one["longitude"] or one["latitude"]]
    candidates = why.locator("tbody tr").all_inner_texts()
    expect(why.locator("svg circle")).to_have_count(sum(any(name in row for name in placed) for row in candidates))
    messages = section(desk, "报文")
    messages.get_by_role("button", expanded=False).last.click()
    raw, mapped = messages.get_by_text("原文"), messages.get_by_text("我们读到的")
    expect(raw).to_be_visible()
    expect(mapped).to_be_visible()
    assert raw.bounding_box()["x"] < mapped.bounding_box()["x"], "side by side"
    listed(desk, [first])
    choose_all(desk)
    menu(desk, "取消合并")
    do_to_one(desk, "取消合并")


def test_an_order_is_split_by_units_flagged_and_found_by_its_flag(desk, world, two_skus):
    [order] = bought(desk, world, ([(two_skus[0], 3), (two_skus[1], 1)], {"receiver": ELSEWHERE}))
    desk.at(f"/orders/{order['id']}")
    menu(desk, "拆单")
    field = desk.dialog.get_by_role("spinbutton", name=f"拆出 {two_skus[0]}")
    field.fill("2")
    expect(desk.dialog.get_by_role("region", name="拆单后的包裹").get_by_role("listitem")).to_have_count(2)
    expect(desk.dialog.get_by_role("listitem").filter(has_text="新发货单")).to_contain_text("× 2")
    field.fill("3")
    desk.dialog.get_by_role("spinbutton", name=f"拆出 {two_skus[1]}").fill("1")
    expect(desk.dialog.get_by_role("status")).to_contain_text("至少留一件")
    field.fill("2")
    do_to_one(desk, "拆单")
    expect(section(desk, "发货单与包裹").locator("li").filter(has_text="FH")).to_have_count(2)
    expect(section(desk, "时间线").locator("li").filter(has_text="拆单：从 FH").first).to_contain_text("第 1 行 × 2、第 2 行 × 1")
    desk.page.get_by_role("button", name=re.compile("^旗帜")).click()
    desk.page.get_by_role("menuitem", name="黄").click()
    expect(desk.page.get_by_role("button", name="旗帜: 黄")).to_be_visible()
    expect(section(desk, "时间线").locator("li").filter(has_text="改了旗帜").first).to_contain_text(re.compile("无旗帜.*黄"))
    desk.at("/orders?f=flag:is:2")
    row = desk.row(order["order_no"])
    expect(row.get_by_role("img", name="黄").first).to_be_visible()
    row.locator("input[type=checkbox]").check()
    desk.page.keyboard.press("f")
    desk.dialog.get_by_text("无旗帜").click()
    do_to_one(desk, "标旗")
    expect(desk.row(order["order_no"])).to_have_count(0)


def test_all_that_match_are_audited_the_rest_forced_held_for_a_time_and_tried_again(desk, world, two_skus):
    goods = [(two_skus[0], 1)]
    orders = bought(desk, world, (goods, {"buyer_remark": "快一点"}), (goods, {"buyer_remark": "送礼用"}), (goods, {"receiver": NOWHERE}))
    listed(desk, orders)
    desk.row(orders[0]["order_no"]).locator("input[type=checkbox]").check()
    desk.page.get_by_role("button", name="选择全部").click()
    desk.page.keyboard.press("a")
    expect(desk.dialog.get_by_role("checkbox", name=re.compile("1 单可以强制放行"))).to_be_visible()
    do_it(desk, "2 单可执行")
    desk.dialog.get_by_label("强制放行的原因").fill("买家自提")
    desk.dialog.get_by_role("button", name="强制放行这 1 单").click()
    expect(desk.dialog.get_by_role("status")).to_contain_text("成功 1")
    close(desk)
    [forced] = [hold for hold in desk.get(f"/orders/{orders[2]['id']}")["holds"] if hold["closed_at"]]
    assert forced["close_note"] == "买家自提"
    desk.send(f"/orders/{orders[0]['id']}/hold", {"note": "先占住"}, **{"if-match": "*"})
    listed(desk, orders)
    choose_all(desk)
    desk.page.keyboard.press("h")
    desk.page.keyboard.type("等两个小时")
    desk.dialog.get_by_role("button", name="2 小时").click()
    expect(desk.dialog.get_by_role("list", name="按原因统计")).to_contain_text("已人工挂起 1")
    do_it(desk, "2 单可执行")
    desk.send(f"/orders/{orders[0]['id']}/release", {"note": "让开"}, **{"if-match": "*"})
    desk.dialog.get_by_role("button", name="重试未执行的 1 单").click()
    expect(desk.dialog.get_by_role("status")).to_contain_text("成功 3，未执行 0")
    close(desk)
    held = [hold for order in orders for hold in desk.get(f"/orders/{order['id']}")["holds"] if not hold["closed_at"]]
    assert [hold["note"] for hold in held] == ["等两个小时"] * 3
    assert all(hold["expires_at"] for hold in held)
    world.later(hours=2, minutes=1)
    desk.at(f"/orders/{orders[1]['id']}")
    expect(section(desk, "时间线").locator("li").filter(has_text="到期自动解除")).to_have_count(1)
