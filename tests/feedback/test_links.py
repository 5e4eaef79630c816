import pytest

from paidan.channels.registry import CHANNELS
from paidan.feedback.links import ShopLinks
from paidan.network.accounts import AccountCache
from paidan.network.load import NetworkCache
from paidan.network.masters import write_connections, write_shops
from paidan.network.rows import ConnectionRow, ShopRow
from paidan.runtime.clocks import FixedClock
from paidan.runtime.http import HttpCaller
from scene import NOW, Scene, empty


@pytest.fixture
def scene(server, merchant, database, ids, sealer):
    empty(server.owner_url, merchant)
    return Scene(database, ids, sealer)


def write(scene: Scene, **shop) -> None:
    with scene.database.transaction() as tx:
        connection = ConnectionRow(
            code="TOP", protocol="taobao", url="https://top.example/router/rest", account={"app_key": "1"}, secrets={"app_secret": "s"}
        )
        write_connections(tx, scene.ids, [connection], NOW, sealer=scene.sealer)
        write_shops(tx, scene.ids, [ShopRow(code="T1", name="一店", **shop)], NOW, sealer=scene.sealer)
        tx.execute("UPDATE cache_version SET version = version + 1 WHERE subject = 'network'")


def load(scene: Scene):
    with scene.database.transaction() as tx:
        network = NetworkCache().load(tx, tx.execute("SELECT version FROM cache_version WHERE subject = 'network'").fetchone()[0])
        accounts = AccountCache(scene.sealer)
        links = ShopLinks(CHANNELS, HttpCaller(), FixedClock(NOW), scene.sealer, accounts)
        return accounts.load(tx, network), links.load(tx, network)


def test_an_account_is_connection_and_shop_together_and_shows_no_secret(scene):
    write(scene, platform="taobao", connection_code="TOP", account_ref="nick", secrets={"session": "t0ken"})
    accounts, links = load(scene)
    (account,) = accounts.values()
    expected = {"shop": "nick", "url": "https://top.example/router/rest", "app_key": "1", "app_secret": "s", "session": "t0ken"}
    assert account.settings == expected
    assert "t0ken" not in repr(account)
    (link,) = links.values()
    assert (link.counterpart, link.merger is not None) == ("shop:T1", True)


def test_a_shop_with_missing_settings_is_out_of_reach_and_the_others_are_not(scene):
    write(scene, platform="taobao", connection_code="TOP")
    with scene.database.transaction() as tx:
        write_shops(
            tx,
            scene.ids,
            [ShopRow(code="T2", name="二店", platform="taobao", connection_code="TOP", secrets={"session": "x"})],
            NOW,
            sealer=scene.sealer,
        )
    _, links = load(scene)
    assert [link.shop.code for link in links.values()] == ["T2"]


def test_our_own_channel_is_nobodys_to_call(scene):
    write(scene, platform="direct")
    accounts, links = load(scene)
    assert (dict(accounts), links) == ({}, {})
