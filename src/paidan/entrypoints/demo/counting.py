"""The end of the day: every warehouse is asked what it has, as any night at the quiet hour."""

from datetime import datetime, timedelta

from paidan.entrypoints.comparing import ask_warehouses
from paidan.entrypoints.demo.drive import Drive, Labour, set_clock
from paidan.entrypoints.installation import OpenInstallation
from paidan.fulfilment.stock_questions import AGAIN_AFTER
from paidan.runtime.queries import load_queries
from paidan.world.host_client import HostClient

queries = load_queries("paidan.entrypoints.demo")


def compare_with_warehouses(here: OpenInstallation, host: HostClient, labour: Labour, run: Drive) -> None:
    """Ask, and let Paidan work until the answers are compared; what differs is looked at again a while later, as always."""
    now = run.ended_at
    if now is None:
        return
    _go_on(here, host, now)
    ask_warehouses(here, by="system")
    labour.work(now, Drive())
    if _under_way(here):
        now += AGAIN_AFTER + timedelta(minutes=1)
        _go_on(here, host, now)
        labour.work(now, Drive())


def _go_on(here: OpenInstallation, host: HostClient, now: datetime) -> None:
    """The world's clock goes with ours: a warehouse refuses a caller whose clock is far from its own."""
    set_clock(here, now)
    host.advance(now)


def _under_way(here: OpenInstallation) -> bool:
    with here.database.transaction() as tx:
        row = tx.execute(queries.comparisons_under_way).fetchone()
    return bool(row and row[0])
