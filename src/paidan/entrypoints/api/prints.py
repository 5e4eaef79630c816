"""Pick lists, packing lists and labels over HTTP: one file for a batch, and what was printed by whom."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from litestar import Request, Response, Router
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta, Struct

from paidan.entrypoints.api.guard import Known, needs
from paidan.entrypoints.api.language import language_of
from paidan.entrypoints.api.lists import sorts
from paidan.entrypoints.api.lists.sorting import SortedBy, find
from paidan.entrypoints.api.pages import Cursor, Limit, OptionalText, Page, as_views
from paidan.entrypoints.api.people.caller import Caller
from paidan.entrypoints.api.people.rights import Right
from paidan.entrypoints.api.people.visiting import address_of
from paidan.entrypoints.api.problems import Refused, invalid
from paidan.entrypoints.api.services import Given, HandlerContext
from paidan.entrypoints.api.verbs import get, post
from paidan.kernel import expected
from paidan.kernel.reasons import Reason
from paidan.printing.papers import Format, Kind
from paidan.printing.press import Prepared, Refusal, Wish, finish, prepare, render

PDF: Final = "application/pdf"
MEDIA_TYPES: Final = {Format.PDF: PDF, Format.ZPL: "application/zpl"}
PROBLEMS_SHOWN: Final = 100

Number = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[^\x00]*$")]


class PrintBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to print: of `order_nos` and `fulfilment_nos` exactly one, 500 at most. ZPL is for labels. `again`: even what was printed before.

    Without `language` the words are in that of the request (Accept-Language).
    """

    kind: Kind
    order_nos: list[Number] = []
    fulfilment_nos: list[Number] = []
    format: Format = Format.PDF
    language: Literal["zh", "en"] | None = None
    again: bool = False


class PrintView(Struct, frozen=True, kw_only=True):
    """One file that was printed. `fulfilments` and `order_nos` (20 at most) are those that the caller sees; `papers` are all that it had."""

    id: str
    kind: Kind
    format: Format
    language: str
    is_again: bool
    papers: int
    actor: str
    at: datetime
    fulfilments: int
    order_nos: list[str]


@post("/prints", opt=needs(Right.PRINT), status_code=200, sync_to_thread=True, media_type=PDF, summary="Print", tags=["printing"])
def post_print(services: Given, caller: Known, request: Request[Any, Any, Any], data: JSONBody[PrintBody]) -> Response[bytes]:
    """One file for the whole batch: pick lists (one for each warehouse), packing lists or labels (one for each parcel), as PDF or, labels only, ZPL.

    All or nothing: what was printed before is refused as `already_printed` unless `again`, with the numbers concerned in `errors`. Only what a
    warehouse has is printed. Labels show the receiver in clear; the reveal log tells it, with the purpose `print`. The header X-Print-Papers
    says how many papers there are.
    """
    wish = _wish(caller, request, data)
    with services.database.transaction() as tx:
        prepared = _granted(prepare(tx, services.ids, services.sealer, wish, services.clock.now()))
    settings = services.settings
    file = render(prepared, font_folder=settings.print_fonts, zpl_font=settings.print_zpl_font)
    if isinstance(file, Refusal):
        raise _refused(file)
    _finish(services, prepared)
    run = prepared.run
    headers = {
        "content-disposition": f'inline; filename="paidan-{run.kind.value.replace("_", "-")}-{run.id}.{run.format.value}"',
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        "x-print-id": str(run.id),
        "x-print-papers": str(run.papers),
    }
    return Response(content=file, media_type=MEDIA_TYPES[run.format], headers=headers)


def _wish(caller: Caller, request: Request[Any, Any, Any], data: PrintBody) -> Wish:
    if bool(data.order_nos) == bool(data.fulfilment_nos):
        raise invalid("order_nos", Reason.FIELD_INVALID if data.order_nos else Reason.FIELD_MISSING)
    if data.format == Format.ZPL and data.kind != Kind.LABEL:
        raise invalid("format", expected=expected.one_of(("pdf",)))
    return Wish(
        kind=data.kind,
        format=data.format,
        language=data.language or language_of(request.headers.get("accept-language", "")),
        order_nos=tuple(data.order_nos),
        fulfilment_nos=tuple(data.fulfilment_nos),
        again=data.again,
        actor=caller.actor,
        address=address_of(request),
        sees=caller.sees,
    )


def _granted(prepared: Prepared | Refusal) -> Prepared:
    if isinstance(prepared, Refusal):
        raise _refused(prepared)
    return prepared


def _finish(services: HandlerContext, prepared: Prepared) -> None:
    with services.database.transaction() as tx:
        refusal = finish(tx, services.ids, prepared)
        if refusal is not None:
            raise _refused(refusal)


def _refused(refusal: Refusal) -> Refused:
    return Refused(refusal.reason, detail=refusal.detail, problems=refusal.problems[:PROBLEMS_SHOWN])


@get("/prints", opt=needs(Right.PRINT), sync_to_thread=True, summary="List what was printed", tags=["printing"])
def get_prints(
    services: Given,
    caller: Known,
    kind: Annotated[Kind | None, QueryParameter(required=False)] = None,
    actor: OptionalText = None,
    order_no: OptionalText = None,
    sort_by: SortedBy = "",
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Page[PrintView]:
    """What was printed by whom, newest first. `actor`: as `user:<name>`."""
    filters = {"kind": kind, "actor": actor or None, "order_no": order_no or None, **caller.sees}
    with services.database.transaction() as tx:
        found = find(tx, sorts.PRINTS, sort_by, cursor, limit, filters)
    return found.page(as_views(PrintView, found.rows))


ROUTER = Router("/", route_handlers=[post_print, get_prints])
