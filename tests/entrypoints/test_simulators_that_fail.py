"""Simulators whose start fails: nothing of them is left, and who asks again gets them."""

from contextlib import contextmanager
from types import SimpleNamespace

from msgspec import structs

from paidan.entrypoints import simulators
from paidan.entrypoints.demo import masters
from paidan.entrypoints.installation import keyring_file
from paidan.entrypoints.offer import Simulators, read_offer, write_offer
from paidan.entrypoints.simulators import simulators_beside
from paidan.runtime.sealing import make_keyring
from paidan.runtime.settings import Settings


class Hosts:
    """Hosts that are only told to live; `fails` says what goes wrong next."""

    def __init__(self, monkeypatch):
        self.begun, self.running, self.permitted, self.fails = 0, 0, 0, []
        for name in ("spawned_host", "permit_pushes"):
            monkeypatch.setattr(simulators, name, getattr(self, name))
        monkeypatch.setattr(simulators, "push_database", lambda *_: "postgresql://127.0.0.1:1/none")
        monkeypatch.setattr(masters, "start_listings", lambda *_: self.may_fail("stock"))

    def may_fail(self, step):
        if step in self.fails:
            self.fails.remove(step)
            raise RuntimeError(step)

    @contextmanager
    def spawned_host(self, _build, _config):
        self.begun += 1
        self.may_fail("host")
        self.running += 1
        try:
            yield SimpleNamespace(base_url=lambda name: f"http://{name}.test", advance=lambda _: SimpleNamespace(aside=0))
        finally:
            self.running -= 1

    def permit_pushes(self, _services, _caller):
        self.may_fail("permission")
        self.permitted += 1


def test_a_start_that_fails_leaves_nothing_behind_and_can_be_tried_again(server, merchant, database, tmp_path, monkeypatch):
    settings = structs.replace(Settings(home=tmp_path), merchant=merchant, database=merchant)
    make_keyring(keyring_file(settings))
    hosts = Hosts(monkeypatch)
    with simulators_beside(settings, server, "http://127.0.0.1:1", is_wanted=True) as turn:
        for step in ("host", "stock"):
            hosts.fails = [step]
            write_offer(settings, Simulators.WANTED)
            turn()
            assert (read_offer(settings), hosts.running, hosts.fails) == (Simulators.FAILED, 0, [])
            with database.transaction() as tx:
                assert tx.execute("SELECT (SELECT count(*) FROM shop), (SELECT count(*) FROM sku), (SELECT count(*) FROM entry)").fetchone() == (
                    0,
                    0,
                    0,
                )
        hosts.fails = ["permission"]  # a platform that would not hear us yet: its shops are there
        write_offer(settings, Simulators.WANTED)
        turn()
        assert (read_offer(settings), hosts.running, hosts.permitted) == (Simulators.CONNECTED, 1, 0)
        for _ in range(2):
            turn()
        assert (read_offer(settings), hosts.begun, hosts.permitted) == (Simulators.CONNECTED, 3, 1)
    assert (read_offer(settings), hosts.running) == (Simulators.ENDED, 0)
