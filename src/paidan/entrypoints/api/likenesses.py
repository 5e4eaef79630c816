"""The index that listings are compared with, kept between requests while no SKU changes."""

from collections.abc import Sequence
from threading import Lock
from typing import Final

from paidan.catalog.likeness import Goods, LikenessIndex, Offered
from paidan.entrypoints.api.pages import as_views
from paidan.runtime.database import Tx
from paidan.runtime.queries import load_queries

queries = load_queries("paidan.entrypoints.api", "listings.sql")

WHOLE_MAX: Final = 50_000
"""SKUs that are held whole. Of a larger catalogue only those of the same code or barcode are looked at, and nothing is proposed by likeness."""


class LikenessCache:
    """One index. Threads may share it: they take turns to build it, and use what is built without."""

    def __init__(self) -> None:
        self._turn = Lock()
        self._stamp: tuple[int, int] | None = None
        self._index = LikenessIndex([])

    def index(self, tx: Tx, listings: Sequence[Offered]) -> LikenessIndex:
        """The index for these listings, as of this transaction. At most two statements."""
        [(count, changes)] = tx.execute(queries.catalogue_stamp).fetchall()
        if count > WHOLE_MAX:
            codes = sorted({code for one in listings for code in (one.merchant_code.strip(), *one.refs)} - {""})
            return LikenessIndex(as_views(Goods, tx.execute(queries.goods, {"codes": codes})))
        with self._turn:
            if self._stamp != (count, changes):
                self._index = LikenessIndex(as_views(Goods, tx.execute(queries.goods, {"codes": None})))
                self._stamp = (count, changes)
            return self._index
