"""Two transactions stepped by hand: one stands before a statement until it is let go, or waits for a lock the other holds. Nothing sleeps for luck."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

from paidan.runtime.copying import Cursor
from paidan.runtime.database import Database, Tx

PATIENCE_S = 20
WAITS_FOR_A_LOCK = "SELECT 1 FROM pg_locks WHERE pid = %s AND NOT granted"


class Actor:
    """Runs `act(tx)` in a thread and a transaction of its own. Stands before the first statement that contains `before`, and once before it commits."""

    def __init__(self, database: Database, act: Callable[[Tx], Any], *, before: str = "") -> None:
        self._database = database
        self._act = act
        self._before = before
        self._stands = Event()
        self._go = Event()
        self._end = Event()
        self._begun = Event()
        self._pid = 0
        self._result: Any = None
        self._error: BaseException | None = None
        self._thread = Thread(target=self._run, daemon=True)

    def start(self) -> "Actor":
        """Run until it stands, waits for a lock or is at its end."""
        self._thread.start()
        assert self._begun.wait(PATIENCE_S)
        return self

    def until_it_stands(self) -> "Actor":
        """It has done all before its statement (or all, if the statement never comes), and holds what it has locked."""
        assert self._stands.wait(PATIENCE_S), "it never came so far"
        return self

    def until_it_waits(self) -> bool:
        """Whether it waits for a lock now; False: it stands or has ended."""
        with self._database.transaction() as tx:
            while not (self._stands.is_set() and not self._go.is_set()) and not self._end.is_set():
                if tx.execute(WAITS_FOR_A_LOCK, (self._pid,)).fetchone():
                    return True
        return False

    def go(self) -> "Actor":
        """Let it go on from where it stands."""
        self._go.set()
        return self

    def result(self) -> Any:
        """What came of it, at its end; raises what it raised."""
        self._go.set()
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive(), "it hangs"
        if self._error is not None:
            raise self._error
        return self._result

    def _run(self) -> None:
        try:
            with self._database.transaction() as tx, self._watched(tx):
                self._pid = tx.info.backend_pid
                self._begun.set()
                self._result = self._act(tx)
                if not self._stands.is_set():
                    self._stand()
        except BaseException as error:  # noqa: BLE001 - handed to who asks for the result
            self._error = error
        finally:
            self._begun.set()
            self._stands.set()
            self._end.set()

    def _stand(self) -> None:
        self._stands.set()
        assert self._go.wait(PATIENCE_S), "nobody let it go"

    @contextmanager
    def _watched(self, tx: Tx) -> Iterator[None]:
        actor = self

        class Watched(Cursor):
            def execute(self, query: Any, *more: Any, **named: Any) -> Any:
                if actor._before and actor._before in str(query) and not actor._stands.is_set():
                    actor._stand()
                return super().execute(query, *more, **named)

        before, tx.cursor_factory = tx.cursor_factory, Watched
        try:
            yield
        finally:
            tx.cursor_factory = before
