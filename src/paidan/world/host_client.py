"""The synchronous control client of a host, and a host as a child process."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from http.client import HTTPConnection, HTTPException
from typing import Any

import msgspec
from msgspec import Struct

from paidan.world.wire import Faults


class Advanced(Struct, frozen=True, kw_only=True):
    """What an advance did. `aside` is how many callbacks lie set aside in all, `set_aside` how many of them since this call."""

    callbacks: int
    failures: int
    set_aside: int
    aside: int
    next_due: datetime | None


class HostClient:
    """Talks to the control port; `ports` are the simulators' ports by name. Not for several threads at once."""

    def __init__(self, control_port: int, ports: Mapping[str, int] | None = None, *, timeout_s: float = 600.0) -> None:
        self.control_port = control_port
        self.ports = dict(ports or {})
        self._connection = HTTPConnection("127.0.0.1", control_port, timeout=timeout_s)

    def base_url(self, name: str) -> str:
        """Where the simulator of that name listens: `http://127.0.0.1:PORT`."""
        return f"http://127.0.0.1:{self.ports[name]}"

    def advance(self, to: datetime) -> Advanced:
        """Move business time; returns when the callbacks that fell due are answered or set aside."""
        return msgspec.convert(self._call("POST", "/advance", {"to": to}), Advanced)

    def redeliver(self) -> Advanced:
        """Try again what was set aside."""
        return msgspec.convert(self._call("POST", "/redeliver", {}), Advanced)

    def set_faults(self, faults: Faults, seed: int | None = None) -> None:
        """Set the shares of trouble from now on."""
        self._call("POST", "/faults", msgspec.structs.asdict(faults) | ({} if seed is None else {"seed": seed}))

    def books(self) -> dict[str, Any]:
        """All simulators' own books by name."""
        books: dict[str, Any] = self._call("GET", "/books")
        return books

    def stats(self) -> dict[str, Any]:
        """Calls served, callbacks sent, CPU seconds."""
        stats: dict[str, Any] = self._call("GET", "/stats")
        return stats

    def stop(self) -> None:
        """End the host's process."""
        self._call("POST", "/stop", {})

    def close(self) -> None:
        """Close the connection; the host goes on."""
        self._connection.close()

    def _call(self, verb: str, path: str, body: Any = None) -> Any:
        """Raises RuntimeError with the host's own words when it refuses or crashed."""
        data = None if body is None else msgspec.json.encode(body)
        try:
            self._connection.request(verb, path, data, {"content-type": "application/json"})
            answer = self._connection.getresponse()
            text = answer.read()
        except (OSError, HTTPException):
            self._connection.close()
            raise
        if answer.status != 200:  # noqa: PLR2004 - the one good status here
            raise RuntimeError(f"{verb} {path}: {answer.status} {text.decode(errors='replace')}")
        return msgspec.json.decode(text)


@contextmanager
def spawned_host(factory: str, config: Mapping[str, Any]) -> Iterator[HostClient]:
    """A host as a child process, ended on leaving. `factory` is `package.module:function`, see host.py."""
    command = [sys.executable, "-m", "paidan.world.host", factory, "--config", "-"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:  # noqa: S603 - our own interpreter
        assert child.stdin is not None  # noqa: S101 - PIPE was asked for
        assert child.stdout is not None  # noqa: S101 - as above
        child.stdin.write(msgspec.json.encode(config))
        child.stdin.close()
        line = child.stdout.readline()
        if not line:
            raise RuntimeError(f"the host ended before it was ready, with code {child.wait()}")
        ready = msgspec.json.decode(line)
        client = HostClient(ready["control_port"], ready["ports"])
        try:
            yield client
        finally:
            client.close()
            child.terminate()
            child.wait(10)
