"""What is stored of the records a file names: a column that the file does not have, and an empty cell, leave it as it is."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from paidan.catalog.rows import BundleRow, SkuRow
from paidan.entrypoints.imports.kinds import Kind
from paidan.runtime.database import Tx
from paidan.runtime.queries import load_queries

queries = load_queries("paidan.entrypoints.imports", "stored.sql")

OF_PRODUCTS: Final = frozenset({"product_name", "brand", "category"})


class Told(Struct, kw_only=True):
    """A row made of a file, and the fields that the file told of it; `given_by_row`: that each of its rows told. The others hold defaults."""

    row: Any
    given: AbstractSet[str]
    given_by_row: Sequence[AbstractSet[str]] = ()


def with_stored(tx: Tx, kind: Kind, told: Sequence[Told]) -> list[Any]:
    """The rows, with what is stored where the file tells nothing; of records that are new, their defaults.

    Others who write such records by hand or by a file wait until the transaction ends. Passes do not: they add listings that orders tell meanwhile.
    """
    if not kind.key or not told:
        return [one.row for one in told]
    tx.execute(queries.lock, {"subject": kind.subject})
    keys = [tuple(getattr(one.row, name) for name in kind.key) for one in told]
    asked = {name: [key[place] for key in keys] for place, name in enumerate(kind.key)}
    found = _named(tx.execute(getattr(queries, kind.name), asked))
    if kind.row is BundleRow:
        return _with_parts(told, found)
    stored = {tuple(one[name] for name in kind.key): one for one in found}
    kept = [_kept(one.row, one.given, stored.get(key, {})) for one, key in zip(told, keys, strict=True)]
    return _with_products(tx, kept, [one.given for one in told]) if kind.row is SkuRow else kept


def _named(cursor: Any) -> Iterator[dict[str, Any]]:
    """Records as they are stored, in the types of rows. Not checked: the bounds are a file's, orders tell longer titles and codes."""
    names = [column.name for column in cursor.description]
    return ({name: tuple(value) if isinstance(value, list) else value for name, value in zip(names, row, strict=True)} for row in cursor)


def _kept(row: Any, given: AbstractSet[str], stored: dict[str, Any]) -> Any:
    """Names in other systems stand in columns of their own: those that are told join the others."""
    joined = {name: {**value, **getattr(row, name)} for name, value in stored.items() if isinstance(value, dict)}
    return replace(row, **{name: value for name, value in stored.items() if name not in given}, **{n: v for n, v in joined.items() if n in given})


def _with_parts(told: Sequence[Told], found: Iterable[dict[str, Any]]) -> list[BundleRow]:
    """The parts of a bundle are told whole; each that it has already keeps what its row of the file does not tell."""
    stored = {(one["code"], one["part"]): {name: one[name] for name in ("quantity", "price_share")} for one in found}

    def kept(bundle: BundleRow, given_by_row: Sequence[AbstractSet[str]]) -> BundleRow:
        rows = zip(bundle.parts, given_by_row, strict=True)
        return replace(bundle, parts=tuple(_kept(part, given, stored.get((bundle.code, part.code), {})) for part, given in rows))

    return [kept(one.row, one.given_by_row) for one in told]


def _with_products(tx: Tx, rows: Sequence[SkuRow], given: Sequence[AbstractSet[str]]) -> list[SkuRow]:
    """A product's name, brand and category are one for all its SKUs, those that the file brings as well: what one row tells of it counts for all.

    A SKU gives the product that is its own its name, as long as there are no others.
    """
    codes = [row.product_code or row.code for row in rows]
    found = {one["code"]: one for one in _named(tx.execute(queries.products_of, {"codes": sorted(set(codes))}))}
    times = Counter(codes)
    told: dict[tuple[str, str], str] = {}
    for row, code, names in zip(rows, codes, given, strict=True):
        for name in names & OF_PRODUCTS:
            told.setdefault((code, name), getattr(row, name))

    def changes(row: SkuRow, code: str, names: AbstractSet[str]) -> Iterable[tuple[str, str]]:
        product = found.get(code)
        is_named_by_it = product is not None and product["is_own"] and row.code == code and times[code] == 1
        for name in OF_PRODUCTS - names:
            if (code, name) in told:
                yield name, told[code, name]
            elif product is not None and not (name == "product_name" and is_named_by_it):
                yield name, product[name]

    return [replace(row, **dict(changes(row, code, names))) for row, code, names in zip(rows, codes, given, strict=True)]
