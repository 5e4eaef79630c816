"""One merchant for all modules of a process that work with a merchant's rows and leave its schema alone: as new before each of them.

To make a merchant by its migrations and to drop it again takes half a second; to empty one, a twentieth of that.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from paidan.runtime.database import Tx, schema_of
from paidan.runtime.migrations import migrate
from paidan.runtime.provision import create_merchant, drop_merchant
from scene import KEPT, empty, owner_session

VERSIONS = "cache_version"
SEQUENCES = "SELECT setval(format('%%I.%%I', schemaname, sequencename)::regclass, start_value, false) FROM pg_sequences WHERE schemaname = %s"
# Nobody counts their rows unasked: that one module had few of them would be the plan of another that has many, and runs for minutes.
REAL = "SELECT quote_ident(relname) FROM pg_class WHERE relnamespace = %s::regnamespace AND relkind = 'r'"
# A statement that makes, changes or drops a table, a column, a constraint, an index, a trigger, a view or a function makes one of these another.
MADE = """
SELECT (SELECT sum(hashtext((relname, relkind, relnatts, relchecks, relhastriggers, relrowsecurity, relispartition, relacl)::text))
          FROM pg_class WHERE relnamespace = n),
       (SELECT sum(hashtext((attname, atttypid, attnotnull, atthasdef, attisdropped)::text))
          FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid WHERE relnamespace = n AND relkind <> 't' AND attnum > 0),
       (SELECT sum(hashtext((tgname, tgenabled)::text)) FROM pg_class JOIN pg_trigger ON tgrelid = pg_class.oid WHERE relnamespace = n),
       (SELECT sum(hashtext((conname, contype, convalidated)::text)) FROM pg_constraint WHERE connamespace = n),
       (SELECT sum(hashtext((proname, prosrc)::text)) FROM pg_proc WHERE pronamespace = n)
  FROM (SELECT %s::regnamespace AS n) AS one"""


class SharedMerchant:
    """A migrated merchant that remembers what its migrations made and planted."""

    def __init__(self, owner_url: str, name: str) -> None:
        self.name = name
        self._owner_url = owner_url
        self._schema = schema_of(name)
        drop_merchant(owner_url, name)
        create_merchant(owner_url, name)
        migrate(owner_url, name)
        with self._owner() as owner:
            names = [row[0] for row in owner.execute("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = %s", (self._schema,))]
            for table in owner.execute(REAL, (self._schema,)).fetchall():
                owner.execute(f"ALTER TABLE {table[0]} SET (autovacuum_enabled = false)")  # type: ignore[arg-type]  # names from the catalogue
            self._made = self._look(owner)
            planted = {name: _rows(owner, name) for name in names}
        # Versions of what caches hold only ever rise: whoever has seen the rows of a module before must see that these are others.
        self._planted = {name: rows for name, rows in planted.items() if rows and name != VERSIONS}
        self._kept = sorted((KEPT & set(names) | set(self._planted)) - {VERSIONS})

    def as_new(self) -> None:
        """No rows but those its migrations plant, and every sequence at its start."""
        empty(self._owner_url, self.name)
        with self._owner() as owner:
            for table in self._kept:
                owner.execute(f"DELETE FROM {table}")  # type: ignore[arg-type]  # names from the catalogue
            for table, rows in self._planted.items():
                with owner.cursor().copy(f"COPY {table} FROM STDIN (FORMAT binary)") as copy:  # type: ignore[arg-type]
                    copy.write(rows)
            owner.execute(SEQUENCES, (self._schema,))

    def is_as_made(self) -> bool:
        """Its schema is what its migrations made."""
        with self._owner() as owner:
            return self._look(owner) == self._made

    def drop(self) -> None:
        drop_merchant(self._owner_url, self.name)

    def _look(self, owner: Tx) -> tuple[Any, ...] | None:
        return owner.execute(MADE, (self._schema,)).fetchone()

    @contextmanager
    def _owner(self) -> Iterator[Tx]:
        owner = owner_session(self._owner_url)
        with owner.transaction():
            owner.execute("SELECT set_config('search_path', %s, true)", (self._schema,))
            yield owner


def _rows(owner: Tx, table: str) -> bytes:
    """The rows of a table as COPY writes them; nothing when it has none."""
    if not owner.execute(f"SELECT EXISTS (SELECT FROM {table})").fetchone()[0]:  # type: ignore[arg-type,index]
        return b""
    with owner.cursor().copy(f"COPY {table} TO STDOUT (FORMAT binary)") as copy:  # type: ignore[arg-type]
        return b"".join(map(bytes, copy))
