"""What is stored of the records a file names: a column that the file does not have, and an empty cell, leave it as it is."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from msgspec.structs import replace

from paidan.catalog.rows import SkuRow
from paidan.entrypoints.imports.kinds import Kind
from paidan.runtime.database import Tx
from paidan.runtime.queries import load_queries

queries = load_queries("paidan.entrypoints.imports", "stored.sql")

Told = tuple[Any, AbstractSet[str]]
"""A row made of a file, and the fields that the file told of it. The others hold defaults."""


def with_stored(tx: Tx, kind: Kind, told: Sequence[Told]) -> list[Any]:
    """The rows, with what is stored where the file tells nothing; of records that are new, their defaults.

    Others who write such records by hand or by a file wait until the transaction ends. Passes do not: they add listings that orders tell meanwhile.
    """
    rows = [row for row, _ in told]
    if not kind.key or not rows:
        return rows
    tx.execute(queries.lock, {"subject": kind.subject})
    keys = [tuple(getattr(row, name) for name in kind.key) for row in rows]
    asked = {name: [key[place] for key in keys] for place, name in enumerate(kind.key)}
    found = _named(tx.execute(getattr(queries, kind.name), asked))
    stored = {tuple(one[name] for name in kind.key): one for one in found}
    kept = [_kept(row, given, stored.get(key, {})) for (row, given), key in zip(told, keys, strict=True)]
    return _with_products(tx, kept, [given for _, given in told]) if kind.row is SkuRow else kept


def _named(cursor: Any) -> Iterator[dict[str, Any]]:
    """Records as they are stored, in the types of rows. Not checked: the bounds are a file's, orders tell longer titles and codes."""
    names = [column.name for column in cursor.description]
    return ({name: tuple(value) if isinstance(value, list) else value for name, value in zip(names, row, strict=True)} for row in cursor)


def _kept(row: Any, given: AbstractSet[str], stored: dict[str, Any]) -> Any:
    """Names in other systems stand in columns of their own: those that are told join the others."""
    joined = {name: {**value, **getattr(row, name)} for name, value in stored.items() if isinstance(value, dict)}
    return replace(row, **{name: value for name, value in stored.items() if name not in given}, **{n: v for n, v in joined.items() if n in given})


def _with_products(tx: Tx, rows: Sequence[SkuRow], given: Sequence[AbstractSet[str]]) -> list[SkuRow]:
    """A product's name, brand and category are one for all its SKUs, those that the file brings as well. A SKU without others gives it its name."""
    codes = [row.product_code or row.code for row in rows]
    found = {one["code"]: one for one in _named(tx.execute(queries.products_of, {"codes": sorted(set(codes))}))}
    times = Counter(codes)

    def changes(code: str, told: AbstractSet[str]) -> Iterable[tuple[str, str]]:
        if (product := found.get(code)) is None:
            return
        if "product_name" not in told and not (product["is_own"] and times[code] == 1):
            yield "product_name", product["name"]
        yield from ((name, product[name]) for name in ("brand", "category") if name not in told)

    return [replace(row, **dict(changes(code, told))) for row, code, told in zip(rows, codes, given, strict=True)]
