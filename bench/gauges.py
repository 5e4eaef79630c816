"""What a run costs, read from outside: CPU of the server's processes, rows, index entries and WAL."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import psycopg
from msgspec import Struct

from paidan.entrypoints.demo.run import DRIVER

TICK_S = 1 / os.sysconf("SC_CLK_TCK")
WRITTEN = """
SELECT COALESCE(SUM(n_tup_ins + n_tup_upd), 0)::bigint, COALESCE(SUM(n_tup_upd), 0)::bigint, COALESCE(SUM(n_tup_hot_upd), 0)::bigint,
       COALESCE(SUM((n_tup_ins + n_tup_upd - n_tup_hot_upd) * (SELECT count(*) FROM pg_index i WHERE i.indrelid = t.relid)), 0)::bigint,
       COALESCE(SUM(n_tup_ins * (SELECT count(*) FROM pg_constraint c WHERE c.conrelid = t.relid AND c.contype = 'f')), 0)::bigint
FROM pg_stat_user_tables t
"""
PLATFORM = "platform"  # connections of this name are the simulators' own, to tables that the platform keeps


class Reading(Struct, frozen=True, kw_only=True):
    """Counters at one moment; `index_entries` is an upper bound: partial indexes count for every row. `fk_checks`: by inserted rows."""

    server_cpu_s: float
    platform_cpu_s: float  # of it, for the simulators
    driver_cpu_s: float  # ... and for who drives the day and asks whether anything is left to do
    wal_bytes: int
    rows: int
    updates: int
    hot_updates: int
    index_entries: int
    fk_checks: int

    def since(self, before: "Reading") -> "Reading":
        """What has come between."""
        return Reading(**{name: getattr(self, name) - getattr(before, name) for name in self.__struct_fields__})


def read(owner_url: str, data_dir: Path) -> Reading:
    """All counters now; the server's own connection for it is counted too and costs nothing to speak of."""
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute("SELECT pg_stat_force_next_flush()")
        wal = owner.execute("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn").fetchone()
        written = owner.execute(WRITTEN).fetchone()
        platform, driver = _pids(owner, PLATFORM), _pids(owner, DRIVER)
    if wal is None or written is None:
        raise LookupError("counters always have a row")
    rows, updates, hot, entries, fk_checks = written
    return Reading(
        server_cpu_s=_server_cpu(data_dir),
        platform_cpu_s=sum(sum(_stat(pid)[1:3]) for pid in platform) * TICK_S,
        driver_cpu_s=sum(sum(_stat(pid)[1:3]) for pid in driver) * TICK_S,
        wal_bytes=int(wal[0]),
        rows=rows,
        updates=updates,
        hot_updates=hot,
        index_entries=entries,
        fk_checks=fk_checks,
    )


def _pids(owner: "psycopg.Connection[Any]", name: str) -> list[int]:
    """The server's processes for the connections of this name."""
    return [pid for (pid,) in owner.execute("SELECT pid FROM pg_stat_activity WHERE application_name = %s", [name])]


def _server_cpu(data_dir: Path) -> float:
    """CPU seconds of the postmaster, its children, and those that have ended."""
    postmaster = int((data_dir / "postmaster.pid").read_text().split()[0])
    total = sum(_stat(postmaster)[1:])
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            try:
                parent, *times = _stat(int(place.name))
            except (OSError, IndexError):
                continue
            total += sum(times[:2]) if parent == postmaster else 0
    return total * TICK_S


def _stat(pid: int) -> tuple[int, int, int, int, int]:
    """Parent, utime, stime, cutime, cstime (proc(5))."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[1]), int(fields[11]), int(fields[12]), int(fields[13]), int(fields[14])


class Memory(Struct, frozen=True, kw_only=True):
    """Of some processes, in bytes: what they take up together (shared pages divided among their sharers), and the highest that one has held."""

    pss: int
    peak_rss: int


def memory(pids: Iterable[int]) -> Memory:
    """PSS now, and the highest RSS since the process began or `forget_peaks` (proc(5): smaps_rollup, VmHWM)."""
    pss = peak = 0
    for pid in pids:
        try:
            pss += _kib(Path(f"/proc/{pid}/smaps_rollup"), "Pss:")
            peak = max(peak, _kib(Path(f"/proc/{pid}/status"), "VmHWM:"))
        except OSError:
            continue  # it has ended meanwhile
    return Memory(pss=pss * 1024, peak_rss=peak * 1024)


def forget_peaks(pids: Iterable[int]) -> None:
    """Let the highest RSS begin anew."""
    for pid in pids:
        Path(f"/proc/{pid}/clear_refs").write_text("5")


def _kib(file: Path, name: str) -> int:
    return next(int(line.split()[1]) for line in file.read_text().splitlines() if line.startswith(name))
