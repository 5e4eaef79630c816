"""Two people in two browsers: who works for one shop sees nothing of another, no row, no total, no file, no event; and who looked at a receiver is told."""

import time

import pytest
from playwright.sync_api import expect
from python_calamine import CalamineWorkbook

from desk import Desk
from own_shop import SHOP, buy, free_sku, open_shop, order_of
from paidan.entrypoints.pictures import EVERY_DAY, PASSWORD, signed_in

CLERK = f"chen{time.monotonic_ns() // 1000}"  # a running console may have seen another
FIRST_PASSWORD = "first-" + PASSWORD
SEEN_WITHIN_MS = 5_000
LISTEN = """() => {
  window.told = []
  const stream = new EventSource('/api/v1/events')
  for (const kind of ['orders', 'queues']) stream.addEventListener(kind, event => window.told.push([kind, JSON.parse(event.data)]))
  return new Promise(done => stream.addEventListener('open', () => done(true)))
}"""


@pytest.fixture(scope="module")
def clerk(one_desk, chromium, console, world):
    """A person of the shop OWN alone, in a browser of her own; the shop has an order."""
    open_shop(one_desk)
    buy(one_desk, f"OWN{time.monotonic_ns()}", (free_sku(one_desk)["sku_code"], 1))
    world.later(seconds=5)
    one_desk.send("/roles", {"code": CLERK, "name": "店铺客服", "rights": ["see", "audit", "export", "reveal"]})
    one_desk.send("/users", {"name": CLERK, "title": "小陈", "password": FIRST_PASSWORD, "roles": [CLERK], "shops": [SHOP]})
    with signed_in(chromium, console, name=CLERK, password=FIRST_PASSWORD) as page:
        person = Desk(page, console)
        person.send("/me/password", {"present": FIRST_PASSWORD, "new": PASSWORD}, "PUT")
        yield person


def count(desk, *filters):
    return desk.get("/lists/orders/count?" + "&".join(f"f={one}" for one in filters))["count"]


def cells_of(desk, heading):
    return {desk.cells(row)[heading] for row in desk.page.locator("[role=row][id]").all()}


def test_a_clerk_of_one_shop_sees_nothing_of_another(desk, clerk):
    ours, all_of_them = count(desk, EVERY_DAY, f"shop:is:{SHOP}"), count(desk, EVERY_DAY)
    assert 0 < ours < all_of_them

    # No row, no total.
    for one, wanted in ((desk, all_of_them), (clerk, ours)):
        one.at(f"/orders?f={EVERY_DAY}")
        expect(one.page.locator("#main")).to_contain_text(f"{wanted:,} 单")
    assert cells_of(clerk, "店铺") == {"自营小店"}
    assert len(cells_of(desk, "店铺")) > 1

    # No page of its own: it is as if it were not there.
    [theirs] = desk.get(f"/lists/orders?f={EVERY_DAY}&f=shop:not:{SHOP}&limit=1")["items"]
    clerk.page.goto(f"{clerk.url}/console/orders/{theirs['id']}")
    expect(clerk.page.get_by_role("alert")).to_be_visible()
    expect(clerk.page.locator("#main")).not_to_contain_text(theirs["order_no"])
    clerk.clear()  # the browser calls a refused request an error

    # No line of a file.
    clerk.at(f"/orders?f={EVERY_DAY}")
    clerk.page.locator("[role=columnheader] input[type=checkbox]").check()
    clerk.page.get_by_role("button", name="更多操作").click()
    clerk.page.get_by_role("menuitem", name="导出").click()
    clerk.dialog.locator(".ant-btn-primary").last.click()
    with clerk.page.expect_download() as fetching:
        clerk.dialog.get_by_text("下载文件").click()
    head, *rows = CalamineWorkbook.from_path(fetching.value.path()).get_sheet_by_index(0).to_python()
    assert len(rows) == ours
    assert {row[head.index("店铺")] for row in rows} <= {"自营小店", SHOP}


def test_what_happens_in_another_shop_is_not_told(desk, clerk, world):
    for one in (desk, clerk):
        one.at("/orders")
        assert one.page.evaluate(LISTEN)
    news = clerk.page.get_by_role("button", name="条有更新")
    [theirs] = desk.get(f"/lists/orders?f=shop:not:{SHOP}&limit=1")["items"]
    desk.send("/jobs", {"action": "flag", "target": {"order_nos": [theirs["order_no"]]}, "parameters": {"flag": 5}})
    desk.page.wait_for_function("() => window.told.some(([kind]) => kind === 'orders')", timeout=SEEN_WITHIN_MS)
    clerk.page.wait_for_timeout(1_500)  # what is told at all is told within a second
    assert [kind for kind, _ in clerk.page.evaluate("window.told") if kind == "orders"] == []
    expect(news).to_have_count(0)

    buy(desk, f"OWN{time.monotonic_ns()}", (free_sku(desk)["sku_code"], 1))
    world.later(seconds=5)
    clerk.page.wait_for_function("() => window.told.some(([kind]) => kind === 'orders')", timeout=SEEN_WITHIN_MS)


def test_a_receiver_is_shown_for_a_purpose_and_the_log_tells_who_looked(desk, clerk):
    [mine] = clerk.get(f"/lists/orders?f={EVERY_DAY}&limit=1")["items"]
    page = clerk.at(f"/orders/{mine['id']}")
    receiver = page.get_by_role("group", name="收件人").first
    expect(receiver).not_to_contain_text("13812345678")
    receiver.get_by_role("button", name="查看明文").click()
    purpose = clerk.dialog.locator("label", has=page.get_by_role("radio")).nth(1)
    purpose.get_by_role("radio").check()
    told = purpose.inner_text().strip()
    clerk.press_main()
    for clear in ("王小明", "13812345678", "文三路 88 号"):
        expect(receiver).to_contain_text(clear)
    page.reload()
    expect(page.get_by_role("group", name="收件人").first).not_to_contain_text("13812345678")

    desk.at("/people?tab=reveals")
    newest = desk.cells(desk.page.locator("[role=row][id]").first)
    assert (newest["订单"], newest["用途"]) == (mine["order_no"], told)
    assert CLERK in newest["谁"]
    assert order_of(desk, mine["platform_order_no"])["receiver_name"] != "王小明"
