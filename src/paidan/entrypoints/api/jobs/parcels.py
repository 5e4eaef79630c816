"""What an order would leave as, once it is split: told by a dry run, before anybody does it."""

from collections.abc import Collection, Mapping

from msgspec import Struct

from paidan.catalog.load import cache_versions
from paidan.entrypoints.api.jobs.parameters import queries
from paidan.entrypoints.api.services import HandlerContext
from paidan.kernel.states import FulfilmentState
from paidan.orders.batch import Fulfilment, Order
from paidan.orders.fulfilment_no import fulfilment_no
from paidan.runtime.database import Tx


class ParcelToBeLine(Struct, frozen=True, kw_only=True):
    """Units of an order line in a parcel to be."""

    line_no: int
    sku_code: str
    sku_name: str
    quantity: int


class ParcelToBe(Struct, frozen=True, kw_only=True):
    """A fulfilment as it would be: `no` empty where it is a new one. Freight in minor units of the house's currency."""

    no: str
    warehouse_code: str
    warehouse_name: str
    carrier_code: str
    carrier_name: str
    weight_g: int
    freight_minor: int
    lines: tuple[ParcelToBeLine, ...]


def parcels_to_be(tx: Tx, services: HandlerContext, order: Order, warehouses: Collection[int] | None) -> tuple[ParcelToBe, ...]:
    """Every planned fulfilment of a draft that has been changed and is not written; of these warehouses (None: of all)."""
    planned = [f for f in order.fulfilments if f.state == FulfilmentState.PLANNED and (warehouses is None or f.warehouse_id in warehouses)]
    skus = sorted({line.sku_id for fulfilment in planned for line in fulfilment.lines})
    words = {sku_id: (code, name) for sku_id, code, name in tx.execute(queries.skus_named, {"ids": skus})}
    network = services.network.load(tx, cache_versions(tx)["network"])

    def told(fulfilment: Fulfilment) -> ParcelToBe:
        warehouse, carrier = network.warehouses.get(fulfilment.warehouse_id), network.carriers.get(fulfilment.carrier_id)
        return ParcelToBe(
            no="" if fulfilment.is_new else fulfilment_no(fulfilment.id),
            warehouse_code=warehouse.code if warehouse else "",
            warehouse_name=warehouse.name if warehouse else "",
            carrier_code=carrier.code if carrier else "",
            carrier_name=carrier.name if carrier else "",
            weight_g=fulfilment.weight_g,
            freight_minor=fulfilment.freight_minor,
            lines=_lines(fulfilment, words),
        )

    return tuple(told(fulfilment) for fulfilment in planned if any(line.open for line in fulfilment.lines))


def _lines(fulfilment: Fulfilment, words: Mapping[int, tuple[str, str]]) -> tuple[ParcelToBeLine, ...]:
    found = ((line.line_no, line.open, *words.get(line.sku_id, ("", ""))) for line in fulfilment.lines if line.open)
    return tuple(ParcelToBeLine(line_no=line_no, sku_code=code, sku_name=name, quantity=units) for line_no, units, code, name in found)
