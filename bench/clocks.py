"""CPU per stage, from outside: the functions a pass calls are wrapped by name where they are looked up; the code itself knows nothing of it."""

import time
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from typing import Any

# Stage → where its function is looked up.
PLACES = {
    "claim": ("paidan.pipeline", "waiting_ids"),
    "read messages, unseal": ("paidan.pipeline", "read_waiting"),
    "parse": ("paidan.pipeline", "parse"),
    "load orders, listings": ("paidan.pipeline", "load"),
    "intake": ("paidan.pipeline", "take_in"),
    "numbers": ("paidan.pipeline", "_number"),
    "shaping": ("paidan.pipeline", "shape"),
    "audit": ("paidan.pipeline", "audit_orders"),
    "load stock": ("paidan.pipeline", "_stock_seen"),
    "sourcing": ("paidan.pipeline", "source"),
    "lock, settle": ("paidan.pipeline", "_apply"),
    "release at once": ("paidan.pipeline", "release_at_once"),
    "outbox": ("paidan.pipeline", "put"),
    "take keys": ("paidan.pipeline", "take_keys"),
    "lock stock": ("paidan.pipeline", "lock"),
    "write receivers, seal": ("paidan.pipeline", "write_receivers"),
    "write orders": ("paidan.pipeline", "write_orders"),
    "write stock": ("paidan.pipeline", "apply"),
    "settle messages": ("paidan.pipeline", "settle_messages"),
    "pass, the rest": ("paidan.pipeline", "run_pass"),
    "release: load": ("paidan.release.step", "load_orders"),
    "release: decide": ("paidan.release.step", "decide"),
    "release: write": ("paidan.release.step", "write_orders"),
    "release: outbox": ("paidan.release.step", "put"),
    "release, the rest": ("paidan.release.step", "release"),
}


class Hooks:
    """Wraps the functions of PLACES; each second of CPU counts for the innermost stage."""

    def __init__(self) -> None:
        self._spent: dict[str, list[float]] = {stage: [0.0, 0] for stage in PLACES}
        self._inner: list[float] = []
        for stage, (module_name, name) in PLACES.items():
            module = import_module(module_name)
            setattr(module, name, self._wrapped(stage, getattr(module, name)))

    def take(self) -> dict[str, tuple[float, int]]:
        """Stage → (CPU seconds, calls)."""
        return {stage: (seconds, int(calls)) for stage, (seconds, calls) in self._spent.items()}

    def _wrapped(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        spent = self._spent[stage]

        @wraps(function)
        def timed(*args: Any, **named: Any) -> Any:
            self._inner.append(0.0)
            start = time.process_time()
            try:
                return function(*args, **named)
            finally:
                whole = time.process_time() - start
                spent[0] += whole - self._inner.pop()
                spent[1] += 1
                if self._inner:
                    self._inner[-1] += whole

        return timed
