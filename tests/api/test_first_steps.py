"""The first steps over the API: simulators are connected where they are offered, and never into a house that trades."""

import pytest
from msgspec import structs

from paidan.entrypoints.offer import Simulators, read_offer, write_offer


@pytest.fixture
def settings(world, tmp_path):
    services = world.services
    services.settings = structs.replace(services.settings, home=tmp_path)
    return services.settings


def connect(world):
    return world.post("/first-steps/simulators").status_code


def test_they_are_wanted_once_they_are_offered(world, settings):
    assert world.get("/first-steps").json() == {"simulators": "none"}
    assert connect(world) == 404
    write_offer(settings, Simulators.OFFERED)
    assert connect(world) == 202
    assert world.get("/first-steps").json() == {"simulators": "wanted"}
    assert connect(world) == 404


def test_a_house_that_has_a_shop_takes_none(world, settings):
    write_offer(settings, Simulators.OFFERED)
    world.post("/shops", {"rows": [{"code": "S1", "name": "店", "platform": "direct"}]})
    assert connect(world) == 409
    assert read_offer(settings) == Simulators.OFFERED
