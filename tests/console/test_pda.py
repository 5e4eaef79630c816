"""The phone page by itself: a shop without a warehouse system, its people scan. No day is played for it."""

import asyncio
import gzip
import os
import socket
import threading
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.embed import Server
from playwright.sync_api import expect

from browser import PASSWORD, told
from hands import let_go
from light import BARCODES, numbers, set_up_shop
from paidan.entrypoints.api.app import create_app
from paidan.entrypoints.api.people.store import make_first_person
from paidan.entrypoints.api.services import HandlerContext
from paidan.entrypoints.console_build import dist_folder, ensure_built
from paidan.entrypoints.pictures import FLAGS, find_chromium
from paidan.fulfilment.entries import order_entry
from paidan.printing.bars import modules_of
from paidan.runtime.clocks import FixedClock
from paidan.runtime.ids import CountingIds
from paidan.runtime.sealing import Sealer, new_keyring
from paidan.runtime.settings import Settings
from paidan.stock.documents import document_no
from scene import NOW, Scene, empty, line, order, receiver

AXE = Path(__file__).parents[2] / "console" / "node_modules" / "axe-core" / "axe.min.js"
SERIOUS = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations
  .filter(violation => ['serious', 'critical'].includes(violation.impact)).map(violation => `${violation.id}: ${violation.nodes[0].html.slice(0, 160)}`)"""
PATIENCE_S = 20
KB_MAX = 70
NAMES = {"X": "不锈钢保温杯 500ml 曜石黑", "Y": "Cotton towel, extra long, undyed", "Z": "儿童雨衣"}


@pytest.fixture(scope="module")
def shop_scene(server, merchant, database):
    """The scene behind the served page."""
    empty(server.owner_url, merchant)
    return Scene(database, CountingIds(), Sealer(new_keyring()))


@pytest.fixture(scope="module")
def address(shop_scene):
    """The API with the built page, served from a thread."""
    if not os.environ.get("PAIDAN_CONSOLE_DIR") and not ensure_built():
        pytest.skip("the console is not built: Node is missing")
    scene = shop_scene
    services = HandlerContext(database=scene.database, ids=scene.ids, sealer=scene.sealer, clock=FixedClock(NOW), settings=Settings())
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        port = chosen.getsockname()[1]
    loop = asyncio.new_event_loop()
    served = Server(create_app(services), port=port, interface=Interfaces.ASGI, log_level=LogLevels.error)
    thread = threading.Thread(target=loop.run_until_complete, args=(served.serve(),), daemon=True)
    thread.start()
    _wait_for(f"http://127.0.0.1:{port}/readyz")
    yield f"http://127.0.0.1:{port}"
    loop.call_soon_threadsafe(served.stop)
    thread.join(PATIENCE_S)


def _wait_for(url):
    for _ in range(PATIENCE_S * 10):
        try:
            with urllib.request.urlopen(url, timeout=1):  # noqa: S310 - our own loopback address
                return
        except (urllib.error.URLError, OSError):
            threading.Event().wait(0.1)
    raise AssertionError("the API does not answer")


@pytest.fixture
def shop(server, merchant, shop_scene):
    """One order of three units, packed by hand at A; ten of X announced."""
    scene = shop_scene
    scene.skus.clear()
    empty(server.owner_url, merchant)
    with scene.database.transaction() as tx:
        make_first_person(tx, scene.ids, PASSWORD, NOW)
    set_up_shop(scene, {"A": {"X": 10, "Y": 10, "Z": 10}})
    for code, name in NAMES.items():
        scene.query("UPDATE sku SET name = %s WHERE code = %s RETURNING 1", name, code)
    scene.query("UPDATE warehouse SET name = '西湖门店' RETURNING 1")
    told(scene, order("1", line("X", 2), line("Y"), receiver=receiver(1)))
    let_go(scene)
    with scene.database.transaction() as tx:
        order_entry(tx, scene.ids, "A", [("X", 10), ("Z", 2)], "PO-2026-7", NOW, NOW)
    return scene


@pytest.fixture
def open_page(shop, one_browser, address):  # noqa: ARG001 - what the page shows
    """Opens the page, 320 wide unless said, signed in with the form it shows. Nothing may be complained of by the browser but the network we take away."""
    contexts, faults = [], []

    def opened(width=320, language="zh", browser=one_browser):
        context = browser.new_context(viewport={"width": width, "height": 640}, locale="zh-CN", timezone_id="Asia/Shanghai", has_touch=True)
        context.add_init_script(f"localStorage.setItem('paidan.language', '{language}')")
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" and "Content Security" in message.text else None)
        page.goto(f"{address}/pda")
        page.fill("input[name=username]", "admin")
        page.fill("input[name=password]", PASSWORD)
        page.click("button[type=submit]")
        expect(page.locator("button.huge")).to_have_count(3)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert faults == []


def scan(page, *texts):
    """A hardware wedge: it types and sends Enter to whatever has the focus."""
    for text in texts:
        page.keyboard.type(BARCODES.get(text, text))
        page.keyboard.press("Enter")


def banner(page):
    return page.locator(".banner")


def asks(page, text):
    """Waits until the page asks for this."""
    expect(page.locator(".asks")).to_have_text(text)


def verified(page):
    """Everything is scanned, and the server has heard of it."""
    asks(page, "请扫面单上的运单号")
    expect(page.locator("button.unsent")).to_be_hidden()


def is_wide(page):
    return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


def shipped(scene):
    return scene.query("SELECT tracking_no, weight_g FROM parcel ORDER BY id")


def to_goods(page, scene):
    [no] = numbers(scene)
    page.click("button.huge.pack")
    asks(page, "请扫发货单或订单号")
    expect(page.locator(".card")).to_have_count(1)
    scan(page, no)
    asks(page, "请扫商品条码")
    return no


def test_one_order_is_verified_and_shipped_by_scans_alone(shop, open_page):
    page = open_page()
    no = to_goods(page, shop)
    for n, code in enumerate(("X", "Y"), 1):
        scan(page, code)
        expect(banner(page)).to_have_class("banner good")
        expect(page.locator(".progress b")).to_have_text(f"{n} / 3")
    scan(page, "X")
    asks(page, "请扫面单上的运单号")
    page.get_by_label("重量（克）").fill("640")
    page.locator("input.scan").focus()
    scan(page, "ZT7300001")
    expect(banner(page)).to_contain_text(f"已发货 {no}")
    asks(page, "请扫发货单或订单号")
    expect(page.locator(".card")).to_have_count(0)
    assert shipped(shop) == [("ZT7300001", 640)]
    assert ("packed", "user:admin") in shop.query("SELECT step, actor FROM timeline")
    assert shop.broken_invariants() == {}


def test_a_list_older_than_the_shipment_does_not_bring_the_task_back(shop, open_page):
    page = open_page()
    no = to_goods(page, shop)
    scan(page, "X", "Y", "X")
    verified(page)
    ships, lists = [], []  # the list is read by the server before the shipment, and told to the page after it
    page.route("**/pda/fulfilments/*/ship", lambda route: ships.append(route))  # noqa: PLW0108 - the library marks what it is given
    page.route("**/pda/tasks?*", lambda route: lists.append((route, route.fetch())))
    scan(page, "ZT7300002")
    while not (ships and lists):
        page.wait_for_timeout(20)  # lets the browser's events in
    ships[0].continue_()
    expect(banner(page)).to_contain_text(f"已发货 {no}")
    for route, answer in lists:
        route.fulfill(response=answer)
    expect(page.locator("ul.cards li.empty")).to_be_visible()
    expect(page.locator(".card")).to_have_count(0)


@pytest.mark.parametrize(("code", "word"), [("Z", "不是这一单的商品"), ("4711", "不是这一单的商品"), ("Y", "数量已够")])
def test_a_wrong_scan_is_told_by_colour_and_word_and_counts_nothing(shop, open_page, code, word):
    page = open_page()
    to_goods(page, shop)
    scan(page, "Y")
    expect(page.locator(".progress b")).to_have_text("1 / 3")
    scan(page, code)
    expect(banner(page)).to_have_class("banner bad")
    expect(banner(page)).to_contain_text(word)
    expect(page.locator(".progress b")).to_have_text("1 / 3")
    expect(page.locator("input.scan")).to_be_focused()


def test_a_part_may_leave_first_and_a_reload_loses_no_scan(shop, open_page):
    page = open_page()
    to_goods(page, shop)
    scan(page, "X")
    page.reload()
    expect(page.locator(".progress b")).to_have_text("1 / 3")
    page.click("summary")
    page.get_by_role("button", name="剩下的稍后发").click()
    asks(page, "请扫面单上的运单号")
    scan(page, BARCODES["X"])
    expect(banner(page)).to_have_class("banner bad")
    scan(page, "ZT7300002")
    expect(banner(page)).to_contain_text("已发货")
    assert shop.query("SELECT state FROM fulfilment") == [(60,)]


def test_what_was_done_offline_is_sent_once_when_the_network_is_back(shop, open_page):
    page = open_page()
    no = to_goods(page, shop)
    page.context.set_offline(True)
    scan(page, "X", "X", "Y")
    asks(page, "请扫面单上的运单号")
    scan(page, "ZT7300003")
    expect(banner(page)).to_contain_text("没有网络，已存下")
    expect(page.locator("button.unsent")).to_contain_text("2 条待发送")
    assert shipped(shop) == []
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.context.set_offline(False)
    expect(page.locator("button.unsent")).to_be_hidden()
    assert [url.rpartition("/")[2] for url in sent] == ["verify", "ship"]
    assert shipped(shop) == [("ZT7300003", 0)]
    assert numbers(shop) == []
    assert no in page.evaluate("document.body.innerText") or page.locator(".card").count() == 0


def test_a_lost_answer_is_asked_for_again_and_counts_once(shop, open_page):
    page = open_page()
    to_goods(page, shop)
    scan(page, "X", "X", "Y")
    verified(page)
    lost = []

    def lose(route):
        route.fetch()  # it takes effect, and nobody hears of it
        lost.append(route.request.url)
        route.abort()

    page.route("**/ship", lose, times=1)
    with page.expect_event("requestfailed"):
        scan(page, "ZT7300004")
    expect(page.locator("button.unsent")).to_contain_text("1 条待发送")
    assert (len(lost), shipped(shop)) == (1, [("ZT7300004", 0)])
    page.click("button.unsent")
    page.get_by_role("button", name="立即发送").click()
    expect(page.locator(".empty")).to_have_text("全部已发送")
    assert shop.query("SELECT SUM(quantity) FROM entry WHERE kind = 'issue'") == [(-3,)]


def test_two_tabs_of_a_device_send_each_scan_once_and_a_reload_in_the_midst_counts_nothing_twice(shop, open_page):
    page = open_page()
    to_goods(page, shop)
    other = page.context.new_page()
    other.goto(page.url)
    sent = []
    for tab in (page, other):
        # Those that were answered: without a network it is tried every ten seconds.
        tab.on("requestfinished", lambda request: sent.append(request.url.rpartition("/")[2]) if request.method == "POST" else None)
    page.context.set_offline(True)
    scan(page, "X", "X", "Y")
    asks(page, "请扫面单上的运单号")
    scan(page, "ZT7300006")
    expect(page.locator("button.unsent")).to_contain_text("2 条待发送")
    waiting = page.evaluate("() => localStorage.getItem('paidan.pda.queue')")
    page.context.set_offline(False)  # both hear of it at once
    for tab in (page, other):
        expect(tab.locator("button.unsent")).to_be_hidden()
    assert sent == ["verify", "ship"]
    assert shipped(shop) == [("ZT7300006", 0)]
    # A browser may show a tab a moment late what the other has written: it still sees them wait, and sends neither again.
    page.evaluate("waiting => { localStorage.setItem('paidan.pda.queue', waiting); window.dispatchEvent(new Event('online')) }", waiting)
    page.wait_for_function("() => localStorage.getItem('paidan.pda.queue') === '[]'")
    assert sent == ["verify", "ship"]

    receive, taken = "**/pda/receipts/*/receive", []
    other.close()
    page.goto(page.url.partition("#")[0])
    page.click("button.huge.receive")
    asks(page, "请扫入库单号")
    expect(page.locator(".card")).to_have_count(1)
    scan(page, "PO-2026-7")
    asks(page, "请扫商品条码")
    scan(page, "X")
    page.route(receive, lambda route: taken.append(route.fetch().status))  # it takes effect, and the answer is still on its way
    page.get_by_role("button", name="收完了").click()
    page.get_by_role("button", name="确定").click()
    while not taken:
        page.wait_for_timeout(20)  # lets the browser's events in
    page.unroute(receive)
    with page.expect_response(receive) as again:
        page.reload()
    assert (taken, again.value.status) == ([200], 200)
    expect(page.locator("button.unsent")).to_be_hidden()
    assert shop.query("SELECT SUM(quantity) FROM entry WHERE kind = 'receive'") == [(1,)]
    assert shop.broken_invariants() == {}


def test_a_refusal_stays_until_it_was_read(shop, open_page):
    page = open_page()
    to_goods(page, shop)
    scan(page, "X", "X", "Y")
    verified(page)
    shop.query("UPDATE fulfilment SET state = 50, path = '{50}' WHERE state = 40 RETURNING 1")
    shop.query("DELETE FROM packing RETURNING 1")
    scan(page, "ZT7300005")
    expect(banner(page)).to_have_class("banner bad")
    expect(banner(page)).to_contain_text("不要发出")
    told = page.locator(".card", has_text="被拒绝")
    expect(told).to_contain_text("已拦截")
    told.click()
    expect(page.locator(".refused")).to_contain_text("已拦截")
    page.get_by_role("button", name="知道了").click()
    expect(page.locator("button.unsent")).to_be_hidden()


def test_goods_are_received_by_scans_short_and_surplus(shop, open_page):
    page = open_page()
    page.click("button.huge.receive")
    asks(page, "请扫入库单号")
    expect(page.locator(".card")).to_have_count(1)
    scan(page, "PO-2026-7")
    asks(page, "请扫商品条码")
    page.get_by_label("每扫计").fill("9")
    page.locator("input.scan").focus()
    scan(page, "X")
    expect(page.locator("[data-sku=X] .count")).to_have_text("9/10")
    scan(page, "4711")
    expect(banner(page)).to_contain_text("入库单上没有")
    scan(page, "Z", "Z", "Z")
    expect(banner(page)).to_contain_text("比通知多")
    page.get_by_role("button", name="收完了").click()
    expect(page.locator(".choices")).to_contain_text("还差 1 件")
    page.get_by_role("button", name="确定").click()
    expect(banner(page)).to_contain_text("已入库")
    expect(banner(page)).to_contain_text("多收 1 件")
    found = "SELECT s.code, SUM(e.quantity) FROM entry e JOIN sku s ON s.id = e.sku_id WHERE e.kind = 'receive' GROUP BY 1 ORDER BY 1"
    assert shop.query(found) == [("X", 9), ("Z", 3)]
    assert shop.broken_invariants() == {}


def test_any_code_is_found(shop, open_page):
    page = open_page(language="en")
    page.click("button.huge.find")
    asks(page, "Scan anything")
    scan(page, "Y")
    expect(page.locator(".goods")).to_contain_text("Cotton towel")
    scan(page, numbers(shop)[0])
    expect(page.locator(".card")).to_have_count(1)
    scan(page, "no-such")
    expect(banner(page)).to_have_class("banner bad")


@pytest.fixture
def camera_browser(one_browser, tmp_path):
    """A browser whose camera looks at the bars of Y, and which reads no bars by itself: as on an iPhone."""
    film = tmp_path / "label.y4m"
    film.write_bytes(b"YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420jpeg\nFRAME\n" + frame_of(modules_of(BARCODES["Y"]), 640, 480))
    flags = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={film}"]
    opened = one_browser.browser_type.launch(executable_path=find_chromium(), args=[*FLAGS, *flags])
    yield opened
    opened.close()


def frame_of(modules, width, height):
    """A grey picture of black bars on white paper, three pixels a module; around it the desk, which begins two modules beside the bars."""
    bars = b"".join((b"\x18" if bit == "1" else b"\xeb") * 3 for bit in f"00{modules}00")
    row = bars.center(width, b"\x80")
    desk = b"\x80" * width
    return desk * (height // 3) + row * (height - 2 * (height // 3)) + desk * (height // 3) + b"\x80" * (width * height // 2)


def test_the_camera_reads_bars_where_the_browser_cannot(open_page, camera_browser):
    page = open_page(language="en", browser=camera_browser)
    fetched = []
    page.on("request", lambda request: fetched.append(request.url))
    assert not page.evaluate("'BarcodeDetector' in window")
    page.click("button.huge.find")
    asks(page, "Scan anything")
    assert [url for url in fetched if "/assets/" in url] == []  # nobody pays for the reader who has a wedge
    page.get_by_role("button", name="Camera").click()
    expect(page.locator("video")).to_be_visible()
    expect(page.locator(".goods")).to_contain_text("Cotton towel")
    assert [url for url in fetched if "/assets/decoder" in url]
    page.get_by_role("button", name="Camera").click()
    expect(page.locator("video")).to_be_hidden()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_screen_is_wider_than_a_small_phone_and_axe_finds_nothing_serious(shop, open_page, language):
    page = open_page(width=320, language=language)
    [no] = numbers(shop)
    receipt = document_no(shop.query("SELECT id FROM document WHERE kind = 'entry'")[0][0])
    for path, scanned in (
        ("", ()),
        ("pack", ()),
        (f"pack/{no}", ("X", "Z", "X", "Y")),
        ("receive", ()),
        (f"receive/{receipt}", ("X", "4711")),
        ("find", ("X",)),
    ):
        page.evaluate("path => { location.hash = '#/' + path }", path)
        if path:
            page.wait_for_selector("input.scan")
        page.wait_for_timeout(200)
        scan(page, *scanned)
        page.wait_for_timeout(200)
        assert not is_wide(page), path
        if AXE.is_file():
            page.evaluate(AXE.read_text())
            assert page.evaluate(SERIOUS) == [], path
        if shots := os.environ.get("PAIDAN_PDA_PICTURES"):
            for width in (320, 390):
                page.set_viewport_size({"width": width, "height": 720})
                page.screenshot(
                    path=f"{shots}/{language}-{width}-{path.partition('/')[0] or 'home'}{'-work' if '/' in path else ''}.png", full_page=True
                )
            page.set_viewport_size({"width": 320, "height": 640})


def test_the_page_opens_without_a_network(shop, open_page):
    page = open_page()
    to_goods(page, shop)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.context.set_offline(True)
    page.reload()
    expect(page.locator(".progress b")).to_have_text("0 / 3")
    page.context.set_offline(False)


def test_the_page_is_small(address):
    with urllib.request.urlopen(f"{address}/pda") as answer:  # noqa: S310 - our own loopback address
        html = answer.read()
    names = [part.partition(b'"')[0].decode() for part in html.split(b'"') if b"/assets/" in part]
    files = [(dist_folder() / name.removeprefix("/console/")).read_bytes() for name in names]
    assert len(files) >= 2
    assert sum(len(gzip.compress(body)) for body in (html, *files)) < KB_MAX * 1000
