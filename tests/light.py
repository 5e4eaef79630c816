"""A shop without a warehouse system: its warehouse A is worked with the phone page, each SKU has a barcode."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from paidan.catalog.load import cache_versions
from paidan.fulfilment.light.packing import Packer
from paidan.orders.fulfilment_no import fulfilment_no
from paidan.runtime.database import Tx
from scene import Scene

BARCODES = {"X": "6901000000017", "Y": "6901000000024", "Z": "6901000000031"}


def set_up_shop(scene: Scene, stock: Mapping[str, Mapping[str, int]], *, by_hand: str = "A") -> None:
    """Warehouse `by_hand` has no connection; the others have one."""
    scene.set_up(stock)
    with scene.database.transaction() as tx:
        tx.execute("UPDATE warehouse SET connection_id = NULL WHERE code = %s", (by_hand,))
        for code, barcode in BARCODES.items():
            if code in scene.skus:
                tx.execute("INSERT INTO sku_barcode VALUES (%s, %s)", (barcode, scene.skus[code]))
        tx.execute("UPDATE cache_version SET version = version + 1 WHERE subject = 'network'")


def numbers(scene: Scene) -> list[str]:
    """Numbers of the fulfilments at warehouses, leaders only."""
    found = scene.query("SELECT id, attempt FROM fulfilment WHERE state IN (30, 40, 50, 60) AND merged_into_id IS NULL ORDER BY id")
    return [fulfilment_no(*row) for row in found]


def packer(tx: Tx, scene: Scene, now: Any, **more: Any) -> Packer:
    """The steps of somebody called li, who sees everything."""
    network = scene.stages.network.load(tx, cache_versions(tx)["network"])
    given = {"seen": {"shops": None, "warehouses": None}, "actor": "user:li", "cause": "scan:1", **more}
    return Packer(tx, ids=scene.ids, sealer=scene.sealer, network=network, now=now, **given)


def scan_id(n: int) -> str:
    """The n-th id a phone made."""
    return str(UUID(int=n))
