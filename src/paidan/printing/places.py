"""Where a warehouse keeps its SKUs (货位): pick lists are sorted by it. Paidan knows one place for each SKU and warehouse; stock has none."""

from collections.abc import Mapping, Sequence
from typing import Any

from paidan.kernel.outcomes import Problem
from paidan.kernel.reasons import Reason
from paidan.printing.load import queries
from paidan.runtime.database import Tx


def put_places(tx: Tx, warehouse: str, places: Sequence[tuple[str, str]], sees: Mapping[str, Any]) -> tuple[Problem, ...]:
    """Write (SKU code, place) pairs of a warehouse; an empty place removes it. All or nothing: what comes back is why not. Three statements."""
    place_by_sku = dict(places)
    known = tx.execute(queries.known_skus, {"warehouse": warehouse, "skus": list(place_by_sku), "warehouses": sees["warehouses"]}).fetchall()
    if not known:
        return (Problem(field="warehouse_code", reason=Reason.UNKNOWN_WAREHOUSE),)
    unknown = {code for _, code, sku_id in known if sku_id is None}
    if unknown:
        return tuple(Problem(field=f"places.{n}.sku", reason=Reason.UNKNOWN_SKU, detail=sku) for n, (sku, _) in enumerate(places) if sku in unknown)
    pairs = [(sku_id, place_by_sku[code].strip()) for _, code, sku_id in known]
    named = {"warehouse_id": known[0][0]}
    tx.execute(queries.drop_places, {**named, "sku_id": [sku_id for sku_id, place in pairs if not place]})
    tx.execute(queries.put_places, {**named, "sku_id": [sku_id for sku_id, _ in pairs], "place": [place for _, place in pairs]})
    return ()
