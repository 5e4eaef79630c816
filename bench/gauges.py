"""What a run costs, read from outside: CPU of the server's processes, rows, index entries and WAL."""

import os
from pathlib import Path

import psycopg
from msgspec import Struct

TICK_S = 1 / os.sysconf("SC_CLK_TCK")
WRITTEN = """
SELECT COALESCE(SUM(n_tup_ins + n_tup_upd), 0)::bigint, COALESCE(SUM(n_tup_upd), 0)::bigint, COALESCE(SUM(n_tup_hot_upd), 0)::bigint,
       COALESCE(SUM((n_tup_ins + n_tup_upd - n_tup_hot_upd) * (SELECT count(*) FROM pg_index i WHERE i.indrelid = t.relid)), 0)::bigint
FROM pg_stat_user_tables t
"""


class Reading(Struct, frozen=True, kw_only=True):
    """Counters at one moment; `index_entries` is an upper bound: partial indexes count for every row."""

    server_cpu_s: float
    wal_bytes: int
    rows: int
    updates: int
    hot_updates: int
    index_entries: int

    def since(self, before: "Reading") -> "Reading":
        """What has come between."""
        return Reading(**{name: getattr(self, name) - getattr(before, name) for name in self.__struct_fields__})


def read(owner_url: str, data_dir: Path) -> Reading:
    """All counters now; the server's own connection for it is counted too and costs nothing to speak of."""
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute("SELECT pg_stat_force_next_flush()")
        wal = owner.execute("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn").fetchone()
        written = owner.execute(WRITTEN).fetchone()
    if wal is None or written is None:
        raise LookupError("counters always have a row")
    rows, updates, hot, entries = written
    return Reading(server_cpu_s=_server_cpu(data_dir), wal_bytes=int(wal[0]), rows=rows, updates=updates, hot_updates=hot, index_entries=entries)


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
