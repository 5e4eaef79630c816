"""Files over HTTP: import with a report and an error file; templates."""

import base64
from typing import Annotated, Final

from litestar import Response, Router
from litestar.params import PathParameter, QueryParameter, RawBody
from msgspec import Struct
from msgspec.structs import replace

from paidan.entrypoints.api.guard import SEE, Known, needs
from paidan.entrypoints.api.idempotency import IdempotencyKey, Post
from paidan.entrypoints.api.people.rights import Right
from paidan.entrypoints.api.problems import Refused
from paidan.entrypoints.api.services import Given
from paidan.entrypoints.api.verbs import get, post
from paidan.entrypoints.imports.preview import Preview, RowProblem, told_first
from paidan.entrypoints.imports.report import ImportReport
from paidan.entrypoints.imports.run import FILE_KINDS, read_file, template_of
from paidan.kernel.reasons import Reason

FILE_MAX: Final = 10 * 1024 * 1024
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

TAKEN_MAX: Final = 500
"""As many as one search takes."""

KindName = Annotated[str, PathParameter(description="Kind of file", schema_extra={"enum": [*FILE_KINDS]}, max_length=20)]
DryRun = Annotated[bool, QueryParameter(description="Only told what would become of it: nothing is kept")]
ShopCode = Annotated[str, QueryParameter(max_length=64, description="For orders: code of the shop")]


class Imported(Struct, frozen=True, kw_only=True):
    """What became of a file: at most a thousand problems, some of every kind, and the error file (XLSX) as base64.

    `preview`: only of a dry run, and never kept. `taken`: what has come in, orders by their numbers on the platform, records by their ids; none when
    there are more than five hundred.
    """

    kind: str
    accepted: int
    rejected: int
    problems: tuple[RowProblem, ...]
    ignored_headers: tuple[str, ...]
    error_file_base64: str
    preview: Preview | None = None
    taken: tuple[str, ...] = ()


@post(
    "/imports/{kind:str}",
    opt=needs(Right.IMPORT, everywhere=True),
    status_code=200,
    sync_to_thread=True,
    request_max_body_size=FILE_MAX,
    summary="Import a file",
    tags=["imports"],
)
def post_import(
    services: Given,
    caller: Known,
    once: Post,
    kind: KindName,
    body: RawBody,
    shop: ShopCode = "",
    idempotency_key: IdempotencyKey = "",
    *,
    is_dry_run: DryRun = False,
) -> Response[Imported]:
    """The body is the file itself: XLSX, XLS, ODS or CSV (UTF-8 or GB18030). A bad row never stops the others."""
    del idempotency_key
    if kind not in FILE_KINDS:
        raise Refused(Reason.NOT_FOUND)
    write = read_file(services, kind, body, shop=shop, actor=caller.actor, is_previewed=is_dry_run)
    if is_dry_run:
        with services.database.transaction() as tx, tx.transaction(force_rollback=True):
            report = write(tx)
        return Response(content=replace(_told(report), preview=report.preview, taken=()), status_code=200)
    return once.answer(lambda tx: _told(write(tx)))


def _told(report: ImportReport) -> Imported:
    return Imported(
        kind=report.kind,
        accepted=report.accepted,
        rejected=report.rejected,
        problems=told_first(report.problems),
        ignored_headers=report.ignored_headers,
        error_file_base64=base64.b64encode(report.error_file).decode(),
        taken=report.taken if len(report.taken) <= TAKEN_MAX else (),
    )


@get("/imports/{kind:str}/template", opt=SEE, sync_to_thread=True, summary="Get an empty file", tags=["imports"], media_type=XLSX)
def get_template(kind: KindName) -> Response[bytes]:
    """Headers in Chinese (English ones are read as well), with a sheet that explains them."""
    if kind not in FILE_KINDS:
        raise Refused(Reason.NOT_FOUND)
    headers = {"content-disposition": f'attachment; filename="paidan-{kind}.xlsx"', "x-content-type-options": "nosniff"}
    return Response(content=template_of(kind), media_type=XLSX, headers=headers)


ROUTER = Router("/", route_handlers=[post_import, get_template])
