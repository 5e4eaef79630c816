"""The dashboard: every number opens a list of as many, numbers stand still until somebody asks, a bar opens its orders."""

import re
import time
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import expect

from desk import Desk
from own_shop import buy, free_sku, open_shop, order_of
from paidan.entrypoints.pictures import PASSWORD, settle, signed_in

COUNT = re.compile(r"\d[\d,]*")
NEWS_WITHIN_MS = 15_000
FIRST_PASSWORD = "first-" + PASSWORD


@pytest.fixture(scope="module", autouse=True)
def fresh_orders(one_desk, world):
    """The day was played ten days ago: two orders of the last hour, so that a short range has some too."""
    open_shop(one_desk)
    sku = free_sku(one_desk)["sku_code"]
    for n in range(2):
        buy(one_desk, f"DASH{n}-{time.monotonic_ns()}", (sku, 1), buyer_remark="快")
    world.later(seconds=2)
    count_anew(one_desk)


def count_anew(desk):
    """What was kept for ten seconds is of before; a fresh one is at most one second old."""
    desk.page.wait_for_timeout(1_100)
    for days in (1, 7, 30):
        desk.get(f"/dashboard?days={days}&is_fresh=true")


@pytest.fixture
def one_more(desk, world):
    """Another order comes, whenever it is called."""

    def come():
        number = f"NEW{time.monotonic_ns()}"
        buy(desk, number, (free_sku(desk)["sku_code"], 1), buyer_remark="快")
        world.later(seconds=2)
        order_of(desk, number)  # it is there
        desk.page.wait_for_timeout(1_100)  # a fresh count is at most one second old

    yield come
    count_anew(desk)


def listening(desk, path):
    """A page that hears what happens from now on; its button to refresh."""
    with desk.page.expect_response("**/api/v1/events"):
        desk.at(path)
    return desk.page.locator("#dashboard-refresh")


def filters_of(url):
    return parse_qs(urlparse(url).query).get("f", [])


def counted(desk, filters):
    query = "&".join(f"f={one.replace('+', '%2B')}" for one in filters)
    return desk.get(f"/lists/orders/count?{query}")["count"]


def panel(desk, heading):
    return desk.page.locator("section", has=desk.page.get_by_role("heading", name=heading, exact=True))


def links(place):
    """What each link reads, and the filters it opens."""
    found = place.evaluate_all("all => all.map(one => [one.innerText, one.getAttribute('href')])")
    return [(text, filters_of(href)) for text, href in found]


def counts_in(place):
    """Of these links those that are a number of orders, maybe with a word before it: that number and its filters."""
    plain = [(re.fullmatch(r"(?:/ |[^\d%¥]+ )?(\d[\d,]*)", text), filters) for text, filters in links(place)]
    return [(int(found[1].replace(",", "")), filters) for found, filters in plain if found]


@pytest.mark.parametrize("days", [1, 30])
def test_every_number_opens_a_list_of_as_many(desk, days):
    desk.at(f"/?days={days}")
    found = counts_in(desk.page.locator("#main a[href*='/orders?']"))
    assert len(found) > 15
    assert {number for number, _ in found} - {0}
    for number, filters in found:
        assert counted(desk, filters) == number, filters


def test_nothing_on_it_that_counts_has_no_link(desk):
    desk.at("/?days=30")
    desk.page.get_by_text("以表格查看").first.click()
    expect(desk.page.locator("details tbody a").first).to_be_visible()
    bare = desk.page.locator("#main").evaluate(
        """main => {
          const walker = document.createTreeWalker(main, NodeFilter.SHOW_TEXT)
          const found = []
          while (walker.nextNode()) {
            const {textContent: text, parentElement: place} = walker.currentNode
            if (/^[¥$]?[0-9][0-9,.]*[%+]?$/.test(text.trim()) && text.trim() !== '0' && !place.closest('a, button')) found.push(text)
          }
          return found
        }"""
    )
    assert bare == []


@pytest.mark.parametrize(("card", "detail"), [("按时发货", "超时"), ("无人工放行", "人工经手"), ("拆单率", "未拆"), ("订单", "已取消")])
def test_a_figure_opens_its_list_and_what_is_left_of_it_too(desk, card, detail):
    desk.at("/?days=30")
    link = desk.page.get_by_role("region", name=card, exact=True).get_by_role("link", name=re.compile(f"^{detail} "))
    number = int(COUNT.search(link.inner_text())[0].replace(",", ""))
    link.click()
    expect(desk.page).to_have_url(re.compile(r"/console/orders\?f="))
    settle(desk.page)
    assert counted(desk, filters_of(desk.page.url)) == number
    expect(desk.page.get_by_text(f"共 {number} 单", exact=True)).to_be_visible()


def test_feeds_have_names_and_their_lag_opens_the_shop(desk):
    shop = next(one for one in desk.get("/dashboard")["channels"] if one["feed"] == "bulk")
    desk.at("/")
    row = panel(desk, "渠道延迟").locator("tbody tr").filter(has_text=shop["name"]).filter(has_text="推送库")
    assert "bulk" not in row.inner_text()
    row.get_by_role("link").click()
    expect(desk.page).to_have_url(re.compile(rf"/connections\?shop={shop['shop']}$"))
    expect(desk.page.locator("#main h2")).to_have_count(1)
    expect(desk.page.locator("#main h2")).to_contain_text(shop["name"])


def test_news_is_told_and_the_numbers_stand_still_until_it_is_asked_for(desk, one_more):
    refresh = listening(desk, "/")
    refresh.click()  # whatever was kept is counted anew
    settle(desk.page)
    placed = desk.page.get_by_role("region", name="订单", exact=True).get_by_role("link").first
    main = desk.page.locator("#main")
    numbers = lambda: [text for text, _ in links(main.locator("a"))] + main.locator("[role=group] button").all_inner_texts()  # noqa: E731 - asked twice
    before, count = numbers(), int(placed.inner_text())
    expect(refresh).to_have_text(re.compile("刷新"))
    one_more()
    expect(refresh).to_have_text(re.compile(r"\d+ 条有更新"), timeout=NEWS_WITHIN_MS)
    assert numbers() == before
    desk.page.evaluate("window.dispatchEvent(new Event('focus'))")
    desk.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert numbers() == before
    refresh.click()
    expect(placed).to_have_text(str(count + 1))
    expect(refresh).to_have_text(re.compile("刷新"))


def test_another_range_is_counted_anew_and_has_no_old_news(desk, one_more):
    refresh = listening(desk, "/")
    news = re.compile("条有更新")
    one_more()
    expect(refresh).to_have_text(news, timeout=NEWS_WITHIN_MS)
    desk.page.get_by_text("7 天", exact=True).click()
    expect(desk.page).to_have_url(re.compile("days=7"))
    settle(desk.page)
    expect(refresh).to_have_text(re.compile("刷新"))


def test_who_has_no_orders_of_today_sees_the_last_that_there_were(one_desk, chromium, console):
    name = f"lin{time.monotonic_ns() // 1000}"
    quiet = shop_without_orders_of_this_week(one_desk)
    one_desk.send("/roles", {"code": name, "name": "老店客服", "rights": ["see"]})
    one_desk.send("/users", {"name": name, "title": "小林", "password": FIRST_PASSWORD, "roles": [name], "shops": [quiet]})
    with signed_in(chromium, console, name=name, password=FIRST_PASSWORD) as page:
        person = Desk(page, console)
        person.send("/me/password", {"present": FIRST_PASSWORD, "new": PASSWORD}, "PUT")
        person.at("/")
        main = person.page.locator("#main")
        expect(main).to_contain_text("最近 24 小时没有下单，所以显示最近 30 天")
        expect(person.page.get_by_role("radio", name="30 天")).to_be_checked()
        person.page.get_by_text("24 小时", exact=True).click()
        expect(person.page).to_have_url(re.compile("days=1$"))
        expect(main).not_to_contain_text("所以显示")


def shop_without_orders_of_this_week(desk):
    """One that sold on the day that was played; not one where another test's order came in since."""
    played = desk.get("/lists/orders?f=placed_at:between:now-30d|now-7d&limit=200")["items"]
    of_late = "/lists/orders?f=placed_at:between:now-7d|now&limit=1&f=shop:is:"
    return next(shop for shop in sorted({one["shop"] for one in played}) if not desk.get(of_late + shop)["items"])


def chart(desk, heading):
    place = panel(desk, heading).locator("[role=img] canvas")
    expect(place).to_be_visible()
    desk.page.wait_for_timeout(200)
    return place


@pytest.mark.parametrize(("days", "heading", "hours"), [(1, "每小时订单", 1), (7, "每 6 小时订单", 6), (30, "每日订单", 24)])
def test_a_click_on_the_chart_opens_the_orders_of_that_stretch(desk, days, heading, hours):
    desk.at(f"/?days={days}")
    place = chart(desk, heading)
    box = place.bounding_box()
    place.click(position={"x": box["width"] * 0.6, "y": 20})
    expect(desk.page).to_have_url(re.compile("placed_at"))
    asked = dict(text.split(":", 1) for text in filters_of(desk.page.url))
    start, until = asked["placed_at"].removeprefix("between:").split("|")
    # The day's own bar may stand that high, by what day it is: then it is one shop's orders that are opened.
    shops = {asked["shop"].removeprefix("is:")} if "shop" in asked else None
    board = desk.get(f"/dashboard?days={days}")
    hits = [
        hour["orders"]
        for hour in board["hours"]
        if instant(start) - timedelta(hours=1) < instant(hour["hour"]) < instant(until) and (shops is None or hour["shop"] in shops)
    ]
    assert instant(until) - instant(start) <= timedelta(hours=hours)
    assert counted(desk, filters_of(desk.page.url)) == sum(hits)


def instant(text):
    return datetime.fromisoformat(text)


@pytest.mark.parametrize("by", ["shop", "platform"])
@pytest.mark.parametrize("days", [1, 7, 30])
def test_the_bars_as_a_table_are_links_to_as_many_orders_by_shop_and_by_channel(desk, by, days):
    desk.at(f"/?days={days}" + ("&by=platform" if by == "platform" else ""))
    orders = panel(desk, {1: "每小时订单", 7: "每 6 小时订单", 30: "每日订单"}[days])
    orders.get_by_text("以表格查看").click()
    expect(orders.locator("details tbody a").first).to_be_visible()
    found = counts_in(orders.locator("details tbody a"))
    board = desk.get(f"/dashboard?days={days}")
    assert sum(number for number, _ in found) == board["figures"]["placed"]["orders"]
    heads = orders.locator("details th").all_inner_texts()[1:]
    assert len(heads) == len({hour[by] for hour in board["hours"]})
    assert not {hour["platform"] for hour in board["hours"]} & set(heads), "codes instead of words"
    for number, filters in found:
        assert counted(desk, filters) == number
        assert filters[1].startswith(f"{by}:is:")


def test_a_bar_itself_opens_the_orders_of_its_shop(desk):
    desk.at("/?days=30")
    place = chart(desk, "每日订单")
    box = place.bounding_box()
    y = box["height"] - 60  # a little above the axis
    cursor = "canvas => canvas.parentElement.style.cursor"
    for x in range(int(box["width"]) - 10, 0, -4):
        place.hover(position={"x": x, "y": y})
        if place.evaluate(cursor) == "pointer":
            break
    place.click(position={"x": x, "y": y})
    expect(desk.page).to_have_url(re.compile("placed_at"))
    filters = filters_of(desk.page.url)
    assert [one.split(":")[0] for one in filters] == ["placed_at", "shop"]
    assert counted(desk, filters) > 0


@pytest.mark.parametrize(
    ("language", "query"),
    [("zh", ""), ("en", "?days=30")]
    + [
        pytest.param(*case, marks=pytest.mark.deep)
        for case in [("en", ""), ("zh", "?days=30"), ("zh", "?days=7&by=platform"), ("en", "?days=7&by=platform")]
    ],
)
def test_a_phone_shows_it_without_scrolling_aside(chromium, console, language, query):
    with signed_in(chromium, console, width=390, language=language) as page:
        page.goto(f"{console}/console/{query}")
        settle(page)
        expect(page.locator("[role=img] canvas")).to_have_count(2)
        page.locator("details summary").first.click()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert page.locator("#main").evaluate("main => main.scrollWidth - main.clientWidth") <= 0
