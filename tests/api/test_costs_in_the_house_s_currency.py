"""Freight and other costs are told in the house's currency wherever they are told; orders keep their own."""

import msgspec
import pytest

from browser import told
from paidan.orders.story import Teller, find_order_id, read_story
from scene import line, order, receiver


@pytest.fixture
def house(world, monkeypatch):
    """A house that counts in dollars, one order of it released."""
    world.scene.set_up({"A": {"X": 10}})
    told(world.scene, order("P1", line("X"), receiver=receiver(1)))
    monkeypatch.setattr(world.services, "settings", msgspec.structs.replace(world.services.settings, currency="USD"))
    return world


def test_the_dashboard_and_who_i_am_name_it(house):
    assert house.get("/me").json()["currency"] == "USD"
    assert house.get("/dashboard").json()["figures"]["freight_currency"] == "USD"


@pytest.mark.parametrize(("currency", "sign"), [("USD", "USD "), ("CNY", "¥")])
def test_the_timeline_and_the_story_tell_costs_in_it(house, monkeypatch, currency, sign):
    monkeypatch.setattr(house.services, "settings", msgspec.structs.replace(house.services.settings, currency=currency))
    row = house.get("/lists/orders").json()["items"][0]
    whole = house.get(f"/orders/{row['id']}").json()
    facts = [fact["value"] for step in whole["timeline"] if step["step"] == "sourced" for fact in step["facts"]]
    assert any(sign in value for value in facts)
    assert whole == house.get(f"/orders/by-number/{row['order_no']}").json()
    assert whole["currency"] == "CNY"  # the order's own
    with house.scene.database.transaction() as tx:
        story = read_story(tx, find_order_id(tx, "P1"))
    assert f" {currency} · " in "\n".join(Teller(story, "en", currency).tell())
