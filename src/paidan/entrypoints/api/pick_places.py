"""Where a warehouse keeps its SKUs, over HTTP."""

from typing import Annotated

from litestar import Router
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta, Struct

from paidan.entrypoints.api.guard import SEE, Known, needs
from paidan.entrypoints.api.pages import Cursor, Limit, Page, as_views, page, read_cursor
from paidan.entrypoints.api.people.rights import Right
from paidan.entrypoints.api.problems import Refused
from paidan.entrypoints.api.services import Given
from paidan.entrypoints.api.verbs import get, put
from paidan.printing.load import queries
from paidan.printing.places import put_places

Text = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[^\x00]*$")]


class PlaceRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A SKU and its place, as it is written on the shelf; an empty place removes it."""

    sku: Text
    place: Annotated[str, Meta(max_length=64, pattern=r"^[^\x00]*$")]


class PlacesBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Places in one warehouse; other SKUs keep theirs. All or nothing."""

    warehouse_code: Text
    places: Annotated[list[PlaceRow], Meta(min_length=1, max_length=5000)]


class PlaceView(Struct, frozen=True, kw_only=True):
    """Where a SKU is kept."""

    sku: str
    name: str
    place: str


@get("/pick-places", opt=SEE, sync_to_thread=True, summary="List pick places", tags=["printing"])
def get_places(
    services: Given,
    caller: Known,
    warehouse: Annotated[str, QueryParameter(max_length=64, pattern=r"^[^\x00]*$")],
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Page[PlaceView]:
    """Where a warehouse keeps its SKUs, by SKU code."""
    [after] = read_cursor(cursor, [str])
    filters = {"warehouse": warehouse, "warehouses": caller.sees["warehouses"], "after": after, "limit": limit + 1}
    with services.database.transaction() as tx:
        return page(as_views(PlaceView, tx.execute(queries.list_places, filters)), limit, lambda row: [row.sku])


@put("/pick-places", opt=needs(Right.MASTERS), status_code=204, sync_to_thread=True, summary="Write pick places", tags=["printing"])
def write_places(services: Given, caller: Known, data: JSONBody[PlacesBody]) -> None:
    """Pick lists of this warehouse are sorted by these places from now on."""
    with services.database.transaction() as tx:
        problems = put_places(tx, data.warehouse_code, [(row.sku, row.place) for row in data.places], caller.sees)
        if problems:
            raise Refused(problems[0].reason, problems=problems[:100], status=422)


ROUTER = Router("/", route_handlers=[get_places, write_places])
