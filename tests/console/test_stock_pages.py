"""The stock board: what there is by SKU, warehouse and shop, why, what alarms; and goods announced by the page until they have come."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from own_shop import buy, free_sku, open_shop, order_of

A_DAY_H = 24  # warehouses unload in working hours


def rows_of(table):
    return [[cell.strip() for cell in row.split("\t")] for row in table.locator("tbody").inner_text().splitlines()]


def panel(desk, heading):
    return desk.drawer.locator("section", has=desk.page.get_by_role("heading", name=heading, exact=True))


@pytest.fixture
def goods(desk):
    return free_sku(desk)


def test_what_is_still_read_stands_there_as_high_as_a_row(desk):
    held = []
    desk.page.route(re.compile(r"/stock/balances\?.*cursor=\w"), lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks the function that it is given, and a built-in takes no mark
    desk.at("/stock?by=warehouse")
    row = desk.page.locator("[role=row][id]").first
    expect(row).to_be_visible()
    height = row.bounding_box()["height"]
    desk.page.get_by_role("grid").evaluate("grid => grid.scrollTo(0, grid.scrollHeight)")
    awaited = desk.page.locator("[role=row]", has=desk.page.get_by_role("gridcell", name="加载中"))
    expect(awaited.first).to_be_visible()
    assert {one.bounding_box()["height"] for one in awaited.all()} == {height}
    held[0].fallback()
    desk.page.unroute_all()


def test_the_board_tells_each_quantity_by_sku_and_by_warehouse(desk, goods):
    code = goods["sku_code"]
    desk.at("/stock")
    heading = desk.page.get_by_role("columnheader", name="在库").get_by_role("button")
    heading.click()
    heading.press("Enter")
    expect(desk.page).to_have_url(re.compile(r"sort=-on_hand$"))
    most = desk.get("/stock/sellable?sort=-on_hand&limit=1")["items"][0]
    expect(desk.page.locator("[role=row][id]").first).to_contain_text(most["sku_code"])
    desk.page.fill("#page-search", goods["sku_name"].lower())
    desk.page.locator(".ant-select-item-option", has_text=code).click()
    expect(desk.page).to_have_url(re.compile(rf"sku={code}"))
    expect(desk.page.locator("[role=row][id]")).to_have_count(1)
    shown = desk.cells(desk.row(code))
    assert shown["名称"] == goods["sku_name"] != code
    names = {"可售": "sellable", "在库": "on_hand", "占用": "reserved", "在途": "in_transit", "空闲": "free", "预留": "held", "缺": "short"}
    assert {name: int(shown[name]) for name in names} == {name: goods[field] for name, field in names.items()}
    assert shown["告警"] == "正常"
    desk.page.get_by_text("按仓库", exact=True).click()
    balances = desk.get(f"/stock/balances?sku={code}")["items"]
    expect(desk.row(code)).to_have_count(len(balances))
    for balance in balances:
        told = desk.cells(desk.row(balance["warehouse_code"]))
        assert (int(told["在库"]), int(told["空闲"]), int(told["在途"])) == (balance["on_hand"], balance["free"], balance["in_transit"])
    assert sum(balance["on_hand"] for balance in balances) == goods["on_hand"]


def test_a_sku_opens_onto_its_entries_and_each_leads_to_its_cause(desk):
    [issued] = [row for row in desk.get("/stock/sellable?limit=200")["items"] if row["sku_code"] == "15036"]
    desk.at(f"/stock?open={issued['sku_code']}")
    entries = desk.get("/stock/entries?sku=15036&limit=100")["items"]
    expect(panel(desk, "流水").locator("tbody tr")).to_have_count(len(entries))
    assert sum(entry["quantity"] for entry in entries if entry["grade"] == 1) == issued["on_hand"]
    left = next(entry for entry in entries if entry["kind"] == "issue")
    sent = panel(desk, "流水").locator("tbody tr", has_text="出库").first
    expect(sent).to_contain_text(str(left["quantity"]))
    expect(sent).to_contain_text(left["cause"])
    first = panel(desk, "流水").locator("tbody tr", has_text="期初").first
    expect(first.get_by_role("link")).to_have_text(re.compile(r"^期初 RK\d+$"))
    sent.get_by_role("link", name=left["order_no"]).click()
    expect(desk.page).to_have_url(re.compile(rf"/orders/{left['order_id']}$"))
    expect(desk.page.get_by_role("heading", name=left["order_no"])).to_be_visible()


def test_each_shop_is_told_with_what_it_keeps_back_and_what_it_shows(desk, goods):
    code = goods["sku_code"]
    stored = next(shop for shop in desk.get("/shops")["items"] if shop["code"] == "TB-TRADE")
    row = {
        name: stored[name] for name in stored if name not in {"id", "version", "feeds", "has_secrets", "pushes_stock", "switched_by", "switched_at"}
    }
    desk.sent("/shops", [{**row, "safety_quantity": 2}])
    try:
        desk.at(f"/stock?open={code}")
        shops = {cells[0]: cells for cells in rows_of(panel(desk, "各店可售")) if cells[0]}
        assert shops["派单批发"][1:3] == ["2", str(goods["sellable"] - 2)]
        assert shops["派单生活旗舰店"][1:3] == ["0", str(goods["sellable"])]
        listed = [shop for shop in desk.get(f"/stock/shops?sku={code}")["items"] if shop["listings"]]
        expect(panel(desk, "各店可售").locator("tbody tr", has_text=listed[0]["shop_name"])).to_contain_text(str(listed[0]["listings"][0]["shown"]))
        desk.at(f"/stock?sku={code}")
        desk.page.get_by_text("按店铺", exact=True).click()
        by_shop = desk.get(f"/stock/by-shop?sku={code}")["items"]
        expect(desk.row(code)).to_have_count(len(by_shop))
        for sold in by_shop:
            told = desk.cells(desk.row(sold["shop_name"]))
            assert (told["名称"], told["可售"], told["安全库存"]) == (goods["sku_name"], str(sold["sellable"]), str(sold["safety_quantity"]))
            assert told["可售"] == shops[sold["shop_name"]][2]
    finally:
        desk.sent("/shops", [row])


def test_goods_that_are_owed_alarm_and_are_found_by_the_alarm(desk, world, goods):
    open_shop(desk)
    code, much = goods["sku_code"], goods["sellable"] + 7
    buy(desk, "SHORT-1", (code, much))
    world.later(minutes=5)
    assert order_of(desk, "SHORT-1")["state"] == "backordered"
    desk.at("/stock?alarms=true")
    told = desk.cells(desk.row(code))
    assert (told["告警"], told["缺"], told["可售"], told["名称"]) == ("缺货", str(much), "0", goods["sku_name"])
    alarms = desk.get("/stock/sellable?alarms_only=true")["items"]
    expect(desk.page.locator("[role=row][id]")).to_have_count(len(alarms))
    desk.send(f"/orders/{order_of(desk, 'SHORT-1')['id']}/cancel", {"note": "客户不要了"}, **{"if-match": "*"})
    world.later(minutes=5)
    desk.page.reload()
    expect(desk.page.locator("#main")).to_contain_text("没有缺货或超卖")
    desk.page.get_by_role("button", name="取消筛选“只看告警”").click()
    expect(desk.page.locator("[role=row][id]").first).to_be_visible()


def test_a_shop_that_shows_more_than_there_is_is_an_oversell(desk, world, goods):
    code = goods["sku_code"]
    [[listing_id]] = world.query(
        "SELECT t.listing_id FROM listing_stock t JOIN listing l ON l.id = t.listing_id JOIN sku k ON k.id = l.sku_id "
        "WHERE k.code = %s AND NOT t.is_dirty LIMIT 1",
        code,
    )
    world.query("UPDATE listing_stock SET believed = believed + 100 WHERE listing_id = %s", listing_id)
    try:
        desk.at("/stock?alarms=true")
        assert desk.cells(desk.row(code))["告警"] == "超卖"
        many = desk.get("/stock/alarms")["oversold"]
        desk.at("/")
        desk.page.get_by_role("link", name=str(many), exact=True).and_(desk.page.locator("[href$='alarms=oversold']")).click()
        expect(desk.page.locator("[role=row][id]")).to_have_count(many)
        desk.open_row(code)
        expect(panel(desk, "各店可售").locator("tbody tr", has_text="超卖")).to_contain_text(str(goods["shown"] + 100))
    finally:
        world.query("UPDATE listing_stock SET believed = believed - 100 WHERE listing_id = %s", listing_id)


def test_goods_announced_by_the_page_are_on_the_way_until_they_are_received(desk, world, goods):
    code = goods["sku_code"]
    desk.at("/documents")
    desk.page.get_by_role("button", name="新建入库单").click()
    save = desk.dialog.locator(".ant-btn-primary")
    expect(save).to_be_disabled()
    desk.choose("仓库", "WH-CD")
    desk.dialog.get_by_label("外部单号").fill("PO-PAGE-1")
    expected = world.now + timedelta(hours=2)
    desk.dialog.get_by_label("预计到货（可空）").fill((expected + timedelta(hours=8)).strftime("%Y-%m-%dT%H:%M"))
    desk.dialog.get_by_label("明细").fill(f"{code} × 12")
    desk.press_main()
    document = desk.get("/documents")["items"][0]
    assert (document["reference"], document["created_by"], document["expected_at"][:16]) == ("PO-PAGE-1", "user:admin", expected.isoformat()[:16])
    row = desk.cells(desk.row("PO-PAGE-1"))
    assert (row["单据"], row["状态"], row["仓库"], row["创建人"]) == (document["no"], "已下发", "成都仓 (WH-CD)", "admin")
    desk.at(f"/stock?sku={code}")
    assert desk.cells(desk.row(code))["在途"] == str(goods["in_transit"] + 12)

    world.later(minutes=1)
    world.later(hours=A_DAY_H)
    desk.at("/documents")
    desk.open_row("PO-PAGE-1")
    expect(desk.drawer.locator(".ant-drawer-title")).to_contain_text("已完成")
    assert rows_of(desk.drawer) == [[code, "12", "12"]]
    desk.at(f"/stock?sku={code}&open={code}")
    received = panel(desk, "流水").locator("tbody tr", has=desk.page.get_by_role("link", name=f"采购入库 {document['no']}"))
    expect(received.first).to_contain_text("+")
    received_units = sum(
        entry["quantity"] for entry in desk.get(f"/stock/entries?sku={code}&limit=100")["items"] if entry["document_no"] == document["no"]
    )
    assert received_units == 12
    [stored] = desk.get(f"/stock/sellable?sku={code}")["items"]
    now = desk.cells(desk.row(code))
    assert (now["在途"], now["在库"]) == (str(goods["in_transit"]), str(stored["on_hand"]))


def test_what_cannot_be_announced_is_refused_in_the_dialog(desk):
    desk.at("/documents")
    desk.page.get_by_role("button", name="新建入库单").click()
    desk.choose("仓库", "WH-CD")
    desk.dialog.get_by_label("明细").fill("NO-SUCH-SKU × 1")
    desk.dialog.locator(".ant-btn-primary").click()
    expect(desk.dialog.get_by_role("alert")).to_contain_text("货品")
    desk.clear()  # the browser calls a refused request an error
