"""Five thousand orders audited at once through the page, of which three must fail. By hand: it takes minutes to make them.

They stay where they are made: a small day of their own is played for them, so that nobody else's lists are full of them.
"""

import os
import re
import shutil
import tempfile
import time
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import expect

from afterwards import going_on
from own_shop import RECEIVER, free_sku
from paidan.catalog.load import cache_versions
from paidan.channels.platform import RawOrder
from paidan.entrypoints.console_build import ensure_built
from paidan.entrypoints.pictures import played_day
from paidan.intake.landing import land
from paidan.network.load import read_network
from paidan.runtime.settings import Settings

ORDERS, FAILING = 5_000, 3
STEP = 500
PATIENCE_MS = 60_000
DAY = 20


@pytest.fixture(scope="module")
def day():
    """A day of its own."""
    if not ensure_built():
        pytest.skip("the console is not built: Node is missing")
    folder = Path(tempfile.mkdtemp(dir=os.environ.get("PAIDAN_TEST_RUN_DIR"), prefix="thousands-"))
    try:
        with played_day(Settings(home=folder / "home", allow_loopback=True), DAY) as played:
            yield played
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def console(day):
    """Its address."""
    return day.url


@pytest.fixture(scope="module")
def world(day):
    """Its world."""
    with going_on(day) as world:
        yield world


def land_orders(world, shop_code, sku):
    """Orders with a remark, which wait for a person; three of goods that nobody knows."""
    services, at = world.services, world.now
    for start in range(0, ORDERS, STEP):
        raws = []
        for n in range(start, start + STEP):
            line = {"merchant_code": f"NO-SUCH-{n}" if n < FAILING else sku, "title": "散件", "quantity": 1, "price": "1.00"}
            receiver = {**RECEIVER, "name": f"收件{n}", "phone": f"139{n:08d}"}
            body = {
                "order_no": f"K{n}",
                "status": "paid",
                "placed_at": at,
                "paid_at": at,
                "buyer_remark": "轻放",
                "receiver": receiver,
                "lines": [line],
            }
            raws.append(RawOrder(business_key=f"K{n}", body=msgspec.json.encode(body), version_at=at))
        with services.database.transaction() as tx:
            shop = read_network(tx, cache_versions(tx)["network"]).shop_by_code(shop_code)
            land(tx, services.ids, services.sealer, shop, raws, at, "test")


@pytest.mark.deep
def test_five_thousand_are_audited_through_the_page_and_the_three_that_fail_are_named(desk, world):
    shop = f"K{time.monotonic_ns() // 1_000}"
    desk.sent("/shops", [{"code": shop, "name": "五千单", "platform": "direct", "merge_window_s": 604_800}])
    land_orders(world, shop, free_sku(desk)["sku_code"])
    world.later(seconds=5)
    failing = {desk.get(f"/lists/orders?f=platform_order_no:is:K{n}")["items"][0]["order_no"] for n in range(FAILING)}

    page = desk.at(f"/orders?f=shop:is:{shop}")
    page.set_default_timeout(PATIENCE_MS)
    page.locator("[role=row][id] input[type=checkbox]").first.check()
    page.get_by_role("button", name=f"选择全部 {ORDERS:,} 单符合条件的").click()
    page.keyboard.press("a")
    expect(desk.dialog).to_contain_text(f"{ORDERS - FAILING:,} 单可执行".replace(",", ""), timeout=PATIENCE_MS)
    expect(desk.dialog).to_contain_text(f"{FAILING} 单不能执行")
    named = desk.dialog.locator("tbody tr")
    expect(named).to_have_count(FAILING)
    assert {row.split("\t")[0].strip() for row in named.all_inner_texts()} == failing

    desk.dialog.get_by_role("button", name=re.compile("执行")).click()
    expect(desk.dialog.get_by_role("status")).to_contain_text(f"成功 {ORDERS - FAILING:,}，未执行 {FAILING}", timeout=PATIENCE_MS)
    expect(named).to_have_count(FAILING)
    for row in named.all():
        number, why, following = [cell.strip() for cell in row.inner_text().split("\t")]
        assert number in failing
        assert why
        assert following
    waiting = desk.get(f"/lists/orders/count?f=shop:is:{shop}&f=hold:is:remark_unread")["count"]
    assert waiting <= FAILING
