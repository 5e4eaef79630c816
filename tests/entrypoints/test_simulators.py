"""Simulators beside an installation: offered where it runs them, connected once, gone with their process; and orders come by the real clock."""

import time

import pytest
from msgspec import structs

from paidan.entrypoints.installation import connect, keyring_file
from paidan.entrypoints.mill import Mill
from paidan.entrypoints.offer import Simulators, read_offer, write_offer
from paidan.entrypoints.serving import held_port, serve_in_child
from paidan.entrypoints.simulators import simulators_beside
from paidan.kernel.errors import SetupError
from paidan.runtime.sealing import make_keyring
from paidan.runtime.settings import Settings

OWN_MERCHANT = True  # the mill adds partitions
PATIENCE_S = 30.0


@pytest.mark.parametrize(
    ("before", "offered", "without"),
    [
        (None, Simulators.OFFERED, Simulators.NONE),
        (Simulators.OFFERED, Simulators.OFFERED, Simulators.NONE),
        (Simulators.FAILED, Simulators.OFFERED, Simulators.NONE),
        (Simulators.CONNECTED, Simulators.ENDED, Simulators.ENDED),
        (Simulators.ENDED, Simulators.ENDED, Simulators.ENDED),
    ],
)
def test_they_are_offered_until_they_were_connected_once(server, tmp_path, before, offered, without):
    settings = Settings(home=tmp_path)
    for is_wanted, after in ((True, offered), (False, without)):
        if before is not None:
            write_offer(settings, before)
        with simulators_beside(settings, server, "http://127.0.0.1:1", is_wanted=is_wanted) as turn:
            turn()
            assert read_offer(settings) == after
    (tmp_path / "simulators").write_text("nonsense")
    assert read_offer(settings) == Simulators.NONE


def test_without_a_server_of_its_own_an_installation_offers_none(tmp_path):
    with pytest.raises(SetupError), simulators_beside(Settings(home=tmp_path), None, "http://127.0.0.1:1", is_wanted=True):
        pass
    with simulators_beside(Settings(home=tmp_path), None, "http://127.0.0.1:1", is_wanted=False) as turn:
        turn()
    assert read_offer(Settings(home=tmp_path)) == Simulators.NONE


@pytest.mark.deep
def test_once_wanted_they_bring_shops_goods_stock_and_orders(server, merchant, tmp_path):
    settings = structs.replace(Settings(home=tmp_path), merchant=merchant, database=merchant, allow_loopback=True)
    make_keyring(keyring_file(settings))
    services = connect(settings, server.app_url)
    mill = Mill(services)
    try:
        with (
            held_port() as port,
            serve_in_child(settings, server.app_url, port, log_file=tmp_path / "log") as url,
            simulators_beside(settings, server, url, is_wanted=True) as turn,
        ):
            write_offer(settings, Simulators.WANTED)
            end = time.monotonic() + PATIENCE_S
            while time.monotonic() < end and not _audited(services):
                turn()
                mill.turn()
            assert read_offer(settings) == Simulators.CONNECTED
            assert _audited(services)
        assert read_offer(settings) == Simulators.ENDED
    finally:
        mill.close()
        services.close()


def _audited(services):
    with services.database.transaction() as tx:
        return tx.execute("SELECT count(*) FROM sales_order WHERE state >= 30").fetchone()[0]
