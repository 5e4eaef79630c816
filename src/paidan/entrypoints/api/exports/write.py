"""Makes the file of a list for a job: what was asked, by whom and what he sees are kept with the job, so whoever takes it up makes the same file."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

import msgspec
from msgspec import Struct

from paidan.entrypoints.api.exports.book import MEDIA_TYPE, Cell, write_book
from paidan.entrypoints.api.exports.lists import Asked, Exported, Reading, read
from paidan.entrypoints.api.exports.masters import MASTERS
from paidan.entrypoints.api.exports.people import PEOPLE
from paidan.entrypoints.api.exports.works import WORKS
from paidan.entrypoints.api.jobs.parameters import queries
from paidan.entrypoints.api.people.caller import Caller
from paidan.entrypoints.api.services import HandlerContext

LISTS: Final[Mapping[str, Exported]] = {exported.name: exported for exported in (*MASTERS, *WORKS, *PEOPLE)}

EXPORT_LIST: Final = "export_list"
"""What such a job is called beside the actions over orders."""
Beat = Callable[[int], None]
"""Told how many rows are written: it keeps the job ours, and raises when the work is to stop."""


class Given(Struct, frozen=True, kw_only=True):
    """What was asked for."""

    list: str
    filters: dict[str, str] = {}
    columns: tuple[str, ...] = ()
    sort: str = ""


class ListTask(Struct, frozen=True, kw_only=True):
    """A list to be written, and for whom: his name and what he sees."""

    given: Given
    name: str
    shops: tuple[int, ...] | None
    warehouses: tuple[int, ...] | None
    is_undo: bool = False

    @property
    def caller(self) -> Caller:
        """Who reads: his rights were asked when the job was made."""
        return Caller(name=self.name, rights=frozenset(), shops=self.shops, warehouses=self.warehouses)


def kept(task: ListTask) -> dict[str, Any]:
    """As JSON for the job's row."""
    plain: dict[str, Any] = msgspec.to_builtins(task)
    return plain


def opened(stored: Mapping[str, Any]) -> ListTask:
    """From the job's row."""
    return msgspec.convert(stored, ListTask)


def reading_of(services: HandlerContext, caller: Caller, now: datetime, language: str, asked: Asked) -> Reading:
    """What a list's statement and its columns are told."""
    vouching = services.provider
    label = "" if vouching is None else vouching.provider.label
    return Reading(
        caller=caller, now=now, language=language, asked=asked, sealer=services.sealer, issuer=services.settings.oidc_issuer, provider=label
    )


def write_list(services: HandlerContext, job_id: int, task: ListTask, language: str, beat: Beat) -> None:
    """Make the file and keep it with the job, which then tells how many rows were read. The clock stands still for it: one list, one instant."""
    exported = LISTS[task.given.list]
    reading = reading_of(services, task.caller, services.clock.now(), language, task.given.filters)
    chosen = exported.chosen(task.given.columns)
    headers = [column.header(language) for column in chosen]
    seen = 0

    def cells() -> Iterator[list[Cell]]:
        nonlocal seen
        for rows in read(services.database.transaction, exported, reading, task.given.sort):
            for row in rows:
                for line in exported.spread(row):
                    yield [column.cell(line, language) for column in chosen]
            seen += len(rows)
            beat(seen)

    body = write_book(exported.title(language), headers, cells(), language)
    with services.database.transaction() as tx:
        named = {"job_id": job_id, "name": f"paidan-{exported.name}-{job_id}.xlsx", "media_type": MEDIA_TYPE, "body": body}
        tx.execute(queries.put_file, named)
        tx.execute(queries.settle_list, {"id": job_id, "rows": seen})
