"""Accessibility of what opens above a page: dialogs, drawers, popovers. Day by day some of them in one theme each, by hand all in both."""

import re
import time

import pytest
from playwright.sync_api import expect

from axe import findings, needs_axe
from desk import Desk
from own_shop import RECEIVER, buy, free_sku, open_shop, order_of
from paidan.entrypoints.pictures import EVERY_DAY, THEMES, signed_in

ABOVE = ".ant-modal, .ant-drawer-open, .ant-popover:not(.ant-popover-hidden), .ant-dropdown:not(.ant-dropdown-hidden)"
SHEET = "货品编码,货品名称,重量(克)\nAXE-1,无障碍一号,300\n,没有编码,x\n"


def press(*keys):
    """Keys of the page, one after another."""

    def act(desk):
        for key in keys:
            desk.page.keyboard.press(key)

    return act


def click(*names):
    """Buttons of the page by their names, one after another."""

    def act(desk):
        for name in names:
            desk.page.get_by_role("button", name=re.compile(name)).first.click()

    return act


def first_row(desk):
    desk.page.locator("[role=row][id]").first.click()


def saved_view(desk):
    desk.page.get_by_role("button", name=re.compile("视图")).first.click()
    desk.page.get_by_role("menuitem", name="存为新视图").click()


def filter_of_money(desk):
    desk.page.get_by_role("button", name="添加筛选").click()
    popover = desk.page.locator(".ant-popover:not(.ant-popover-hidden)")
    popover.get_by_role("button", name="实付").first.click()


def chosen_products(desk):
    for box in desk.page.locator("[role=row][id] input").all()[:2]:
        box.check()
    desk.page.get_by_role("button", name=re.compile("批量修改")).click()


def sheet(desk):
    desk.page.locator("input[type=file]").first.set_input_files([{"name": "products.csv", "mimeType": "text/csv", "buffer": SHEET.encode()}])
    expect(desk.page.locator("#main")).to_contain_text("1 行可导入")


def more(name):
    """An entry of the menu of further actions."""

    def act(desk):
        desk.page.get_by_role("button", name="更多操作").click()
        desk.page.get_by_role("menuitem", name=name, exact=True).click()

    return act


def split(desk):
    more("拆单")(desk)
    desk.dialog.get_by_role("spinbutton").first.fill("1")
    expect(desk.dialog.get_by_role("region", name="拆单后的包裹").get_by_role("listitem")).to_have_count(2)
    expect(desk.dialog.get_by_role("status")).to_contain_text("可以执行")


def forced(desk):
    more("强制放行")(desk)
    desk.dialog.get_by_role("textbox").first.fill("客户已确认")
    expect(desk.dialog.get_by_role("status")).to_contain_text("可以执行")


def timed_hold(desk):
    press("j", "h")(desk)
    desk.dialog.get_by_role("button", name="1 天").click()
    expect(desk.dialog).to_contain_text("自动解除")


def read_ours_again(desk):
    """Replays one of our own messages: nobody reads it, so nothing changes."""
    desk.row("发出").first.locator("input[type=checkbox]").check()
    desk.page.get_by_role("button", name="重放所选").click()
    expect(desk.dialog.get_by_role("status")).to_contain_text("不用读 1")


def unsaved(desk):
    click("改地址")(desk)
    desk.dialog.get_by_role("textbox").first.fill("13912345678")
    press("Escape")(desk)
    expect(desk.page.get_by_role("dialog", name="改动还没有保存")).to_be_visible()


# Name: the page (O: an order that can be edited, P: one that waits for its parcel, E: an order is among the exceptions, M: the messages of one), and how it is opened. An import is no dialog, but comes in steps.
OPENED = {
    "palette": ("/guide", press("Control+k")),
    "keys": ("/orders", press("?")),
    "audit": ("/orders", press("j", "a")),
    "hold": ("/orders", press("j", "h")),
    "warehouse": ("/orders", press("j", "w")),
    "print": ("/orders", press("j", "p")),
    "jobs": ("/orders", click("批量操作记录")),
    "view": ("/orders", saved_view),
    "columns": ("/orders", click("列$")),
    "filter": ("/orders", filter_of_money),
    "order drawer": ("/orders", press("j", "Enter")),
    "edit": ("O", click("^修改$")),
    "address": ("O", click("改地址")),
    "lines": ("O", click("改商品")),
    "reveal": ("O", click("查看明文")),
    "product": ("/products", first_row),
    "products": ("/products", chosen_products),
    "shop": ("/shops", first_row),
    "shop wizard": ("/shops", click("接入店铺")),
    "warehouse record": ("/warehouses", first_row),
    "carrier": ("/carriers", first_row),
    "freight": ("/carriers?tab=freight", first_row),
    "ban": ("/bans", click("新增禁运")),
    "system": ("/connections?tab=systems", click("新建连接")),
    "goods": ("/stock", first_row),
    "entry": ("/documents", click("新建入库单")),
    "document": ("/documents", first_row),
    "message": ("M", first_row),
    "person": ("/people", click("新建账号")),
    "role": ("/people?tab=roles", click("新建角色")),
    "key": ("/people?tab=keys", click("新建密钥")),
    "import": ("/imports?kind=products", sheet),
    "split": ("P", split),
    "forced release": ("O", forced),
    "release": ("O", click("^放行$")),
    "cancel": ("O", more("取消订单")),
    "flag": ("O", click("^旗帜")),
    "timed hold": ("/orders", timed_hold),
    "bulk flag": ("/orders", press("j", "f")),
    "views": ("/orders", click("视图")),
    "snooze": ("E", click("^稍后$")),
    "replay": ("M", read_ours_again),
    "sure listings": ("/listings", click("采用全部有把握的")),
    "listing": ("/listings?show=all", first_row),
    "compare": ("/comparisons", click("立即对账")),
    "unsaved": ("O", unsaved),
}


@pytest.mark.parametrize("theme", THEMES)
def test_what_opens_in_turn_has_no_serious_finding(chromium, console, world, theme):
    """Each of the most used in one theme: every eighth in each."""
    look(chromium, console, world, theme, lambda number: number % 8 == 4 * THEMES.index(theme))


@pytest.mark.deep
@pytest.mark.parametrize("theme", THEMES)
def test_nothing_that_opens_has_a_serious_finding(chromium, console, world, theme):
    look(chromium, console, world, theme, lambda _: True)


def look(chromium, console, world, theme, is_wanted):
    needs_axe()
    with signed_in(chromium, console, theme=theme) as page:
        desk, found = Desk(page, console), []
        for number, (name, (path, act)) in enumerate(OPENED.items()):
            if not is_wanted(number):
                continue
            with desk.heard.coming(f"{name} ({theme})"):
                desk.at(PLACES[path](desk, world) if path in PLACES else path)
                act(desk)
                shown = page.locator(ABOVE).first
                if name != "import":
                    expect(shown).to_be_visible()
                expect(page.locator(".ant-skeleton, [aria-busy=true]")).to_have_count(0)
            found += [f"{name}: {finding}" for finding in findings(page, "" if name == "import" else ABOVE)]
        assert "\n".join(desk.heard.complaints + found) == ""


def editable(desk, world):
    """An order that waits for a person, so that all of it can be edited; its page."""
    open_shop(desk)
    number = f"AXE{time.monotonic_ns()}"
    buy(desk, number, (free_sku(desk)["sku_code"], 1), buyer_remark="请包得漂亮些")
    world.later(seconds=5)
    return f"/orders/{order_of(desk, number)['id']}"


def planned(desk, world):
    """An order of two units that waits a while before a warehouse has it."""
    desk.sent("/shops", [{"code": "AXE", "name": "无障碍小店", "platform": "direct", "merge_window_s": 3600}])
    unique = time.monotonic_ns()
    number, somebody = f"AXE{unique}", {**RECEIVER, "name": f"收件{unique}", "phone": f"139{unique % 10**8:08d}"}  # merged with nobody's
    buy(desk, number, (free_sku(desk)["sku_code"], 2), shop="AXE", receiver=somebody)
    world.later(seconds=5)
    return f"/orders/{order_of(desk, number)['id']}"


def its_exception(desk, world):
    editable(desk, world)
    return "/exceptions?kind=hold"


def messages_of_one(desk, _world):
    [told] = desk.get(f"/lists/orders?f={EVERY_DAY}&f=state:is:delivered&f=shop:is:TB-PUSH&limit=1")["items"]
    return f"/messages?key={told['platform_order_no']}"


PLACES = {"O": editable, "P": planned, "E": its_exception, "M": messages_of_one}
