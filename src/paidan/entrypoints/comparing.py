"""Asks warehouses for their stock on demand, and tells what differs: for the command line and the demo."""

from paidan.catalog.load import cache_versions
from paidan.entrypoints.installation import OpenInstallation
from paidan.fulfilment.links import LinkCache
from paidan.fulfilment.stock_questions import ask_for_stock
from paidan.kernel.errors import BadInput
from paidan.kernel.reasons import Reason
from paidan.network.connections import ConnectionCache
from paidan.network.load import read_network
from paidan.runtime.database import Tx
from paidan.stock.differences import Difference, open_differences


def ask_warehouses(here: OpenInstallation, warehouse_code: str = "", *, by: str = "user:cli") -> list[str]:
    """Begin a comparison with this warehouse, or with all that can be asked; gives the codes of those asked."""
    asked = []
    with here.database.transaction() as tx:
        version = cache_versions(tx)["network"]
        _refuse_unknown(tx, warehouse_code)
        network, links = read_network(tx, version), LinkCache(ConnectionCache(here.sealer)).load(tx, version)
        for warehouse in network.warehouses.values():
            is_meant = warehouse_code in {"", warehouse.code} and links.of_warehouse(network, warehouse.id) is not None
            if is_meant and ask_for_stock(tx, here.ids, warehouse.id, here.clock.now(), by=by) is not None:
                asked.append(warehouse.code)
    return asked


def differing(here: OpenInstallation, warehouse_code: str = "") -> list[Difference]:
    """What differs, as far as it is known. Raises BadInput for a warehouse that is not there: of it nothing is known."""
    with here.database.transaction() as tx:
        _refuse_unknown(tx, warehouse_code)
        found = open_differences(tx)
    return [one for one in found if warehouse_code in {"", one.warehouse_code}]


def _refuse_unknown(tx: Tx, warehouse_code: str) -> None:
    warehouses = read_network(tx, cache_versions(tx)["network"]).warehouses.values()
    if warehouse_code and all(warehouse.code != warehouse_code for warehouse in warehouses):
        raise BadInput(Reason.UNKNOWN_WAREHOUSE, warehouse_code)
