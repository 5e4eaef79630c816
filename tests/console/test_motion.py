"""Menus, lists to choose from and dialogs, for who likes motion and for who wants none: all other tests want none."""

import re

import pytest
from playwright.sync_api import expect

from desk import Desk
from paidan.entrypoints.pictures import EVERY_DAY, signed_in

MOVING = "document.getAnimations().filter(one => one.playState === 'running')"
LONGEST_MS = f"Math.max(0, ...{MOVING}.map(one => one.effect.getComputedTiming().duration))"


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_what_opens_stands_where_it_can_be_clicked_and_goes_again(chromium, console, motion):
    with signed_in(chromium, console, motion=motion) as page:
        desk = Desk(page, console)
        desk.at(f"/orders?f={EVERY_DAY}")
        page.get_by_role("button", name=re.compile("视图")).first.click()
        page.get_by_role("menuitem", name="存为新视图").click()
        expect(desk.dialog).to_be_visible()
        if motion == "reduce":
            assert page.evaluate(LONGEST_MS) < 1
        page.wait_for_function(f"() => {MOVING}.length === 0")  # a menu that is still going would take the key
        page.keyboard.press("Escape")
        expect(desk.dialog).to_have_count(0)
        desk.at("/stock?by=warehouse")
        warehouse = desk.get("/network/warehouses")["items"][0]
        desk.choose("仓库", warehouse["name"], within=page.locator("#main"))
        expect(page).to_have_url(re.compile(r"warehouse="))
        assert desk.heard.complaints == []
