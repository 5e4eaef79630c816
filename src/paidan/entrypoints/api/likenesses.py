"""The index that listings are compared with, kept between requests while no SKU changes."""

from collections.abc import Sequence
from threading import Lock
from typing import Final

from msgspec import Struct

from paidan.catalog.likeness import Goods, LikenessIndex, Offered
from paidan.entrypoints.api.pages import as_views
from paidan.runtime.database import Tx
from paidan.runtime.queries import load_queries

queries = load_queries("paidan.entrypoints.api", "listings.sql")

WHOLE_MAX: Final = 50_000
"""SKUs that are held whole. Of a larger catalogue only those of the same code or barcode are looked at, and nothing is proposed by likeness."""


class Kept(Struct, frozen=True):
    """What was built of a version of the goods; no index: there are too many."""

    version: int
    index: LikenessIndex | None


class LikenessCache:
    """One index. Threads may share it: one builds at a time, and no other waits for it who can do with the index before."""

    def __init__(self) -> None:
        self._building = Lock()
        self._kept: Kept | None = None  # replaced as a whole: read without a lock

    def index(self, tx: Tx, listings: Sequence[Offered], *, may_be_older: bool = True) -> LikenessIndex:
        """The index for these listings, as of this transaction; while another thread builds a new one, the one before if it may be older.

        Two statements, and one or two more where something has changed.
        """
        [(version,)] = tx.execute(queries.goods_version).fetchall()
        found = self._of(tx, version, may_be_older=may_be_older)
        return self._of_codes(tx, listings) if found.index is None else found.index

    def _of(self, tx: Tx, version: int, *, may_be_older: bool) -> Kept:
        kept = self._kept
        if kept is not None and kept.version >= version:
            return kept
        if not self._building.acquire(blocking=kept is None or not may_be_older):
            assert kept is not None  # noqa: S101 - it waits otherwise
            return kept
        try:
            kept = self._kept
            if kept is None or kept.version < version:  # nobody has built it while this thread waited
                self._kept = kept = _built(tx, version)
            return kept
        finally:
            self._building.release()

    @staticmethod
    def _of_codes(tx: Tx, listings: Sequence[Offered]) -> LikenessIndex:
        codes = sorted({code for one in listings for code in (one.merchant_code.strip(), *one.refs)} - {""})
        return LikenessIndex(as_views(Goods, tx.execute(queries.goods_of_codes, {"codes": codes})))


def _built(tx: Tx, version: int) -> Kept:
    [(are_more,)] = tx.execute(queries.are_more_goods, {"most": WHOLE_MAX}).fetchall()
    return Kept(version, None if are_more else LikenessIndex(as_views(Goods, tx.execute(queries.all_goods))))
