"""A worker process: turns the mill until it is told to stop."""

import os
import signal
from threading import Event

import psycopg
import structlog

from paidan.entrypoints.installation import open_installation
from paidan.entrypoints.mill import Mill, MillRules
from paidan.parties.addresses.divisions import read_all
from paidan.runtime.collector import calm_collector
from paidan.runtime.database import trouble
from paidan.runtime.settings import read_settings
from paidan.runtime.telemetry import configure_logs, told

IDLE_FIRST_S = 0.01  # after work: what comes next is mostly on its way, from a counterpart or from another worker's commit
IDLE_MAX_S = 0.2  # ... doubling up to this while nothing comes
AWAY_S = 1.0

log = structlog.get_logger(__name__)


def main() -> None:
    """Work until SIGTERM; the database may go away and come back meanwhile."""
    settings = read_settings()
    configure_logs(settings.log_level)
    stop = Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    signal.signal(signal.SIGINT, lambda *_: stop.set())
    services = open_installation(settings)
    mill = Mill(services, rules=MillRules(batch=settings.batch_size, push_delay_s=settings.push_delay_s, owner=f"worker-{os.getpid()}"))
    read_all()  # before the collector is told what lasts
    calm_collector()
    log.info("worker_started", pid=os.getpid())
    idle_s = IDLE_FIRST_S
    while not stop.is_set():
        try:
            if any(mill.turn().values()):
                idle_s = IDLE_FIRST_S
            else:
                stop.wait(idle_s)
                idle_s = min(2 * idle_s, IDLE_MAX_S)
        except psycopg.Error as error:
            if trouble(error) != "retry":
                raise
            log.warning("database_away", **told(error))
            stop.wait(AWAY_S)
    mill.close()
    services.close()


if __name__ == "__main__":
    main()
