"""The house's chores: room for new rows, what has been kept long enough, warehouses asked for their stock. Done by the mill, each by one worker.

Orders, stock and the message log are never swept: they are the merchant's books.
"""

from datetime import timedelta
from functools import partial
from typing import Final

from paidan.catalog.load import cache_versions
from paidan.entrypoints.api.forgetting import forget, forget_failures, forget_jobs
from paidan.entrypoints.installation import OpenInstallation
from paidan.fulfilment.light.once import forget_scans
from paidan.fulfilment.links import LinkCache
from paidan.fulfilment.stock_questions import ask_by_schedule
from paidan.network.connections import ConnectionCache
from paidan.network.load import NetworkCache
from paidan.runtime.chores import Chore, sweep_inbox, sweep_outbox, swept
from paidan.runtime.database import Database, Tx
from paidan.runtime.partitions import add_due_partitions
from paidan.runtime.queries import load_queries

queries = load_queries("paidan.entrypoints", "chores.sql")

MINUTES_5: Final = 300
HOUR: Final = 3600


def chores_of(here: OpenInstallation) -> tuple[Chore, ...]:
    """All of them. Keeping times are business time, like the instants they are compared with."""
    database, clock, settings = here.database, here.clock, here.settings

    def outbox(tx: Tx) -> int:
        return sweep_outbox(tx, clock.now() - timedelta(days=settings.keep_outbox_days))

    def inbox(tx: Tx) -> int:
        return sweep_inbox(tx, harmless_sources(tx), clock.now() - timedelta(days=settings.keep_inbox_days))

    def answers(tx: Tx) -> int:
        return forget(tx, clock.now())

    def jobs(tx: Tx) -> int:
        return forget_jobs(tx, clock.now() - timedelta(days=settings.keep_jobs_days))

    def scans(tx: Tx) -> int:
        return forget_scans(tx, clock.now())

    return (
        Chore(name="partitions", every_s=MINUTES_5, do=partial(_add_partitions, database)),
        Chore(name="idempotency", every_s=HOUR, do=partial(swept, database, answers)),
        Chore(name="scans", every_s=HOUR, do=partial(swept, database, scans)),
        Chore(name="jobs", every_s=HOUR, do=partial(swept, database, jobs)),
        Chore(name="sign_in_failures", every_s=HOUR, do=partial(swept, database, forget_failures)),
        Chore(name="outbox", every_s=HOUR, do=partial(swept, database, outbox)),
        Chore(name="stock_questions", every_s=MINUTES_5, do=StockQuestions(here).ask_due),
        Chore(name="inbox", every_s=HOUR, do=partial(swept, database, inbox)),
    )


class StockQuestions:
    """Asks warehouses for their stock when their quiet hour has come."""

    def __init__(self, here: OpenInstallation) -> None:
        self._here = here
        self._network = NetworkCache()
        self._links = LinkCache(ConnectionCache(here.sealer))

    def ask_due(self) -> tuple[int, bool]:
        """Begin the comparisons that are due at the business instant."""
        here = self._here
        with here.database.transaction() as tx:
            version = cache_versions(tx)["network"]
            network, links = self._network.load(tx, version), self._links.load(tx, version)
            return ask_by_schedule(tx, here.ids, network, links, here.clock.now()), False


def harmless_sources(tx: Tx) -> list[str]:
    """Whose repeats change nothing, however late: what a shop tells is folded by its version, a scan of a parcel counts once.

    A warehouse's message may book stock: it is remembered for ever.
    """
    return [row[0] for row in tx.execute(queries.harmless_sources)]


def _add_partitions(database: Database) -> tuple[int, bool]:
    return len(add_due_partitions(database)), False
