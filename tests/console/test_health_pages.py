"""Health: each part with how it is, dead letters made again, messages found by a number and read again, the books checked."""

import json
import re

import pytest
from playwright.sync_api import expect

from paidan.runtime.messages import InboundMessage, keep_inbound


def panel(desk, heading):
    return desk.page.locator("section", has=desk.page.get_by_role("heading", name=heading, exact=True))


def test_each_part_says_how_it_is(desk):
    parts = desk.get("/health/parts")
    desk.at("/health")
    rows = panel(desk, "各个部分").locator("tbody tr")
    expect(rows).to_have_count(len(parts))
    words = {"good": "正常", "slow": "注意", "broken": "异常"}
    feeds = {"orders": "订单变更", "bulk": "推送库", "refunds": "退款", "created": "按下单时间核对", "push": "消息", "": ""}
    for part in parts:
        row = rows.filter(has_text=part["name"] if part["name"] != part["kind"] else words[part["state"]]).filter(has_text=feeds[part["feed"]])
        row = row.filter(has_text="库存同步") if part["kind"] == "stock" else row
        expect(row.first).to_contain_text(words[part["state"]])
    assert {part["kind"] for part in parts} >= {"shop", "stock", "warehouse", "carrier"}


@pytest.fixture
def dead_call(world):
    """A call that a warehouse had taken, as if it had been given up; put right afterwards."""
    [[call_id, key]] = world.query("SELECT id, business_key FROM outbox WHERE kind = 'wms.create' AND state = 2 ORDER BY id LIMIT 1")
    world.query("UPDATE outbox SET state = 4, reason = 'not_found' WHERE id = %s", call_id)
    yield call_id, key
    world.query("UPDATE outbox SET state = 2, reason = '', done_at = COALESCE(done_at, %s) WHERE id = %s AND state = 4", world.now, call_id)


def test_a_dead_letter_is_shown_and_made_again_without_a_second_effect(desk, world, dead_call):
    call_id, key = dead_call
    fulfilments = world.query("SELECT state, count(*) FROM fulfilment GROUP BY 1 ORDER BY 1")
    desk.at("/health")
    calls = panel(desk, "没有成功的发送")
    dead = calls.locator("tbody tr")
    expect(dead).to_have_count(1)
    expect(dead.get_by_role("link", name=key)).to_have_attribute("href", re.compile(f"key={key}"))
    dead.get_by_role("button", name="重新发送").click()
    expect(desk.page.get_by_text("1 个已重新排队发送")).to_be_visible()
    expect(calls).to_contain_text("没有放弃或结果未知的发送")
    world.later(minutes=10)
    assert world.query("SELECT state FROM outbox WHERE id = %s", call_id) == [(2,)]
    assert world.query("SELECT state, count(*) FROM fulfilment GROUP BY 1 ORDER BY 1") == fulfilments


def told_order(desk):
    """A Taobao order of the day, delivered: its number names several messages."""
    rows = desk.get("/lists/orders?f=placed_at:between:now-30d|now&f=shop:is:TB-PUSH&f=state:is:delivered&limit=1")["items"]
    return rows[0]


def find(desk, key, shown=""):
    desk.at("/messages")
    desk.page.get_by_label("按订单号、平台单号、发货单号、运单号查找").fill(key)
    desk.page.keyboard.press("Enter")
    expect(desk.row(shown or key).first).to_be_visible()


def test_messages_are_found_by_an_orders_number_and_read_raw_beside_mapped(desk):
    order = told_order(desk)
    number = order["platform_order_no"]
    found = desk.get(f"/messages?business_key={number}&limit=200")["items"]
    find(desk, number)
    expect(desk.page.locator("[role=row][id]")).to_have_count(len(found))
    desk.row("order").filter(has_text="收到").first.click()
    sides = desk.drawer.locator("pre")
    expect(sides).to_have_count(2)
    expect(desk.drawer).to_contain_text("我们读到的")
    raw, mapped = (json.loads(text) for text in sides.all_inner_texts())
    assert mapped["platform_order_no"] == number
    assert mapped["paid_minor"] == order["paid_minor"]
    assert mapped["lines"][0]["merchant_code"] == order["goods"][0]["sku"]
    assert mapped["receiver"]["phone"] == "***"
    assert raw["tid"] == int(number)  # to the last digit
    assert mapped["ship_by_at"] != "***"


def test_a_warehouses_word_is_read_beside_its_xml(desk):
    [order] = [told_order(desk)]
    whole = desk.get(f"/orders/{order['id']}")
    find(desk, whole["order_no"], shown=whole["fulfilments"][0]["no"])  # our own number stands for all that was told of the order
    expect(desk.row(whole["platform_order_no"]).first).to_be_visible()
    desk.row("deliveryorder.confirm").first.click()
    expect(desk.drawer.locator("pre").first).to_contain_text("<deliveryOrderCode>")
    mapped = json.loads(desk.drawer.locator("pre").nth(1).inner_text())
    assert mapped["delivery_order_code"] == whole["fulfilments"][0]["no"]
    assert mapped["packages"][0]["express_code"] == whole["parcels"][0]["tracking_no"]


def states(desk, number):
    return {
        row["id"]: (row["state"], row["attempts"])
        for row in desk.get(f"/messages?business_key={number}&limit=200")["items"]
        if row["kind"] == "order"
    }


def test_one_message_and_many_are_read_again_and_change_nothing_twice(desk, world):
    order = told_order(desk)
    number = order["platform_order_no"]
    before, whole = states(desk, number), desk.get(f"/orders/{order['id']}")
    find(desk, number)
    desk.row("order").filter(has_text="收到").first.click()
    desk.drawer.get_by_role("button", name="重放", exact=True).click()
    expect(desk.page.get_by_text("1 条已重放")).to_be_visible()
    assert sorted(state for state, _ in states(desk, number).values()) == ["done"] * (len(before) - 1) + ["waiting"]
    world.later(seconds=1)
    assert sum(attempts for _, attempts in states(desk, number).values()) == sum(attempts for _, attempts in before.values()) + 1

    desk.at(f"/messages?key={number}")
    ours = desk.row("发出").first
    ours.locator("input[type=checkbox]").check()
    for row in desk.page.locator("[role=row][id]").filter(has=desk.page.get_by_text("order", exact=True)).all():
        row.locator("input[type=checkbox]").check()
    desk.page.get_by_role("button", name=f"重放所选 {len(before) + 1} 条").click()
    told = desk.dialog.get_by_role("status")
    expect(told).to_contain_text(f"待处理 {len(before)} · 我方发出的，不用读 1")
    world.later(seconds=1)
    expect(told).to_contain_text(f"我方发出的，不用读 1 · 已读 {len(before)}")
    expect(desk.dialog.locator("tbody tr")).to_have_count(len(before) + 1)
    desk.press_main()
    assert {state for state, _ in states(desk, number).values()} == {"done"}
    now = desk.get(f"/orders/{order['id']}")
    assert (now["state"], now["lines"], now["fulfilments"], now["parcels"]) == (
        whole["state"],
        whole["lines"],
        whole["fulfilments"],
        whole["parcels"],
    )


def keep_broken(world, *keys):
    """Messages that can't be read; their ids."""
    body = json.dumps({"trade": {"tid": 4242, "status": "WAIT_SELLER_SEND_GOODS"}}).encode()
    messages = [InboundMessage(counterpart="shop:TB-PUSH", kind="order", body=body, at=world.now, business_key=key, bucket=1) for key in keys]
    with world.services.database.transaction() as tx:
        ids = keep_inbound(tx, world.services.ids, world.services.sealer, messages)
    world.later(seconds=1)
    return ids


def test_all_that_failed_are_chosen_by_state_and_read_again_each_with_its_result(desk, world):
    ids = keep_broken(world, "FAILED-1", "FAILED-2", "FAILED-3")
    desk.at("/messages")
    expect(desk.row("FAILED-")).to_have_count(3)
    main = desk.page.locator("#main")
    main.get_by_text("发出", exact=True).click()
    expect(desk.row("FAILED-")).to_have_count(0)
    expect(main.get_by_role("button", name="取消筛选“方向”")).to_be_visible()
    main.get_by_text("收到", exact=True).first.click()
    main.get_by_role("combobox", name="种类").fill("order")
    desk.page.keyboard.press("Enter")
    expect(desk.page).to_have_url(re.compile("direction=i.*kind=order"))
    expect(desk.row("FAILED-")).to_have_count(3)
    main.get_by_role("button", name="选择符合的全部").click()
    main.get_by_role("button", name="重放所选 3 条").click()
    told = desk.dialog.get_by_role("status")
    expect(told).to_contain_text("待处理 3")
    world.query("UPDATE message SET state = 1 WHERE id = %s", ids[0])  # it can be read by now
    world.later(seconds=1)
    expect(told).to_contain_text("读不懂 2 · 已读 1")
    expect(desk.dialog.locator("tbody tr").filter(has_text="读不懂")).to_have_count(2)
    desk.dialog.get_by_role("button", name="再读一次读不懂的 2 条").click()
    expect(told).to_contain_text("待处理 2")
    world.query("UPDATE message SET state = 1 WHERE id = ANY(%s)", ids)
    expect(told).to_contain_text("已读 2")
    desk.press_main()
    expect(desk.row("FAILED-")).to_have_count(0)
    desk.choose("状态", "已处理", main)
    expect(desk.row("FAILED-")).to_have_count(3)
    expect(main).to_contain_text("最近 7 天")


def test_what_cannot_be_read_is_set_aside_and_says_where(desk, world):
    [message_id] = keep_broken(world, "BROKEN-1")
    desk.at("/exceptions?kind=message_set_aside")
    desk.page.get_by_role("link", name="BROKEN-1").click()
    expect(desk.page.get_by_role("heading", name="报文", exact=True)).to_be_visible()
    expect(desk.page).to_have_url(re.compile("key=BROKEN-1"))
    assert desk.cells(desk.row("BROKEN-1"))["状态"] == "已隔离"
    desk.open_row("BROKEN-1")
    told = desk.get(f"/messages/{message_id}")["mapped"]
    expect(desk.drawer.get_by_role("alert")).to_contain_text("读不懂")
    expect(desk.drawer.get_by_role("alert")).to_contain_text(told["place"])
    assert told["facts"] is None
    world.query("UPDATE message SET state = 1 WHERE id = %s", message_id)


def test_the_books_are_checked_on_demand_and_a_broken_one_is_named(desk, world):
    desk.at("/health")
    books = panel(desk, "账目核对")
    check = books.get_by_role("button", name="立即核对")
    check.click()
    expect(books).to_contain_text("全部一致")
    [[sku_id]] = world.query("SELECT sku_id FROM demand LIMIT 1")
    world.query("UPDATE demand SET held = held + 5 WHERE sku_id = %s", sku_id)
    try:
        check.click()
        expect(books).to_contain_text(re.compile(r"\d+ 项不一致"))
        books.locator("summary").first.click()
        expect(books.locator("pre").first).to_contain_text(str(sku_id))
    finally:
        world.query("UPDATE demand SET held = held - 5 WHERE sku_id = %s", sku_id)
    check.click()
    expect(books).to_contain_text("全部一致")
