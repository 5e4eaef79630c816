"""Files in and out, and papers: imports with a preview and an error file, exports in the background, prints that are counted and warned of."""

import base64
import io
import re
import zipfile

import pytest
import xlsxwriter
from playwright.sync_api import expect
from python_calamine import CalamineWorkbook

from own_shop import RECEIVER, SHOP, buy, free_sku, open_shop, order_of
from papers import needs_chinese_font, pages_of

LONG = "690123456789012345"
FORMULA = '=HYPERLINK("http://evil.example","点我")'
HEADERS = ["货品编码", "货品名称", "重量(克)", "条码", "在售", "仓库备注"]
GOOD = [["IMP-1", "导入商品一", 120, LONG, "是", ""], ["IMP-2", FORMULA, 80, "", "", ""]]
BAD = [["", "没有编码", 10, "", "", ""], ["IMP-3", "重量不对", "很重", "", "", ""]]
DROP = """(zone, [name, base64]) => {
  const bytes = Uint8Array.from(atob(base64), letter => letter.charCodeAt(0))
  const data = new DataTransfer()
  data.items.add(new File([bytes], name))
  zone.dispatchEvent(new DragEvent('drop', {bubbles: true, cancelable: true, dataTransfer: data}))
}"""
PASTE = """(zone, text) => {
  const data = new DataTransfer()
  data.setData('text/plain', text)
  zone.dispatchEvent(new ClipboardEvent('paste', {bubbles: true, cancelable: true, clipboardData: data}))
}"""


def workbook(rows):
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"strings_to_formulas": False}) as book:
        page = book.add_worksheet()
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return buffer.getvalue()


def sheets(path):
    """The cells of each sheet, text as text and numbers as numbers; a formula anywhere fails."""
    with zipfile.ZipFile(path) as parts:
        assert not any(b"<f" in parts.read(name) for name in parts.namelist() if name.startswith("xl/worksheets/sheet"))
    book = CalamineWorkbook.from_path(path)
    return [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]


def zone(desk):
    return desk.page.get_by_text("把文件拖到这里，或点击选择").locator("xpath=ancestor::div[1]")


def skus(desk, *codes):
    return [one for code in codes for one in desk.get(f"/catalog/skus?code={code}")["items"]]


def test_a_template_is_downloaded_with_headers_and_what_they_mean(desk):
    desk.at("/imports?kind=products")
    with desk.page.expect_download() as started:
        desk.page.get_by_role("link", name="下载模板").click()
    [head], explained = sheets(started.value.path())
    assert started.value.suggested_filename == "paidan-products.xlsx"
    assert {"货品编码", "货品名称", "重量(克)"} <= {name.removeprefix("*") for name in head}  # what is needed has a star
    assert any("货品编码" in row for row in explained)


def test_a_file_is_checked_cell_by_cell_and_its_good_rows_are_taken(desk):
    desk.at("/imports")
    desk.page.get_by_role("button", name="商品", exact=True).click()
    file = {"name": "商品.xlsx", "mimeType": "application/octet-stream", "buffer": workbook([HEADERS, *GOOD, *BAD])}
    desk.page.locator("input[type=file]").set_input_files(file)
    main = desk.page.locator("#main")
    expect(main).to_contain_text("2 行可导入")
    expect(main).to_contain_text("2 行有问题")
    expect(main).to_contain_text("没有用到的列：仓库备注")
    seen = {row.get_by_role("rowheader").inner_text().strip(): row for row in main.get_by_role("table").get_by_role("row").all()[1:]}
    assert list(seen) == ["2", "3", "4", "5"]  # the real cells, the good rows too
    assert seen["2"].get_by_role("cell").all_inner_texts() == ["新增", "IMP-1", "导入商品一", "120", LONG, "是", ""]
    expect(main).to_contain_text("新增 2 行")
    expect(seen["5"]).to_contain_text("字段值无效")  # the words of the reasons come after the rows
    wrong = {number: row.locator("[role=cell][data-bad=true]").all_inner_texts() for number, row in seen.items()}
    assert wrong == {"2": [], "3": [], "4": ["（空）\n缺少必填字段"], "5": ["很重\n字段值无效 · 要求：0 到 10,000,000 的整数"]}
    main.get_by_role("button", name="下一处问题").click()
    expect(main.get_by_role("status")).to_have_text("第 1/2 处：第 4 行 货品编码")
    desk.page.keyboard.press("n")
    expect(main.locator("[data-current=true]")).to_contain_text("很重")
    main.get_by_role("group", name="按原因").get_by_role("button", name="货品编码 · 缺少必填字段 1").click()
    expect(main.get_by_role("table").get_by_role("rowheader")).to_have_text(["4"])
    assert skus(desk, "IMP-1", "IMP-2") == []  # a preview writes nothing

    main.get_by_role("button", name="导入 2 行").click()
    expect(main).to_contain_text("已导入 2 行")
    one, two = skus(desk, "IMP-1", "IMP-2")
    assert (one["weight_g"], one["barcodes"], two["name"]) == (120, [LONG], FORMULA)
    assert skus(desk, "IMP-3") == []
    with desk.page.expect_download() as started:
        main.get_by_role("button", name="下载问题行（带原因列）").click()
    [[head, *rows]] = sheets(started.value.path())
    assert head == [*HEADERS, "原因", "Reason"]
    assert [row[1] for row in rows] == ["没有编码", "重量不对"]
    assert rows[0][6].startswith("货品编码")
    assert rows[1][7].startswith("重量(克)")


def test_a_corrected_file_is_dropped_and_cells_are_pasted(desk):
    desk.at("/imports?kind=products")
    corrected = base64.b64encode(workbook([HEADERS, ["IMP-4", "拖进来的", 10, "", "", ""]])).decode()
    zone(desk).evaluate(DROP, ["改好的.xlsx", corrected])
    expect(desk.page.locator("#main")).to_contain_text("1 行可导入")
    expect(desk.page.locator("#main")).to_contain_text("改好的.xlsx")
    desk.page.get_by_role("button", name="返回").click()
    zone(desk).evaluate(PASTE, f"货品编码\t货品名称\t条码\nIMP-5\t粘贴的\t{LONG[::-1]}\nIMP-6\t也是\t\n")
    expect(desk.page.locator("#main")).to_contain_text("2 行可导入")
    desk.page.get_by_role("button", name="导入 2 行").click()
    expect(desk.page.locator("#main")).to_contain_text("已导入 2 行")
    assert [one["name"] for one in skus(desk, "IMP-4", "IMP-5", "IMP-6")] == ["粘贴的", "也是"]
    assert skus(desk, "IMP-5")[0]["barcodes"] == [LONG[::-1]]
    seen = desk.page.get_by_role("link", name="查看列表")
    seen.focus()
    desk.page.keyboard.press("Enter")
    expect(desk.page).to_have_url(re.compile(r"/console/products$"))


@pytest.fixture
def orders(desk, world):
    """Two orders that a warehouse has just taken: long numbers, and one receiver with a name like a formula."""
    open_shop(desk)
    code = free_sku(desk, at_least=4)["sku_code"]
    numbers = [f"{LONG}{world.now:%m%d%H%M%S}{n}" for n in (1, 2)]
    buy(desk, numbers[0], (code, 1))
    buy(desk, numbers[1], (code, 1), receiver={**RECEIVER, "name": "=1+1", "phone": "13800000009"})
    world.later(seconds=5)
    return [order_of(desk, number) for number in numbers]


def chosen(desk, orders):
    numbers = "|".join(order["order_no"] for order in orders)
    desk.at(f"/orders?f=order_no:is:{numbers}")
    desk.page.locator("[role=columnheader] input[type=checkbox]").check()


def test_the_view_is_exported_in_the_background_with_long_numbers_as_text(desk, orders):
    chosen(desk, orders)
    desk.page.get_by_role("button", name="更多操作").click()
    desk.page.get_by_role("menuitem", name="导出").click()
    expect(desk.dialog.get_by_role("status")).to_contain_text("2 单可执行")
    desk.dialog.get_by_role("button", name="执行 2 单").click()
    link = desk.dialog.get_by_role("link", name="下载文件")
    expect(link).to_be_visible()
    with desk.page.expect_download() as started:
        link.click()
    [[head, *rows]] = sheets(started.value.path())
    assert head[0] in desk.page.locator("[role=columnheader]").all_inner_texts()
    cells = {cell for row in rows for cell in row}
    for order in orders:
        assert {order["platform_order_no"], order["order_no"]} <= cells  # as text, to the last digit
    assert not any(str(cell).startswith("=") for cell in cells)
    assert len(rows) == 2


def print_key(desk, orders):
    chosen(desk, orders)
    desk.page.keyboard.press("p")
    expect(desk.dialog).to_contain_text(f"打印 {len(orders)} 单")


TELL_WHAT_IS_OPENED = "() => { const really = window.open; window.open = (url, ...more) => really.call(window, window.opened = url, ...more) }"


def printed(desk, button):
    """Press it; gives the file, for which a tab is opened."""
    desk.page.evaluate(TELL_WHAT_IS_OPENED)
    with desk.page.expect_response("**/api/v1/prints") as answered, desk.page.expect_popup() as opened:
        # Its end alone: behind a tab that was opened nothing is drawn anew, and the sign of work stays in front of the name.
        desk.dialog.get_by_role("button", name=re.compile(f"{button}$")).click()
    file = answered.value
    # Asked of the page: the new tab itself has no address in a Chromium without windows, which saves a PDF instead of showing it.
    assert desk.page.evaluate("window.opened").startswith("blob:")
    opened.value.close()
    desk.page.bring_to_front()
    return file


def times(desk, orders):
    return [order_of(desk, order["platform_order_no"])["printed"] for order in orders]


def test_a_pick_list_is_printed_counted_and_not_printed_again_unawares(desk, orders):
    needs_chinese_font()
    bodies = kept_bodies(desk)
    print_key(desk, orders)
    lists = len({order["warehouses"][0] for order in orders})  # one for each warehouse
    assert printed(desk, "打印").headers["x-print-papers"] == str(lists)
    text = "".join(page for page, _, _ in pages_of(bodies[-1]))
    assert all(order["order_no"] in text for order in orders)
    expect(desk.page.get_by_text(f"已生成 {lists} 张")).to_be_visible()
    assert times(desk, orders) == [1, 1]

    print_key(desk, orders)
    with desk.page.expect_response("**/api/v1/prints") as refused:
        desk.dialog.get_by_role("button", name="打印", exact=True).click()
    assert refused.value.status == 409
    warning = desk.dialog.get_by_role("alert")
    expect(warning).to_contain_text(re.compile(r"已经打印过：FH\d+, FH\d+"))
    assert times(desk, orders) == [1, 1]
    printed(desk, "仍要重新打印")
    assert times(desk, orders) == [2, 2]
    runs = desk.get(f"/prints?order_no={orders[0]['order_no']}")["items"]
    assert [(run["kind"], run["is_again"], run["actor"]) for run in runs] == [("pick_list", True, "user:admin"), ("pick_list", False, "user:admin")]
    desk.clear()  # the browser calls a refused request an error


def kept_bodies(desk):
    """What the API gave for each print: a response that opens a tab can't be read afterwards."""
    bodies = []

    def keep(route):
        answer = route.fetch()
        bodies.append(answer.body())
        route.fulfill(response=answer)

    desk.page.route("**/api/v1/prints", keep)
    return bodies


@pytest.fixture(autouse=True)
def no_routes_stay(one_desk):
    yield
    one_desk.page.unroute_all()


def test_labels_and_packing_lists_are_printed_as_pdf_and_for_label_printers(desk, orders):
    needs_chinese_font()
    bodies = kept_bodies(desk)
    print_key(desk, orders)
    desk.dialog.get_by_text("装箱单").click()
    assert printed(desk, "打印").headers["content-type"] == "application/pdf"
    assert len(pages_of(bodies[-1])) == 2

    print_key(desk, orders[:1])
    desk.dialog.get_by_text("面单", exact=True).click()
    assert printed(desk, "打印").headers["x-print-papers"] == "1"
    [(text, _, _)] = pages_of(bodies[-1])
    assert "王小明" in text
    assert "13812345678" in text

    print_key(desk, orders[1:])
    desk.dialog.get_by_text("面单", exact=True).click()
    desk.dialog.get_by_text("ZPL").click()
    with desk.page.expect_download() as started:
        desk.dialog.get_by_role("button", name="打印", exact=True).click()
    assert started.value.suggested_filename == "label.zpl"
    zpl = started.value.path().read_text()
    assert zpl.startswith("^XA")
    assert zpl.rstrip().endswith("^XZ")
    assert "13800000009" in zpl
    reveals = desk.get("/receiver-reveals?limit=10")["items"]
    assert {order["order_no"] for order in orders} <= {one["order_no"] for one in reveals if one["purpose"] == "print"}


def all_that_match(desk, orders):
    """The dialog that prints whatever the filter finds, though one row only is chosen."""
    desk.at(f"/orders?f=order_no:is:{'|'.join(order['order_no'] for order in orders)}")
    desk.page.locator("[role=row][id] input[type=checkbox]").first.check()
    desk.page.get_by_role("button", name=f"选择全部 {len(orders)} 单符合条件的").click()
    desk.page.keyboard.press("p")
    expect(desk.dialog).to_contain_text(f"打印 {len(orders)} 单")
    desk.dialog.get_by_text("面单", exact=True).click()


def test_all_that_match_are_printed_in_the_background_not_the_loaded_ones_only(desk, orders):
    needs_chinese_font()
    all_that_match(desk, orders)
    expect(desk.dialog.get_by_role("status")).to_contain_text("2 单将打印")
    desk.dialog.get_by_role("button", name="打印 2 单").click()
    link = desk.dialog.get_by_role("link", name="下载文件")
    expect(link).to_be_visible()
    with desk.page.expect_download() as started:
        link.click()
    assert re.fullmatch(r"paidan-label-\d+\.pdf", started.value.suggested_filename)
    assert len(pages_of(started.value.path().read_bytes())) == 2
    assert times(desk, orders) == [1, 1]

    all_that_match(desk, orders)
    expect(desk.dialog.get_by_role("status")).to_contain_text("已打印过: 2")
    expect(desk.dialog.get_by_role("button", name="没有可打印的")).to_be_disabled()
    desk.dialog.get_by_role("checkbox", name="连同已打印过的 2 单再打一次").check()
    desk.dialog.get_by_role("button", name="打印 2 单").click()
    expect(desk.dialog.get_by_role("link", name="下载文件")).to_be_visible()
    assert times(desk, orders) == [2, 2]

    desk.at("/prints")
    expect(desk.page.locator("[role=row][id]").first).to_contain_text("重复打印")
    waiting = desk.page.get_by_role("list", name="打印文件").get_by_role("link")
    with desk.page.expect_download() as started:
        waiting.first.click()
    assert started.value.suggested_filename.startswith("paidan-label-")


def test_what_no_warehouse_has_is_not_printed_and_says_so(desk, world):
    open_shop(desk)
    number = f"HELD{world.now:%m%d%H%M%S}"
    buy(desk, number, (free_sku(desk)["sku_code"], 1), buyer_remark="先别发")
    world.later(seconds=5)
    order = order_of(desk, number)
    assert order["shop"] == SHOP
    print_key(desk, [order])
    desk.dialog.get_by_role("button", name="打印", exact=True).click()
    expect(desk.dialog.get_by_role("alert")).to_be_visible()
    assert times(desk, [order]) == [0]
    desk.clear()
