"""Two people at once: what one takes the other sees at once, and what both change is merged instead of lost."""

import time
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from desk import Desk
from own_shop import buy, free_sku, open_shop, order_of
from paidan.entrypoints.pictures import PASSWORD, signed_in

SEEN_WITHIN_MS = 2_000
OTHER = f"li{time.monotonic_ns() // 1000}"  # a running console may have seen another
FIRST_PASSWORD = "first-" + PASSWORD
IS_CLICKED_THROUGH = """words => {
  const { x, y, width, height } = words.getBoundingClientRect()
  return !document.elementFromPoint(x + width / 2, y + height / 2).closest('[role=status]')
}"""


@pytest.fixture(scope="module")
def other_desk(one_desk, chromium, console):
    """A second person in a browser of her own."""
    rights = ["see", "audit", "hold", "edit_order", "stock", "masters", "messages"]
    one_desk.send("/roles", {"code": OTHER, "name": "店长", "rights": rights})
    one_desk.send("/users", {"name": OTHER, "title": "小李", "password": FIRST_PASSWORD, "roles": [OTHER]})
    with signed_in(chromium, console, name=OTHER, password=FIRST_PASSWORD) as page:
        other = Desk(page, console)
        other.send("/me/password", {"present": FIRST_PASSWORD, "new": PASSWORD}, "PUT")
        yield other


def test_a_person_s_role_is_told_by_its_name(desk, other_desk):
    del other_desk
    desk.at("/people")
    assert desk.cells(desk.row(OTHER))["角色"] == "店长"


def test_what_another_changed_of_a_person_is_merged_in(desk, other_desk):
    del other_desk
    desk.at("/people")
    desk.open_row(OTHER)
    desk.dialog.get_by_label("姓名", exact=True).fill("李店长")
    [person] = [one for one in desk.get("/users?limit=200")["items"] if one["name"] == OTHER]
    kept = {name: person[name] for name in ("title", "roles", "shops", "warehouses", "is_active")}
    desk.send(f"/users/{person['id']}", {**kept, "language": "en"}, "PUT", **{"if-match": "*"})
    save(desk)
    expect(desk.dialog).to_contain_text("他的修改已并入")
    save(desk)
    expect(desk.dialog).to_have_count(0)
    [now] = [one for one in desk.get("/users?limit=200")["items"] if one["name"] == OTHER]
    assert (now["title"], now["language"]) == ("李店长", "en")
    desk.clear()


def test_what_another_changed_of_a_role_is_merged_in(desk, other_desk):
    del other_desk
    desk.at("/people?tab=roles")
    desk.open_row(OTHER)
    desk.dialog.get_by_label("名称", exact=True).fill("夜班店长")
    role = next(one for one in desk.get("/roles?limit=200")["items"] if one["code"] == OTHER)
    fewer = sorted(set(role["rights"]) - {"messages"}, reverse=True)
    desk.send(f"/roles/{role['id']}", {"code": OTHER, "name": role["name"], "rights": fewer}, "PUT", **{"if-match": "*"})
    save(desk)
    expect(desk.dialog).to_contain_text("他的修改已并入")
    save(desk)
    expect(desk.dialog).to_have_count(0)
    now = next(one for one in desk.get("/roles?limit=200")["items"] if one["code"] == OTHER)
    assert (now["name"], set(now["rights"])) == ("夜班店长", set(fewer))
    desk.clear()


@pytest.fixture
def order(desk, world):
    """An order that waits for a person, in nobody's hands."""
    open_shop(desk)
    number = f"TWO{time.monotonic_ns()}"
    buy(desk, number, (free_sku(desk)["sku_code"], 3), buyer_remark="请包得漂亮些")
    world.later(seconds=5)
    return order_of(desk, number)


@contextmanager
def not_reloaded(page):
    """The page must be the same one afterwards: nothing was loaded anew."""
    page.evaluate("window.isTheSame = true")
    yield
    assert page.evaluate("window.isTheSame === true")


def test_who_claims_an_exception_is_seen_by_the_other_within_two_seconds(desk, other_desk, order):
    for one in (desk, other_desk):
        one.at("/exceptions?kind=hold")
        expect(one.row(order["order_no"])).to_contain_text("无人认领")
    mine, hers = desk.row(order["order_no"]), other_desk.row(order["order_no"])
    with not_reloaded(other_desk.page):
        mine.get_by_role("button", name="认领").click()
        expect(hers).to_contain_text("admin", timeout=SEEN_WITHIN_MS)
        told = desk.page.get_by_role("status").get_by_text("已认领")
        assert told.evaluate(IS_CLICKED_THROUGH), "what is told must not keep a clerk from the row beneath it"
        expect(hers.get_by_role("button", name="认领")).to_be_disabled()
    with not_reloaded(desk.page):
        mine.get_by_role("button", name="放回").click()
        expect(hers).to_contain_text("无人认领", timeout=SEEN_WITHIN_MS)
        hers.get_by_role("button", name="认领").click()
        expect(mine).to_contain_text(OTHER, timeout=SEEN_WITHIN_MS)
    assert [row["owner"] for row in desk.get("/lists/exceptions?kind=hold&limit=200")["items"] if row["order_no"] == order["order_no"]] == [
        f"user:{OTHER}"
    ]


def start_edit(desk, order):
    desk.at(f"/orders/{order['id']}")
    desk.page.get_by_role("button", name="修改", exact=True).click()
    expect(desk.dialog).to_contain_text(order["order_no"])


def save(desk):
    desk.dialog.locator(".ant-modal-footer .ant-btn-primary").click()


def edits(desk, order):
    return desk.get(f"/orders/{order['id']}")["edits"]


def test_what_the_other_changed_elsewhere_is_merged_in_and_not_lost(desk, other_desk, order):
    start_edit(desk, order)
    expect(desk.dialog.get_by_role("button", name="保存")).to_be_disabled()  # nothing has changed yet
    start_edit(other_desk, order)
    other_desk.dialog.get_by_label("内部备注").fill("小李：走顺丰要客户补差价")
    save(other_desk)
    expect(other_desk.dialog).to_have_count(0)

    desk.choose("指定快递", "顺丰")
    save(desk)
    expect(desk.dialog.get_by_role("alert")).to_contain_text("他的修改已并入")
    expect(desk.dialog.get_by_label("内部备注")).to_have_value("小李：走顺丰要客户补差价")
    save(desk)
    expect(desk.dialog).to_have_count(0)
    assert (edits(desk, order)["carrier_code"], edits(desk, order)["remark"]) == ("SF", "小李：走顺丰要客户补差价")
    desk.clear()  # the browser calls a refused request an error


@pytest.mark.parametrize(("kept", "remark"), [("我的", "管理员写的"), ("现在的", "小李写的")])
def test_where_both_changed_the_same_one_chooses(desk, other_desk, order, kept, remark):
    start_edit(desk, order)
    desk.dialog.get_by_label("内部备注").fill("管理员写的")
    start_edit(other_desk, order)
    other_desk.dialog.get_by_label("内部备注").fill("小李写的")
    save(other_desk)
    expect(other_desk.dialog).to_have_count(0)

    save(desk)
    expect(desk.dialog.get_by_role("alert")).to_contain_text("请逐项选择保留哪一个")
    expect(desk.dialog.get_by_label("我的: 管理员写的")).to_be_checked()
    expect(desk.dialog.get_by_label("现在的: 小李写的")).to_be_visible()
    assert edits(desk, order)["remark"] == "小李写的"
    desk.dialog.get_by_label(f"{kept}: {remark}").check()
    desk.dialog.get_by_role("button", name="按所选继续").click()
    expect(desk.dialog.get_by_label("内部备注")).to_have_value(remark)
    save(desk)
    expect(desk.dialog).to_have_count(0)
    assert edits(desk, order)["remark"] == remark
    desk.clear()


@pytest.fixture
def two_lines(desk, world):
    """An order of two goods that waits for a person."""
    open_shop(desk)
    number = f"TWO{time.monotonic_ns()}"
    rows = [row["sku_code"] for row in desk.get("/stock/sellable?limit=200")["items"] if row["sellable"] >= 3 and row["shown"]]
    buy(desk, number, (rows[0], 3), (rows[1], 3), buyer_remark="请包得漂亮些")
    world.later(seconds=5)
    return order_of(desk, number)


def start_lines(desk, order):
    desk.at(f"/orders/{order['id']}")
    desk.page.get_by_role("button", name="改商品").click()
    expect(desk.dialog.get_by_role("spinbutton").first).to_be_focused()


def units(desk, order):
    return [line["quantity"] - line["cancelled"] for line in desk.get(f"/orders/{order['id']}")["lines"]]


def test_of_lines_that_both_edited_each_is_chosen_by_itself(desk, other_desk, two_lines):
    start_lines(desk, two_lines)
    start_lines(other_desk, two_lines)
    for number, quantity in ((0, "1"), (1, "1")):
        other_desk.dialog.get_by_role("spinbutton").nth(number).fill(quantity)
    save(other_desk)
    expect(other_desk.dialog).to_have_count(0)

    for number in (0, 1):
        desk.dialog.get_by_role("spinbutton").nth(number).fill("2")
    save(desk)
    expect(desk.dialog).to_contain_text("他的修改已并入")
    lines = [desk.dialog.locator("fieldset").nth(number) for number in (0, 1)]
    for line in lines:
        expect(line.get_by_role("radio", name="我的: 2 ×")).to_be_checked()
        expect(line.get_by_role("radio", name="现在的: 1 ×")).to_be_visible()
    assert units(desk, two_lines) == [1, 1]
    lines[1].get_by_role("radio", name="现在的: 1 ×").check()
    expect(lines[0].get_by_role("radio", name="我的: 2 ×")).to_be_checked()
    expect(lines[0].get_by_role("spinbutton")).to_have_value("2")
    expect(lines[1].get_by_role("spinbutton")).to_have_value("1")
    lines[0].get_by_role("radio", name="现在的: 1 ×").check()
    expect(desk.dialog.locator(".ant-modal-footer .ant-btn-primary")).to_be_disabled()  # nothing is left to change
    lines[0].get_by_role("radio", name="我的: 2 ×").check()
    save(desk)
    expect(desk.dialog).to_have_count(0)
    assert units(desk, two_lines) == [2, 1]
    desk.clear()
