"""A page's own file that does not come: the network broke, or the console was renewed while somebody worked with it."""

from playwright.sync_api import expect

from paidan.entrypoints.pictures import settle

PATIENCE_MS = 20_000


def test_a_page_that_did_not_come_is_asked_for_again_and_a_renewed_console_is_loaded_anew(page, console):
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"{console}/console/guide")
    settle(page)
    told = page.locator("#main h2")

    def go(path):
        page.locator(f"nav a[href='/console{path}']").first.click()

    def shows(title):
        expect(page.locator("#main h1")).to_have_text(title, timeout=PATIENCE_MS)

    page.route("**/assets/products-page-*.js", lambda route: route.abort("connectionreset"))
    go("/products")
    expect(told).to_have_text("这一页没有加载完", timeout=PATIENCE_MS)
    page.unroute("**/assets/products-page-*.js")
    page.get_by_role("button", name="重试").click()
    shows("商品")

    page.route("**/assets/listings-page-*.js", lambda route: route.fulfill(status=404))
    go("/listings")
    expect(told).to_have_text("这一页没有加载完", timeout=PATIENCE_MS)
    go("/products")
    shows("商品")
    page.unroute("**/assets/listings-page-*.js")
    go("/listings")
    shows("铺货匹配")

    page.route("**/assets/shops-page-*.js", lambda route: route.fulfill(status=404))
    page.route(
        "**/console/shops",
        lambda route: route.fulfill(body="<script type=module src=/console/assets/index-newer.js></script>", content_type="text/html"),
    )
    go("/shops")
    expect(told).to_have_text("控制台已更新", timeout=PATIENCE_MS)
    page.unroute_all()
    page.get_by_role("button", name="刷新").click()
    shows("店铺")


def test_without_the_server_rows_stay_what_is_new_is_told_and_all_goes_on_when_it_is_back(page, console):
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"{console}/console/exceptions")
    settle(page)
    rows, grid = page.locator("[role=row][id]"), page.get_by_role("grid")
    first, count = rows.first.inner_text().splitlines()[0], grid.get_attribute("aria-rowcount")
    assert int(count) > 1

    def go(path):
        page.locator(f"nav a[href='/console{path}']").first.click()

    go("/stock")
    settle(page)
    told = page.get_by_role("region", name="与服务器的连接")
    expect(told).to_be_empty()
    page.context.set_offline(True)
    go("/exceptions")  # read anew whenever somebody comes
    expect(told).to_contain_text("连不上服务器", timeout=PATIENCE_MS)
    expect(grid).to_have_attribute("aria-rowcount", count)  # of all its rows, as many are drawn as there is room for beside what is told
    expect(rows.first).to_contain_text(first)
    go("/stock")
    page.get_by_text("按仓库", exact=True).click()  # what was never read yet
    expect(page.locator("#main").get_by_role("alert")).to_contain_text("服务器没有回应", timeout=PATIENCE_MS)
    page.context.set_offline(False)
    expect(told).to_be_empty(timeout=PATIENCE_MS)
    expect(page.locator("#main").get_by_role("alert")).to_have_count(0)
    expect(rows.first).to_be_visible()
