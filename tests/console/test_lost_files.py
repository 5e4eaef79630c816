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
