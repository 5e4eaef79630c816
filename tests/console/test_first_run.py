"""The guided first run, on a house that is empty: its steps tick by themselves, its clock survives a reload, it ends with the first audited order."""

import os
import re

import pytest
from msgspec import structs
from playwright.sync_api import expect

from desk import Desk
from own_shop import buy, open_shop
from paidan.entrypoints.console_build import ensure_built
from paidan.entrypoints.installation import connect, keyring_file
from paidan.entrypoints.mill import Mill
from paidan.entrypoints.offer import Simulators, read_offer, write_offer
from paidan.entrypoints.pictures import PASSWORD, signed_in
from paidan.entrypoints.serving import held_port, serve_in_child
from paidan.entrypoints.up import greet_first_person
from paidan.runtime.sealing import make_keyring
from paidan.runtime.settings import Settings

OWN_MERCHANT = True  # the mill adds partitions


@pytest.fixture(scope="module")
def house(server, merchant, tmp_path_factory):
    """An installation without anything in it: its settings, and the address it is served at."""
    if not os.environ.get("PAIDAN_CONSOLE_DIR") and not ensure_built():
        pytest.skip("the console is not built: Node is missing")
    folder = tmp_path_factory.mktemp("first-run")
    settings = structs.replace(Settings(home=folder), merchant=merchant, admin_password=PASSWORD)
    make_keyring(keyring_file(settings))
    greet_first_person(settings, server.app_url, must_change=False)
    with held_port() as port, serve_in_child(settings, server.app_url, port, log_file=folder / "log") as url:
        yield settings, url


@pytest.fixture
def mill(house, server):
    """The work of the installation, done when somebody calls it."""
    services = connect(house[0], server.app_url)
    mill = Mill(services)
    yield mill
    mill.close()
    services.close()


def test_the_first_run_ticks_by_itself_and_ends_with_the_first_audited_order(one_browser, house, mill):
    settings, url = house
    write_offer(settings, Simulators.OFFERED)
    with signed_in(one_browser, url) as page:
        desk = Desk(page, url)
        desk.at("/guide")
        main = page.locator("#main")
        expect(main).to_contain_text("0 / 5 步已完成")
        expect(main.get_by_role("timer")).to_have_text(re.compile(r"已用 0 分 \d+ 秒"))
        main.get_by_role("button", name="连接模拟店铺").click()
        expect(main.get_by_role("status")).to_contain_text("正在连接模拟店铺")
        assert read_offer(settings) == Simulators.WANTED
        write_offer(settings, Simulators.FAILED)
        expect(main.get_by_role("alert")).to_contain_text("模拟店铺没能连上")

        open_shop(desk)
        desk.sent("/catalog/skus", [{"code": "CUP", "name": "杯子", "weight_g": 100}])
        expect(main).to_contain_text("2 / 5 步已完成")  # seen by itself
        expect(main.get_by_role("button", name="连接模拟店铺")).to_have_count(0)
        desk.sent("/network/warehouses", [{"code": "W1", "name": "第一个仓", "regions": ["*"]}])
        desk.sent("/stock/opening", [{"warehouse_code": "W1", "sku_code": "CUP", "quantity": 5}])
        page.evaluate("localStorage.setItem('paidan.first-run', JSON.stringify({beganAt: Date.now() - 125000, endedAt: null}))")
        page.reload()
        expect(main).to_contain_text("4 / 5 步已完成")
        expect(main.get_by_role("timer")).to_have_text(re.compile(r"已用 2 分 \d+ 秒"))

        buy(desk, "FIRST-1", ("CUP", 1))
        while any(mill.turn().values()):
            pass
        expect(main).to_contain_text(re.compile(r"已上手：用了 2 分 \d+ 秒"))
        expect(main.get_by_role("timer")).to_have_count(0)
        page.reload()
        expect(main).to_contain_text("已上手：用了 2 分")
        assert desk.heard.complaints == []
