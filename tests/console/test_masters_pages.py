"""Master data by the pages: a product, many at once, a bundle, listings mapped, a shop connected, a warehouse with its areas, freight, the merchant's settings."""

import re
import time

import pytest
from playwright.sync_api import expect

from paidan.entrypoints.pictures import settle
from paidan.world.taobao import session_of

ALERT = "[role=alert]"
TAG = f"{time.monotonic_ns() // 1000 % 10**8}"  # names of one run: a running console may have seen others


def stored(desk, path, code):
    [found] = desk.get(f"{path}?code={code}")["items"]
    return found


@pytest.fixture
def goods(desk):
    """Two SKUs of the test's own."""
    rows = [{"code": f"MP{TAG}-{n}", "name": f"测试商品 {n}", "weight_g": 100 * n, "brand": "老牌", "barcodes": [f"69{TAG}{n}"]} for n in (1, 2)]
    desk.sent("/catalog/skus", rows)
    return [row["code"] for row in rows]


def find(desk, code):
    desk.at("/products")
    desk.page.get_by_label("按编码、条码或名称查找").fill(code)
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator("[role=row][id]")).to_have_count(1)


def test_a_product_is_changed_and_what_is_not_touched_stays(desk, goods):
    desk.at("/products")
    all_of_them = desk.get("/exports/count?name=products")["count"]
    assert all_of_them > len(desk.get("/catalog/skus?limit=200")["items"])  # more than are loaded at first
    expect(desk.page.locator("#main")).to_contain_text(f"共 {all_of_them:,} 条")
    find(desk, goods[0])
    expect(desk.page.locator("#main")).to_contain_text("共 1 条")
    desk.open_row(goods[0])
    expect(desk.dialog.get_by_label("编码", exact=True)).to_be_disabled()
    save = desk.dialog.get_by_role("button", name="保存")
    expect(save).to_be_disabled()  # nothing has changed yet
    desk.dialog.get_by_label("名称", exact=True).fill("改过的名字")
    expect(save).to_be_enabled()
    desk.dialog.get_by_label("重量（克）", exact=True).fill("250")
    desk.choose("品类", "易碎")
    desk.press_main()
    expect(desk.page.get_by_text(f"已保存 {goods[0]}")).to_be_visible()
    expect(desk.row(goods[0])).to_contain_text("改过的名字")  # the row is read again after that
    told = desk.cells(desk.row(goods[0]))
    assert (told["名称"], told["重量（克）"], told["品类"]) == ("改过的名字", "250", "易碎")
    now = stored(desk, "/catalog/skus", goods[0])
    assert (now["name"], now["weight_g"], now["goods_class"], now["brand"], now["barcodes"]) == (
        "改过的名字",
        250,
        "fragile",
        "老牌",
        [f"69{TAG}1"],
    )


def test_who_was_slower_chooses_and_overwrites_nothing_unseen(desk, goods):
    find(desk, goods[0])
    desk.open_row(goods[0])
    desk.dialog.get_by_label("名称", exact=True).fill("我的名字")
    desk.dialog.get_by_label("品牌", exact=True).fill("我的牌")
    desk.sent("/catalog/skus", [{"code": goods[0], "name": "别人的名字", "brand": "老牌", "weight_g": 7, "barcodes": [f"69{TAG}1"]}])
    desk.dialog.locator(".ant-btn-primary").click()
    expect(desk.dialog.locator(ALERT)).to_contain_text("别人刚刚改过")
    expect(desk.dialog.get_by_label("我的: 我的名字")).to_be_checked()
    assert stored(desk, "/catalog/skus", goods[0])["name"] == "别人的名字"
    desk.dialog.get_by_label("现在的: 别人的名字").check()
    desk.dialog.get_by_role("button", name="按所选继续").click()
    expect(desk.dialog.get_by_label("名称", exact=True)).to_have_value("别人的名字")
    desk.press_main()
    now = stored(desk, "/catalog/skus", goods[0])
    assert (now["name"], now["brand"], now["weight_g"]) == ("别人的名字", "我的牌", 7)
    desk.clear()  # the browser calls a refused request an error


def test_parts_of_a_bundle_that_another_changed_are_not_overwritten(desk, goods):
    code = f"CS{TAG}"
    desk.sent("/catalog/skus", [{"code": code, "name": "两人改的礼盒", "kind": "bundle"}])
    desk.sent("/catalog/bundles", [{"code": code, "parts": [{"code": goods[0], "price_share": 7}]}])
    find(desk, code)
    desk.open_row(code)
    desk.dialog.get_by_label("组合装子件", exact=True).fill(f"{goods[0]} × 5")
    desk.sent("/catalog/bundles", [{"code": code, "parts": [{"code": goods[0], "price_share": 7}, {"code": goods[1]}]}])
    desk.dialog.locator(".ant-btn-primary").click()
    expect(desk.dialog.get_by_role("radiogroup", name="组合装子件")).to_be_visible()
    assert [part["quantity"] for part in stored(desk, "/catalog/skus", code)["parts"]] == [1, 1]
    desk.dialog.get_by_role("button", name="按所选继续").click()
    desk.press_main()
    assert stored(desk, "/catalog/skus", code)["parts"] == [{"code": goods[0], "quantity": 5, "price_share": 7}]
    desk.clear()


def select_both(desk, goods):
    desk.at("/products")
    for code in goods:
        desk.page.get_by_label("按编码、条码或名称查找").fill(code)
        desk.page.keyboard.press("Enter")
        desk.row(code).locator("input[type=checkbox]").check()
    desk.page.get_by_role("button", name="批量修改 2 个").click()


def test_of_many_changed_at_once_what_another_changed_meanwhile_is_shown_and_decided_anew(desk, goods):
    select_both(desk, goods)
    desk.dialog.get_by_label("类目", exact=True).fill("零食")
    desk.sent("/catalog/skus", [{"code": goods[0], "name": "别人的名字", "category": "茶具", "barcodes": [f"69{TAG}1"]}])
    desk.dialog.locator(".ant-btn-primary").click()
    expect(desk.dialog.locator(ALERT)).to_contain_text("1 个没有改")
    expect(desk.dialog.locator(ALERT)).to_contain_text(f"{goods[0]} 数据已被他人修改")
    expect(desk.dialog.locator(ALERT)).to_contain_text("别人的名字 · 普通 · 在售 · 茶具")
    assert [stored(desk, "/catalog/skus", code)["category"] for code in goods] == ["茶具", "零食"]
    desk.dialog.get_by_role("button", name="再改这 1 个").click()
    expect(desk.dialog).to_have_count(0)
    now = stored(desk, "/catalog/skus", goods[0])
    assert (now["category"], now["name"]) == ("零食", "别人的名字")


def test_many_products_are_changed_at_once_and_the_rest_of_each_stays(desk, goods):
    select_both(desk, goods)
    expect(desk.dialog.locator(".ant-btn-primary")).to_be_disabled()
    desk.choose("品类", "生鲜")
    desk.dialog.get_by_label("类目", exact=True).fill("零食")
    desk.press_main()
    expect(desk.page.get_by_text("成功 2，未改 0")).to_be_visible()
    for n, code in enumerate(goods, 1):
        now = stored(desk, "/catalog/skus", code)
        assert (now["goods_class"], now["category"], now["weight_g"], now["brand"]) == ("fresh", "零食", 100 * n, "老牌")


def test_a_bundle_is_made_of_its_parts(desk, goods):
    desk.at("/products")
    desk.page.get_by_role("button", name="新建").click()
    desk.dialog.get_by_label("编码", exact=True).fill(f"SET{TAG}")
    desk.dialog.get_by_label("名称", exact=True).fill("测试礼盒")
    desk.choose("类型", "组合装")
    desk.dialog.get_by_label("组合装子件", exact=True).fill(f"{goods[0]} × 2\n{goods[1]} x 1")
    desk.press_main()
    made = stored(desk, "/catalog/skus", f"SET{TAG}")
    assert (made["kind"], [(part["code"], part["quantity"]) for part in made["parts"]]) == ("bundle", [(goods[0], 2), (goods[1], 1)])
    find(desk, f"SET{TAG}")
    assert desk.cells(desk.row(f"SET{TAG}"))["组合装子件"] == f"{goods[0]} × 2, {goods[1]} × 1"


def test_a_part_that_there_is_not_is_refused_and_the_dialog_stays(desk):
    desk.at("/products")
    desk.page.get_by_role("button", name="新建").click()
    desk.dialog.get_by_label("编码", exact=True).fill(f"SET{TAG}-2")
    desk.dialog.get_by_label("名称", exact=True).fill("缺件礼盒")
    desk.choose("类型", "组合装")
    desk.dialog.get_by_label("组合装子件", exact=True).fill("NO-SUCH-PART × 2")
    desk.dialog.locator(".ant-btn-primary").click()
    expect(desk.dialog.locator(ALERT)).to_contain_text("货品")
    desk.clear()  # the browser calls a refused request an error


def test_what_is_not_mapped_comes_first_and_a_suggestion_maps_it(desk, goods):
    shop = "TB-POLL"
    rows = [
        {"shop_code": shop, "item_ref": f"{TAG}{n}", "merchant_code": code, "title": f"没有匹配的宝贝 {TAG}{n}"}
        for n, code in enumerate((goods[0], "XX", goods[1].lower().replace("-", " ")), 1)
    ]
    desk.sent("/catalog/listings", rows)
    desk.at("/listings")
    expect(desk.page.locator("[role=row][id]")).to_have_count(3)
    suggested = desk.row(f"没有匹配的宝贝 {TAG}1")
    suggested.get_by_role("button", name=f"建议 {goods[0]} 相似度 100：商家编码相同").click()
    expect(desk.page.get_by_text(f"已匹配到 {goods[0]}")).to_be_visible()
    expect(suggested).to_have_count(0)
    other = desk.row(f"没有匹配的宝贝 {TAG}2")
    expect(other.get_by_role("button")).to_have_count(0)
    other.get_by_role("combobox", name="选择 SKU").fill(goods[1])
    desk.page.locator(".ant-select-item-option", has_text=goods[1]).click()
    expect(other).to_have_count(0)
    desk.page.get_by_role("button", name="采用全部有把握的").click()
    expect(desk.dialog).to_contain_text("1 个未匹配的平台商品中，1 个有把握")
    expect(desk.dialog.locator("tbody tr")).to_contain_text(["编码只差大小写或符号"])
    desk.dialog.get_by_role("button", name="匹配这 1 个").click()
    expect(desk.page.locator("#main")).to_contain_text("全部已匹配")
    listed = {row["item_ref"]: row["sku_code"] for row in all_listings(desk) if row["item_ref"].startswith(TAG)}
    assert listed == {f"{TAG}1": goods[0], f"{TAG}2": goods[1], f"{TAG}3": goods[1]}


def test_a_mapping_is_changed_with_what_that_moves(desk, goods):
    [listing] = desk.sent("/catalog/listings", [{"shop_code": "TB-POLL", "item_ref": f"R{TAG}", "sku_code": goods[0], "title": f"改匹配 {TAG}"}])
    desk.at("/listings?show=all&shop=TB-POLL")
    for _ in range(40):  # pages of the list; it may stand on a later one
        if desk.row(f"改匹配 {TAG}").count():
            break
        desk.page.get_by_role("grid").evaluate("grid => grid.scrollBy(0, grid.scrollHeight)")
        settle(desk.page)
    desk.open_row(f"改匹配 {TAG}")
    expect(desk.dialog).to_contain_text("没有订单受影响")
    desk.dialog.get_by_role("combobox", name="选择 SKU").fill(goods[1])
    desk.page.locator(".ant-select-item-option", has_text=goods[1]).click()
    desk.press_main()
    assert desk.get(f"/catalog/listings/{listing}")["sku_code"] == goods[1]


def all_listings(desk):
    found, cursor = [], ""
    while cursor is not None:
        page = desk.get(f"/catalog/listings?limit=200&cursor={cursor}")
        found, cursor = found + page["items"], page["next"]
    return found


def test_a_shop_s_account_is_tried_at_the_platform_before_and_after_it_is_stored(desk, world):
    secret = session_of("TB-POLL")
    desk.at("/shops")
    desk.page.get_by_role("button", name="接入店铺").click()
    desk.dialog.get_by_role("button", name="淘宝 / 天猫").click()
    desk.dialog.get_by_label("编码", exact=True).fill(f"TRY{TAG}")
    desk.dialog.get_by_label("名称", exact=True).fill("先试后接的店")
    desk.choose("连接", "TOP (taobao)")
    secrets, answer = desk.dialog.get_by_label("密钥（保存后不再显示）", exact=True), desk.dialog.locator(ALERT)
    secrets.fill("session=not-a-session")
    desk.dialog.get_by_role("button", name="试连一下").click()
    expect(answer).to_contain_text("店铺授权（session / access token）无效或已过期")
    expect(answer).to_contain_text("重新授权")
    secrets.fill(f"session={secret}")
    expect(answer).to_have_count(0)  # that answer was another account's
    desk.dialog.get_by_role("button", name="试连一下").click()
    [(shop_name,)] = world.query("SELECT name FROM shop WHERE code = 'TB-POLL'")
    expect(answer).to_contain_text(f"已连通，登录身份：{shop_name}")
    assert desk.get(f"/shops?code=TRY{TAG}")["items"] == []
    desk.dialog.get_by_label("启用", exact=True).click()  # nobody pulls it beside the shop whose session it has
    desk.dialog.get_by_role("button", name="接入店铺").click()
    expect(desk.dialog).to_contain_text("店铺已接入")
    desk.dialog.get_by_role("button", name="试连一下").click()
    expect(answer).to_contain_text(f"已连通，登录身份：{shop_name}")
    desk.dialog.get_by_role("button", name="关闭").last.click()
    desk.open_row(f"TRY{TAG}")
    desk.dialog.get_by_role("button", name="试连一下").click()
    expect(answer).to_contain_text(f"已连通，登录身份：{shop_name}")
    assert secret not in desk.page.content()


def test_a_shop_is_connected_by_the_wizard_and_its_secrets_are_never_shown(desk):
    desk.at("/shops")
    desk.page.get_by_role("button", name="接入店铺").click()
    desk.dialog.get_by_role("button", name="淘宝 / 天猫").click()
    connect = desk.dialog.get_by_role("button", name="接入店铺")
    expect(connect).to_be_disabled()
    desk.dialog.get_by_label("编码", exact=True).fill(f"TB{TAG}")
    desk.dialog.get_by_label("名称", exact=True).fill("向导接入的店")
    desk.choose("连接", "TOP (taobao)")
    desk.dialog.get_by_label("平台账号", exact=True).fill("向导接入的店")
    desk.dialog.get_by_label("安全库存", exact=True).fill("3")
    desk.dialog.get_by_label("杭州仓 (WH-HZ)", exact=True).check()
    desk.dialog.get_by_label("密钥（保存后不再显示）", exact=True).fill("session=very-secret-session")
    connect.click()
    expect(desk.dialog).to_contain_text("店铺已接入")
    desk.dialog.get_by_role("button", name="关闭").last.click()
    row = desk.cells(desk.row(f"TB{TAG}"))
    assert (row["名称"], row["平台"], row["取单方式"], row["拉单"]) == ("向导接入的店", "淘宝 / 天猫", "定时拉取", "还没有拉取")
    shop = stored(desk, "/shops", f"TB{TAG}")
    assert (shop["safety_quantity"], shop["warehouse_codes"], shop["has_secrets"]) == (3, ["WH-HZ"], True)
    desk.open_row(f"TB{TAG}")
    expect(desk.dialog.get_by_label("密钥（保存后不再显示）", exact=True)).to_have_value("")
    expect(desk.dialog.get_by_label("杭州仓 (WH-HZ)", exact=True)).to_be_checked()  # the form has all it will have, nothing in it moves any more
    is_active = desk.dialog.get_by_role("switch", name="启用", exact=True)
    is_active.click()
    expect(is_active).not_to_be_checked()
    desk.press_main()
    now = stored(desk, "/shops", f"TB{TAG}")
    assert (now["is_active"], now["has_secrets"], now["warehouse_codes"]) == (False, True, ["WH-HZ"])
    assert "very-secret" not in desk.page.content()


def test_a_shop_is_told_no_stock_once_its_switch_is_off_and_every_number_once_it_is_on_again(desk, world):
    def due():
        return world.query(
            "SELECT count(*) FILTER (WHERE is_dirty), count(*) FROM listing_stock t JOIN shop s ON s.id = t.shop_id WHERE s.code = 'TB-POLL'"
        )

    desk.at("/shops")
    desk.open_row("TB-POLL")
    switch = desk.dialog.get_by_role("switch", name="库存同步到店铺")
    expect(switch).to_be_checked()
    try:
        switch.click()
        expect(desk.page.get_by_text("库存同步已关闭")).to_be_visible()
        expect(desk.dialog).to_contain_text("admin 于")
        group = desk.dialog.get_by_label("店铺组", exact=True)
        was = group.input_value()
        group.fill("停推组")
        desk.press_main()  # the rest of the record is saved as it was read
        assert desk.cells(desk.row("TB-POLL"))["库存同步到店铺"] == "已关闭"
        assert due()[0][0] == 0
        desk.at("/health")
        row = desk.page.locator("tr", has_text=f"库存同步 {stored(desk, '/shops', 'TB-POLL')['name']}")
        expect(row).to_contain_text("已关闭")
    finally:
        desk.at("/shops")
        desk.open_row("TB-POLL")
        switch.click()
        expect(desk.page.get_by_text("库存同步已打开")).to_be_visible()
        group.fill(was)
        desk.press_main()
    waiting, listings = due()[0]
    assert waiting == listings > 0
    world.later(minutes=1)
    assert due()[0][0] == 0


def test_a_warehouse_is_made_with_the_areas_it_serves(desk):
    desk.at("/warehouses")
    desk.page.get_by_role("button", name="新建").click()
    desk.dialog.get_by_label("编码", exact=True).fill(f"ST{TAG}")
    desk.dialog.get_by_label("名称", exact=True).fill("西湖门店")
    desk.choose("类型", "门店")
    desk.dialog.get_by_label("省", exact=True).fill("浙江省")
    desk.dialog.get_by_label("市", exact=True).fill("杭州市")
    desk.dialog.get_by_label("区县", exact=True).fill("西湖区")
    desk.dialog.get_by_label("每单操作费", exact=True).fill("1.5")
    desk.dialog.get_by_label("截单时间", exact=True).fill("17:30")
    desk.dialog.get_by_label("覆盖区域", exact=True).fill("330000 310000，320100")
    expect(desk.dialog).to_contain_text("浙江省、上海市、江苏省 南京市")
    desk.press_main()
    row = desk.cells(desk.row(f"ST{TAG}"))
    assert (row["类型"], row["市"], row["覆盖区域"], row["截单时间"], row["每单操作费"]) == (
        "门店",
        "浙江省 杭州市 西湖区",
        "3 个区域",
        "17:30",
        "¥1.50",
    )
    made = stored(desk, "/network/warehouses", f"ST{TAG}")
    assert (made["regions"], made["handling_order_minor"], made["connection_code"]) == (["310000", "320100", "330000"], 150, "")
    desk.open_row(f"ST{TAG}")
    desk.dialog.get_by_label("覆盖区域", exact=True).fill("330000 999999")
    expect(desk.dialog).to_contain_text("不认识的代码：999999")
    desk.dialog.get_by_label("覆盖区域", exact=True).fill("330000")
    desk.press_main()
    changed = stored(desk, "/network/warehouses", f"ST{TAG}")
    assert (changed["regions"], changed["cut_off"], changed["city"]) == (["330000"], "17:30:00", "杭州市")


def freight(desk):
    return desk.get(f"/network/freight?carrier=C{TAG}&limit=200")["items"]


# Of a grid whose rows all fit: how far before its right edge a row ends.
FREE_AT_THE_RIGHT = """row => {
  const grid = row.closest('[role=grid]')
  return Math.round(grid.getBoundingClientRect().right - row.getBoundingClientRect().right)
}"""


def test_a_carrier_gets_its_freight_which_is_changed_and_removed(desk):
    desk.at("/carriers")
    desk.page.get_by_role("button", name="新建").click()
    desk.dialog.get_by_label("编码", exact=True).fill(f"C{TAG}")
    desk.dialog.get_by_label("名称", exact=True).fill(f"新快递 {TAG}")
    desk.dialog.get_by_label("各系统里的编码", exact=True).fill("taobao=NEW\nkuaidi100=newkd")
    desk.press_main()
    assert stored(desk, "/network/carriers", f"C{TAG}")["code_by_system"] == {"taobao": "NEW", "kuaidi100": "newkd"}
    row = desk.row(f"C{TAG}")
    expect(row).to_contain_text("淘宝 / 天猫 NEW · 快递100 newkd")
    assert row.evaluate(FREE_AT_THE_RIGHT) == 0

    desk.at("/carriers?tab=freight")
    desk.page.get_by_role("combobox", name="快递").click()
    desk.page.locator(".ant-select-item-option", has_text=TAG).click()
    expect(desk.page.locator("#main")).to_contain_text("没有符合筛选的行")
    desk.page.get_by_role("button", name="新建").click()
    desk.choose("快递", TAG)
    desk.dialog.get_by_label("目的区域", exact=True).fill("540000")
    expect(desk.dialog).to_contain_text("西藏自治区")
    desk.dialog.get_by_label("首重费", exact=True).fill("22.5")
    desk.dialog.get_by_label("续重费", exact=True).fill("9")
    desk.dialog.get_by_label("时效（小时）", exact=True).fill("120")
    desk.press_main()
    [tier] = freight(desk)
    assert (tier["region"], tier["first_minor"], tier["step_minor"], tier["first_g"], tier["transit_h"]) == ("540000", 2250, 900, 1000, 120)
    row = desk.row("540000")
    expect(row).to_have_count(1)
    assert desk.cells(row)["首重"] == "1,000 g · ¥22.50"
    desk.open_row("540000")
    desk.dialog.get_by_label("首重费", exact=True).fill("20")
    desk.press_main()
    expect(row).to_contain_text("¥20.00")
    desk.open_row("540000")
    desk.sent("/network/freight", [{**{name: tier[name] for name in tier if name not in {"id", "version"}}, "transit_h": 96}])  # somebody is quicker
    desk.dialog.get_by_label("续重费", exact=True).fill("8")
    desk.dialog.locator(".ant-btn-primary").click()
    expect(desk.dialog.locator(ALERT)).to_be_visible()
    expect(desk.dialog.get_by_label("时效（小时）", exact=True)).to_have_value("96")
    desk.press_main()
    [tier] = freight(desk)
    assert (tier["step_minor"], tier["transit_h"]) == (800, 96)  # neither has overwritten the other
    desk.open_row("540000")
    desk.dialog.get_by_role("button", name="删除此运费").click()
    expect(desk.page.get_by_text("已删除")).to_be_visible()
    expect(row).to_have_count(0)
    assert freight(desk) == []


def test_the_merchant_says_how_orders_are_sourced(desk):
    before = desk.get("/settings/sourcing")
    desk.at("/settings")
    panel = desk.page.locator("section", has=desk.page.get_by_role("heading", name="商家设置 · 分仓"))
    save = panel.get_by_role("button", name="保存")
    expect(save).to_be_disabled()
    panel.get_by_text("距离最近").click()
    panel.get_by_label("一单最多拆成（包裹）").fill("2")
    panel.get_by_label("每多一个包裹的额外成本（元）").fill("6.8")
    try:
        save.click()
        expect(desk.page.get_by_text("分仓设置已保存")).to_be_visible()
        now = desk.get("/settings/sourcing")
        assert now == {"aim": "nearest", "may_split": True, "split_cap": 2, "split_penalty_minor": 680, "version": before["version"] + 1}
        panel.get_by_text("成本最低").click()
        desk.send("/settings/sourcing", {**{name: now[name] for name in now if name != "version"}, "split_cap": 5}, "PUT", **{"if-match": "*"})
        save.click()
        expect(panel.locator(ALERT)).to_contain_text("他的修改已并入")
        assert desk.get("/settings/sourcing")["split_cap"] == 5
        with desk.page.expect_response(lambda answer: answer.request.method == "PUT"):
            save.click()
        expect(panel.locator(ALERT)).to_have_count(0)
        told = desk.get("/settings/sourcing")
        assert (told["aim"], told["split_cap"]) == ("cheapest", 5)  # ours, and theirs where we had said nothing
        panel.get_by_label("一单最多拆成（包裹）").fill("4")
        desk.send("/settings/sourcing", {**{name: told[name] for name in told if name != "version"}, "split_cap": 3}, "PUT", **{"if-match": "*"})
        save.click()
        expect(panel.get_by_label("我的: 4")).to_be_checked()  # both said it, and not the same: one chooses
        panel.get_by_label("现在的: 3").check()
        panel.get_by_role("button", name="按所选继续").click()
        expect(panel.get_by_label("一单最多拆成（包裹）")).to_have_value("3")
        expect(save).to_be_disabled()
        expect(desk.page).to_have_url(re.compile("/settings$"))
        desk.clear()
    finally:
        desk.send("/settings/sourcing", {name: before[name] for name in before if name != "version"}, "PUT", **{"if-match": "*"})
