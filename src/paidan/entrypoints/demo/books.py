"""Paidan's books in a canonical form: the same day gives the same bytes, whatever ids and instants were.

Orders stand under their platform's number, fulfilments and parcels under what they carry, stock under its codes. What two runs may differ in
(ids, our own numbers, waybills, instants) is left out.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import msgspec

from paidan.kernel.states import FulfilmentState, OrderState, ParcelState
from paidan.runtime.database import Tx
from paidan.runtime.queries import load_queries

queries = load_queries("paidan.entrypoints.demo", "books.sql")

LINE_NAMES = "line_no line_ref kind sku quantity refund taken_back open short reserved in_fulfilment shipped cancelled".split()

Book = dict[str, Any]


def canonical_books(tx: Tx) -> Book:
    """All books, JSON-ready, in an order of their own."""
    return {
        "orders": _orders(tx),
        "fulfilments": _fulfilments(tx),
        "parcels": sorted(_parcels(tx), key=_sorted_by_text),
        "stock": {f"{sku} {warehouse} {grade}": list(counts) for sku, warehouse, grade, *counts in tx.execute(queries.book_stock)},
        "demand": {sku: [held, short] for sku, held, short in tx.execute(queries.book_demand)},
        "entries": {f"{sku} {warehouse} {kind}": units for sku, warehouse, kind, units in tx.execute(queries.book_entries)},
        "listings": {f"{shop} {item} {ref}": rest for shop, item, ref, *rest in tx.execute(queries.book_listings)},
        "documents": {f"{warehouse} {kind} {reference}": rest for warehouse, kind, reference, *rest in tx.execute(queries.book_documents)},
    }


def dumped(books: Book) -> bytes:
    """The books as text, one entry a line: to be compared byte by byte, or by diff."""
    return msgspec.json.format(msgspec.json.encode(books, order="sorted"), indent=1)


def outcomes(books: Book) -> dict[str, tuple[str, tuple[tuple[str, int, int], ...]]]:
    """What came of each order: its state and, by line, units shipped and cancelled."""
    return {
        number: (order["state"], tuple([(line["line_ref"], line["shipped"], line["cancelled"]) for line in order["lines"]]))
        for number, order in books["orders"].items()
    }


def shipped_by_sku(books: Book) -> dict[str, int]:
    """Units shipped of each SKU."""
    shipped: dict[str, int] = defaultdict(int)
    for order in books["orders"].values():
        for line in order["lines"]:
            if line["sku"] and line["kind"] not in {"bundle", "service"}:
                shipped[line["sku"]] += line["shipped"]
    return dict(shipped)


def _orders(tx: Tx) -> Book:
    holds, steps = defaultdict(list), defaultdict(list)
    for order_id, *hold in tx.execute(queries.book_holds):
        holds[order_id].append(hold)
    for order_id, actor, step in tx.execute(queries.book_steps):
        steps[order_id].append(f"{actor} {step}")
    return {
        f"{shop} {number}": {
            "state": OrderState(state).name,
            "platform_status": status,
            "is_closed": is_closed,
            "waits_for": waits_for,
            "paid_minor": paid,
            "goods_minor": goods,
            "lines": [dict(zip(LINE_NAMES, line, strict=True)) for line in lines or ()],
            "holds": holds[order_id],
            "steps": steps[order_id],
        }
        for order_id, shop, number, state, status, is_closed, waits_for, paid, goods, lines in tx.execute(queries.book_orders)
    }


def _fulfilments(tx: Tx) -> Mapping[str, list[Any]]:
    numbers = {order_id: f"{shop} {number}" for order_id, shop, number, *_ in tx.execute(queries.book_orders)}
    found = defaultdict(list)
    for order_id, warehouse, carrier, state, *rest in tx.execute(queries.book_fulfilments):
        found[numbers[order_id]].append([warehouse, carrier, FulfilmentState(state).name, *rest])
    return {number: sorted(rows, key=_sorted_by_text) for number, rows in found.items()}


def _parcels(tx: Tx) -> list[list[Any]]:
    return [[warehouse, carrier, ParcelState(state).name, *rest] for warehouse, carrier, state, *rest in tx.execute(queries.book_parcels)]


def _sorted_by_text(row: list[Any]) -> bytes:
    return msgspec.json.encode(row)
