"""Labour by several mills, each in a process of its own, all at the same instant: told when to turn, they turn until none finds anything."""

import multiprocessing
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from multiprocessing.connection import Connection

from msgspec import Struct

from paidan.entrypoints.demo.drive import ROUNDS_MAX, Drive
from paidan.entrypoints.installation import OpenInstallation, connect
from paidan.entrypoints.mill import Count, Mill, MillRules
from paidan.parties.addresses.divisions import read_all
from paidan.runtime.buckets import BUCKETS
from paidan.runtime.clocks import SharedClock
from paidan.runtime.collector import calm_collector
from paidan.runtime.settings import Settings

GRACE_S = 20.0


class Work(Struct, frozen=True):
    """An order to a mill: turn at this instant until nothing is left. None: only take or give back buckets."""

    at: datetime | None


class Told(Struct, frozen=True):
    """What a mill has done, turn by turn, and how many buckets it has."""

    turns: list[Count]
    buckets: int

    @property
    def is_busy(self) -> bool:
        """Whether it found anything to do."""
        return any(any(turn.values()) for turn in self.turns)


class MillStopped(Exception):
    """A mill has ended in the middle of the day; what went wrong stands above, in its own words."""


class Mills:
    """The mills of one day. Use as a context manager: `with mills(...) as labour`."""

    def __init__(self, settings: Settings, app_url: str, rules: MillRules, count: int) -> None:
        spawn = multiprocessing.get_context("spawn")
        self._lines: list[Connection] = []
        self._processes = []
        self._buckets = [0] * count
        for number in range(count):
            ours, theirs = spawn.Pipe()
            process = spawn.Process(target=_mill, args=(settings, app_url, rules, theirs), name=f"mill {number}", daemon=True)
            process.start()
            theirs.close()
            self._lines.append(ours)
            self._processes.append(process)

    def work(self, now: datetime, run: Drive) -> None:
        """Return when no mill finds anything to do at `now`. What one does may be work for the others: they are asked again."""
        everyone = range(len(self._lines))
        asked: Sequence[int] = everyone
        for _ in range(ROUNDS_MAX):
            told = self._ask(asked, Work(now))
            for one in told.values():
                for turn in one.turns:
                    run.count(turn)
            busy = {number for number, one in told.items() if one.is_busy}
            if sum(self._buckets) < BUCKETS:  # nobody looks after some of the work
                self._share_out()
                asked = everyone
            elif not busy:
                return
            else:
                asked = [number for number in everyone if busy - {number}]
            if not asked:
                return

    def stop(self) -> None:
        """End the mills in good order."""
        for line in self._lines:
            line.close()
        for process in self._processes:
            process.join(GRACE_S)
            process.kill()

    def _share_out(self) -> None:
        """Each takes what is free and gives back what is more than its share, until every bucket has its mill."""
        for _ in range(ROUNDS_MAX):
            for number in range(len(self._lines)):
                self._ask([number], Work(None))
            if sum(self._buckets) == BUCKETS:
                return

    def _ask(self, numbers: Sequence[int], work: Work) -> dict[int, Told]:
        try:
            for number in numbers:
                self._lines[number].send(work)
            told = {number: self._lines[number].recv() for number in numbers}
        except (EOFError, OSError) as error:
            raise MillStopped from error
        for number, one in told.items():
            self._buckets[number] = one.buckets
        return told


@contextmanager
def mills(services: OpenInstallation, app_url: str, rules: MillRules, *, count: int) -> Iterator[Mills]:
    """Mills for the length of a block."""
    labour = Mills(services.settings, app_url, rules, count)
    try:
        yield labour
    finally:
        labour.stop()


def _mill(settings: Settings, app_url: str, rules: MillRules, line: Connection) -> None:
    """Work as told until the line is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the driver, which then closes the line
    services = connect(settings, app_url)
    mill = Mill(services, rules=rules)
    read_all()
    calm_collector()
    try:
        while True:
            line.send(_told(services, mill, line.recv()))
    except (EOFError, BrokenPipeError):
        mill.close()
        services.close()


def _told(services: OpenInstallation, mill: Mill, work: Work) -> Told:
    if work.at is None:
        return Told([], mill.share())
    if isinstance(services.clock, SharedClock):
        services.clock.learn(work.at)
    turns: list[Count] = []
    while not turns or any(turns[-1].values()):
        turns.append(mill.turn())
        if len(turns) == ROUNDS_MAX:
            break
    return Told(turns, mill.held)
