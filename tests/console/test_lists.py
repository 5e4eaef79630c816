"""The list of orders as one's own tool: saved views, the search box, the way from one order to the next, copies."""

import json
import re
import time

import pytest
from playwright.sync_api import expect

from desk import Desk
from own_shop import buy, free_sku, open_shop, order_of
from paidan.entrypoints.pictures import EVERY_DAY, PASSWORD, settle, signed_in

OTHER = f"wang{time.monotonic_ns() // 1000}"  # a running console may have seen another
FIRST_PASSWORD = "first-" + PASSWORD
MANY = 500


@pytest.fixture(scope="module")
def other_desk(one_desk, chromium, console):
    """A second person, who may make nothing the team's."""
    one_desk.send("/roles", {"code": OTHER, "name": "店员", "rights": ["see", "audit", "hold", "edit_order", "merge", "print"]})
    one_desk.send("/users", {"name": OTHER, "title": "小王", "password": FIRST_PASSWORD, "roles": [OTHER]})
    with signed_in(chromium, console, name=OTHER, password=FIRST_PASSWORD) as page:
        other = Desk(page, console)
        other.send("/me/password", {"present": FIRST_PASSWORD, "new": PASSWORD}, "PUT")
        yield other


@pytest.fixture
def no_views(one_desk, other_desk):
    """No saved view is left of an earlier test, nor columns chosen in it."""
    for one in (one_desk, other_desk):
        for view in one.get("/views"):
            if view["is_mine"]:
                one.send(f"/views/{view['id']}", None, "DELETE")
        one.page.evaluate("localStorage.removeItem('paidan.grid.orders'); sessionStorage.clear()")


def picker(desk):
    return desk.page.get_by_role("button", name=re.compile("视图|已修改|我的急单|团队"), exact=False).first


def menu(desk, *, absent=None):
    """The menu of views, opened."""
    picker(desk).click()
    shown = desk.page.locator(".ant-dropdown:not(.ant-dropdown-hidden) [role=menu]").first
    expect(shown).to_be_visible()
    if absent:
        expect(shown.get_by_role("menuitem", name=absent)).to_have_count(0)
    return shown


def choose(desk, name):
    shown = menu(desk)
    shown.get_by_role("menuitem", name=name).first.click()
    expect(shown).to_be_hidden()


def save_as(desk, name, *, is_team=False):
    choose(desk, "存为新视图")
    desk.dialog.get_by_role("textbox").fill(name)
    if is_team:
        desk.dialog.get_by_label("团队可见").check()
    desk.press_main()
    expect(picker(desk)).to_have_text(re.compile(rf"^{name}\s*$"))


def named_heads(desk):
    return desk.page.locator("[role=columnheader]").filter(has_text=re.compile(r"\S"))


def heads(desk):
    return [text.strip() for text in named_heads(desk).all_inner_texts()]


def has_heads(desk, wanted):
    """A view's columns come with it, but not in the same instant as its name."""
    expect(named_heads(desk)).to_have_text(wanted)


def turn_column(desk, title):
    """Shows a column, or hides it."""
    desk.page.get_by_role("button", name=re.compile("列$")).click()
    desk.page.locator(".ant-popover:not(.ant-popover-hidden)").get_by_role("checkbox", name=title, exact=True).click()
    desk.page.keyboard.press("Escape")
    desk.page.locator("#main h1").click()


def is_changed(desk):
    return expect(picker(desk)).to_contain_text("已修改")


def is_as_saved(desk):
    return expect(picker(desk)).not_to_contain_text("已修改")


def my_view(desk, name):
    return next(view for view in desk.get("/views?list=orders") if view["name"] == name)


@pytest.mark.usefixtures("no_views")
def test_an_opened_view_stays_open_while_it_is_changed_and_can_be_updated(desk):
    desk.at(f"/orders?f={EVERY_DAY}")
    save_as(desk, "我的急单")
    desk.page.locator("button[aria-label^='移除筛选']").first.click()
    is_changed(desk)
    choose(desk, "更新此视图")
    is_as_saved(desk)
    assert my_view(desk, "我的急单")["filters"] == []

    desk.page.get_by_role("group", name="队列").locator("button").first.click()
    is_changed(desk)
    choose(desk, "恢复为")
    is_as_saved(desk)
    expect(desk.page).not_to_have_url(re.compile("[?&]f="))


@pytest.mark.usefixtures("no_views")
def test_grouping_and_columns_are_part_of_a_view(desk):
    desk.at(f"/orders?f={EVERY_DAY}&sort=-paid_minor")
    save_as(desk, "我的急单")
    before = heads(desk)
    turn_column(desk, "平台单号")
    is_changed(desk)
    assert heads(desk) != before
    desk.page.reload()
    settle(desk.page)
    is_changed(desk)  # what was changed stays so
    choose(desk, "恢复为")
    is_as_saved(desk)
    has_heads(desk, before)

    turn_column(desk, "平台单号")
    desk.choose("分组", "店铺", desk.page)
    choose(desk, "更新此视图")
    is_as_saved(desk)
    view = my_view(desk, "我的急单")
    assert (view["group"], view["sort"], "platform_order_no" in view["columns"]) == ("shop", "-paid_minor", False)
    changed = heads(desk)
    choose(desk, "未完结")
    has_heads(desk, before)  # one's own columns come back
    choose(desk, "我的急单")
    expect(desk.page).to_have_url(re.compile("group=shop"))
    expect(desk.page.get_by_role("columnheader", name="平台单号")).to_have_count(0)
    has_heads(desk, changed)


@pytest.mark.usefixtures("no_views")
def test_a_default_view_opens_with_its_columns_and_can_be_taken_back(desk):
    desk.at(f"/orders?f={EVERY_DAY}")
    turn_column(desk, "平台单号")
    save_as(desk, "我的急单")
    choose(desk, "打开订单页时默认用它")
    shown = heads(desk)
    desk.page.evaluate("localStorage.removeItem('paidan.grid.orders')")
    desk.at("/orders")
    expect(picker(desk)).to_contain_text("我的急单")
    expect(desk.page).to_have_url(re.compile("view="))
    is_as_saved(desk)
    has_heads(desk, shown)
    choose(desk, "未完结")
    desk.page.reload()
    settle(desk.page)
    expect(picker(desk)).not_to_contain_text("我的急单")  # everything was wanted on purpose
    desk.page.locator("a[href='/console/stock']").first.click()
    expect(desk.page).to_have_url(re.compile("/stock"))
    desk.page.locator("a[href='/console/orders']").first.click()
    expect(picker(desk)).to_contain_text("我的急单")
    choose(desk, "不再默认用它")
    desk.at("/orders")
    expect(picker(desk)).not_to_contain_text("我的急单")


@pytest.mark.usefixtures("no_views")
def test_a_team_view_is_seen_by_all_changed_by_its_owner_and_the_default_of_whom_it_pleases(desk, other_desk):
    desk.at(f"/orders?f={EVERY_DAY}&group=shop")
    save_as(desk, "团队单", is_team=True)
    choose(desk, "打开订单页时默认用它")
    other_desk.at("/orders")
    expect(picker(other_desk)).not_to_contain_text("团队单")  # a colleague's default is not mine
    choose(other_desk, "团队单")
    expect(other_desk.page).to_have_url(re.compile("group=shop"))
    other_desk.page.locator("button[aria-label^='移除筛选']").first.click()
    is_changed(other_desk)
    menu(other_desk, absent="更新此视图")
    other_desk.page.keyboard.press("Escape")
    other_desk.page.reload()
    settle(other_desk.page)
    choose(other_desk, "恢复为")
    is_as_saved(other_desk)
    choose(other_desk, "打开订单页时默认用它")
    other_desk.at("/orders")
    expect(picker(other_desk)).to_contain_text("团队单")
    desk.at("/orders")
    choose(desk, "不再默认用它")
    other_desk.at("/orders")
    expect(picker(other_desk)).to_contain_text("团队单")
    assert [view["is_default"] for view in (my_view(desk, "团队单"), my_view(other_desk, "团队单"))] == [False, True]
    other_desk.send(f"/views/{my_view(other_desk, '团队单')['id']}/default", None, "DELETE")
    choose(other_desk, "存为新视图")
    expect(other_desk.dialog.get_by_label("团队可见")).to_have_count(0)  # she may not
    other_desk.page.keyboard.press("Escape")


# ---------------------------------------------------------------- the search box


@pytest.fixture
def bought(one_desk, world):
    """An order of our own shop."""
    open_shop(one_desk)
    sku = free_sku(one_desk)["sku_code"]
    number = f"FIND{time.monotonic_ns()}"
    buy(one_desk, number, (sku, 1))
    world.later(seconds=5)
    return {**order_of(one_desk, number), "sku": sku, "number": number}


def search(desk, text):
    desk.page.fill("#page-search", text)
    desk.page.press("#page-search", "Enter")
    expect(desk.page.locator("#main [role=status]", has_text="找到")).to_be_visible()
    settle(desk.page)
    return desk.page.locator("#main [role=status]", has_text="找到")


def paste(desk, text):
    desk.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.page.evaluate("text => navigator.clipboard.writeText(text)", text)
    desk.page.focus("#page-search")
    desk.page.keyboard.press("Control+v")


@pytest.mark.parametrize("by", ["number", "phone", "sku", "initials"])
def test_an_order_is_found_by_whatever_is_known_of_it(desk, bought, by):
    text = {"number": bought["number"], "phone": "5678", "sku": bought["sku"], "initials": "zyxd"}[by]
    desk.at("/orders")
    search(desk, text)
    expect(desk.row(bought["order_no"])).to_be_visible()


def test_an_order_is_found_by_its_waybill(desk):
    rows = desk.get(f"/lists/orders?f={EVERY_DAY}&limit=200")["items"]
    row = next(row for row in rows if row["tracking_nos"])
    desk.at("/orders")
    search(desk, row["tracking_nos"][0])
    expect(desk.row(row["order_no"])).to_be_visible()


def test_a_search_survives_a_reload_and_going_away_and_back(desk, bought):
    desk.at("/orders")
    search(desk, bought["number"])
    search(desk, "zyxd")
    expect(desk.page).to_have_url(re.compile("find=zyxd"))
    desk.page.reload()
    expect(desk.row(bought["order_no"])).to_be_visible()
    expect(desk.page.locator("#page-search")).to_have_value("zyxd")
    desk.page.locator("a[href='/console/stock']").first.click()
    expect(desk.page).to_have_url(re.compile("/stock"))
    desk.page.go_back()
    expect(desk.row(bought["order_no"])).to_be_visible()
    desk.page.go_back()
    expect(desk.page.locator("#page-search")).to_have_value(bought["number"])
    expect(desk.page.locator("[role=row][id]")).to_have_count(1)
    desk.page.get_by_role("button", name="结束查找").click()
    expect(desk.page).not_to_have_url(re.compile("find="))


def test_five_hundred_numbers_are_looked_up_and_the_missing_named(desk):
    known = [row["order_no"] for row in desk.get(f"/lists/orders?f={EVERY_DAY}&limit=50")["items"]]
    unknown = [f"NONE-{n}" for n in range(MANY - len(known))]
    desk.at("/orders")
    paste(desk, "\n".join([*known, *unknown]))
    status = desk.page.locator("#main [role=status]", has_text="找到")
    expect(status).to_contain_text(f"找到 {len(known)} 单")
    expect(status).to_contain_text(f"{len(unknown)} 个未找到")
    expect(status).to_contain_text("NONE-0")
    expect(status.get_by_role("button", name="下一批")).to_have_count(0)
    desk.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    status.get_by_role("button", name="复制未找到的").click()
    expect(desk.page.get_by_text("已复制").first).to_be_visible()
    assert desk.page.evaluate("navigator.clipboard.readText()").split() == unknown
    desk.page.reload()
    expect(status).to_contain_text(f"{len(unknown)} 个未找到")


def test_of_more_than_five_hundred_none_is_left_out_silently(desk):
    [known] = [row["order_no"] for row in desk.get(f"/lists/orders?f={EVERY_DAY}&limit=1")["items"]]
    desk.at("/orders")
    paste(desk, "\n".join([*(f"NONE-{n}" for n in range(MANY)), known]))
    status = desk.page.locator("#main [role=status]", has_text="找到")
    expect(status).to_contain_text("共 501 个单号")
    expect(status).to_contain_text("找到 0 单")
    status.get_by_role("button", name="查下一批 1 个").click()
    expect(status).to_contain_text("找到 1 单")
    expect(desk.row(known)).to_be_visible()
    status.get_by_role("button", name="上一批").click()
    expect(status).to_contain_text("500 个未找到")


def test_more_hits_than_are_shown_are_said(desk):
    row = desk.get(f"/lists/orders?f={EVERY_DAY}&limit=1")["items"][0]
    answer = json.dumps({"kind": "phone", "found": [row["order_no"]], "missing": [], "is_cut": True})
    desk.page.route("**/lists/orders/find", lambda route: route.fulfill(body=answer, content_type="application/json"))
    try:
        desk.at("/orders")
        expect(search(desk, "0000")).to_contain_text("只显示前")
    finally:
        desk.page.unroute("**/lists/orders/find")


# ---------------------------------------------------------------- from one order to the next


def number_of(row):
    return row.locator("a").first.inner_text()


def rows(desk):
    return desk.page.locator("[role=row][id]")


def title(desk):
    return desk.page.locator("#main h1")


def test_the_page_of_an_order_walks_the_list_one_came_from(desk):
    desk.at(f"/orders?f={EVERY_DAY}&sort=paid_minor")
    numbers = [number_of(rows(desk).nth(n)) for n in range(3)]
    for key in ("j", "Enter"):
        desk.page.keyboard.press(key)
    desk.drawer.get_by_role("link", name=numbers[0]).click()
    expect(title(desk)).to_have_text(numbers[0])
    bar = desk.page.get_by_role("navigation", name="列表里的前后订单")
    expect(bar.get_by_role("button", name="上一单")).to_be_disabled()
    desk.page.keyboard.press("j")
    expect(title(desk)).to_have_text(numbers[1])
    bar.get_by_role("button", name="下一单").click()
    expect(title(desk)).to_have_text(numbers[2])
    desk.page.reload()
    desk.page.keyboard.press("k")
    expect(title(desk)).to_have_text(numbers[2])  # nothing is heard before the page is there
    settle(desk.page)
    desk.page.keyboard.press("k")
    expect(title(desk)).to_have_text(numbers[1])
    desk.page.keyboard.press("h")
    desk.page.keyboard.type("jk 等客户确认")
    expect(desk.dialog.get_by_role("textbox", name="说明")).to_have_value("jk 等客户确认")
    expect(title(desk)).to_have_text(numbers[1])
    desk.page.keyboard.press("Escape")
    desk.page.get_by_role("button", name="放弃改动").click()  # what was typed is not lost by a key
    expect(desk.dialog).to_have_count(0)
    bar.get_by_role("link", name="返回订单列表").click()
    expect(desk.page).to_have_url(re.compile(r"/orders\?.*sort=paid_minor"))


def test_an_order_opened_by_its_address_has_no_neighbours(desk):
    row = desk.get(f"/lists/orders?f={EVERY_DAY}&limit=1")["items"][0]
    desk.at(f"/orders/{row['id']}")
    expect(desk.page.get_by_role("button", name="下一单")).to_have_count(0)


# ---------------------------------------------------------------- copies


def test_chosen_rows_are_copied_from_anywhere_but_never_instead_of_text(desk):
    desk.at(f"/orders?f={EVERY_DAY}")
    desk.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    numbers = [number_of(rows(desk).nth(n)) for n in range(2)]
    for key in ("j", "x", "j", "x", "Control+c"):
        desk.page.keyboard.press(key)
    expect(desk.page.get_by_text("已复制 2 行")).to_be_visible()
    lines = desk.page.evaluate("navigator.clipboard.readText()").split("\n")
    assert [line.split("\t")[0] for line in lines] == ["订单号", *numbers]
    desk.page.fill("#page-search", "文字")
    desk.page.focus("#page-search")
    desk.page.keyboard.press("Control+a")
    desk.page.keyboard.press("Control+c")
    assert desk.page.evaluate("navigator.clipboard.readText()") == "文字"


# ---------------------------------------------------------------- filters, groups, columns


def add_filter(desk, field, fill, op=None):
    """A condition by the door beside the chips; `fill` writes its values."""
    desk.page.get_by_role("button", name="添加筛选").click()
    editor = desk.page.locator(".ant-popover:not(.ant-popover-hidden) .ant-popover-content").last
    editor.get_by_label("查找字段").fill(field)
    editor.get_by_role("button", name=field, exact=True).click()
    if op:
        editor.get_by_text(op, exact=True).click()
    fill(editor)
    editor.locator("button[type=submit]").click()


@pytest.mark.usefixtures("no_views")
def test_filters_over_units_goods_places_and_what_is_not_so_stand_as_chips_and_phones_nowhere(desk, bought):
    row = desk.get(f"/lists/orders?f=order_no:is:{bought['order_no']}")["items"][0]
    desk.at("/orders?f=shop:is:OWN")
    bar = desk.page.locator("#main")
    add_filter(desk, "件数", lambda editor: editor.get_by_role("spinbutton").fill("1"), "不多于")
    add_filter(desk, "商品", lambda editor: editor.get_by_label("商品").fill(row["goods"][0]["name"]), "包含")
    add_filter(desk, "市", lambda editor: editor.get_by_label("市").fill("广州市"), "不是")
    for chip in ("件数 不多于 1", "商品 包含", "市 不是 广州市"):
        expect(bar.get_by_role("button", name=re.compile(chip)).first).to_be_visible()
    expect(desk.row(bought["order_no"])).to_be_visible()
    for part in ("units%3Aat_most%3A1", "goods%3Acontains", "city%3Anot"):
        assert part in desk.page.url
    save_as(desk, "我的急单")
    kept = my_view(desk, "我的急单")["filters"]
    assert [text.split(":")[0] for text in kept] == ["shop", "units", "goods", "city"]
    asked = {"action": "flag", "target": {"filters": kept}, "parameters": {"flag": 1}, "is_dry_run": True}
    shown = desk.get("/lists/orders/count?" + "&".join(f"f={text}" for text in kept))["count"]
    assert desk.send("/jobs", asked)["total"] == shown == rows(desk).count()
    add_filter(desk, "市", lambda editor: editor.get_by_label("市").fill("杭州市"), "不是")
    expect(desk.row(bought["order_no"])).to_have_count(0)

    add_filter(desk, "手机号或尾号", lambda editor: editor.get_by_label("手机号或尾号").fill("13812345678"))
    expect(desk.page.locator("#main [role=status]", has_text="找到")).to_be_visible()
    expect(desk.row(bought["order_no"])).to_be_visible()
    assert "13812345678" not in desk.page.url


@pytest.mark.usefixtures("no_views")
def test_groups_say_how_many_there_are_in_all_and_columns_stay_as_they_were_put(desk):
    groups = {group["key"]: group for group in desk.get(f"/lists/orders/groups?group=shop&f={EVERY_DAY}")["groups"]}
    page = desk.at(f"/orders?f={EVERY_DAY}&sort=-paid_minor")
    page.get_by_role("columnheader", name="实付金额").get_by_role("button").click()
    expect(page).not_to_have_url(re.compile("sort="))
    desk.choose("分组", "店铺", page)
    head = page.locator("#main [role=grid] button[aria-expanded]")
    expect(head.first).to_contain_text(re.compile("[0-9]"))
    assert max(group["count"] for group in groups.values()) > 20  # more than is drawn
    names = {shop["code"]: shop["name"] for shop in desk.get("/shops?limit=200")["items"]}
    first = min(groups)
    expect(head.first).to_contain_text(names[first])
    expect(head.first).to_contain_text(f"{groups[first]['count']:,}")
    head.first.click()
    second = sorted(groups)[1]
    expect(head.nth(1)).to_contain_text(f"{groups[second]['count']:,}")
    page.locator("#main [role=grid]").get_by_role("button", name="只看这组").nth(1).click()
    expect(page).to_have_url(re.compile(f"shop%3Ais%3A{second}"))
    expect(head).to_have_count(1)

    desk.at(f"/orders?f={EVERY_DAY}")
    chooser = page.get_by_role("button", name=re.compile("列$"))
    chooser.focus()
    page.keyboard.press("Enter")
    pin = page.get_by_role("button", name="固定: 店铺", exact=True)
    expect(page.locator(".ant-popover input").first).to_be_focused()
    pin.focus()
    page.keyboard.press("Enter")
    expect(pin).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="固定: 订单号", exact=True).click()
    page.get_by_role("button", name="上移: 商品", exact=True).click()
    goods = page.get_by_role("columnheader", name="商品", exact=True)
    wide = goods.bounding_box()["width"]
    page.get_by_role("button", name="变宽: 商品", exact=True).press("Enter")
    page.wait_for_function("([head, width]) => head.offsetWidth === width", arg=[goods.element_handle(), wide + 24])
    page.get_by_role("button", name="变窄: 商品", exact=True).click()
    page.keyboard.press("Escape")
    expect(chooser).to_be_focused()
    put = heads(desk)
    assert put[0] == "店铺"
    page.reload()
    settle(page)
    has_heads(desk, put)
    assert page.locator("[role=columnheader][data-pinned=true]").all_inner_texts() == ["", "店铺"]
    page.locator("[role=grid]").evaluate("grid => grid.scrollTo(600, 0)")
    expect(page.get_by_role("columnheader", name="店铺")).to_be_in_viewport()

    height = rows(desk).first.bounding_box()["height"]
    page.get_by_role("button", name="切换紧凑显示").click()
    expect(page.locator("html")).to_have_attribute("data-compact", "true")
    assert rows(desk).first.bounding_box()["height"] < height
    page.get_by_role("button", name="切换紧凑显示").click()


def test_keys_choose_rows_but_never_while_a_word_is_being_composed(desk):
    page = desk.at(f"/orders?f={EVERY_DAY}")
    for key in ("j", "x", "j", "j", "Shift+X", "k"):
        page.keyboard.press(key)
    chosen = page.locator("[role=row][aria-selected=true]")
    expect(chosen).to_have_count(3)
    composing = "key => document.body.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true, isComposing: true}))"
    for key in ("x", "h", "a", "?"):
        page.evaluate(composing, key)
    expect(chosen).to_have_count(3)
    expect(desk.dialog).to_have_count(0)
    session = page.context.new_cdp_session(page)
    page.focus("#page-search")
    session.send("Input.imeSetComposition", {"text": "hangzhou", "selectionStart": 8, "selectionEnd": 8})
    page.keyboard.press("j")
    session.send("Input.insertText", {"text": "杭州"})
    expect(chosen).to_have_count(3)
    expect(page.locator("#page-search")).to_have_value(re.compile("杭州"))
    page.keyboard.press("Escape")
