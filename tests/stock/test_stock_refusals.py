"""Impossible moves, one by one: each raises, and the books are as they were."""

import psycopg
import pytest

from paidan.kernel.errors import ConservationError
from paidan.runtime.ids import CountingIds
from paidan.runtime.sealing import Sealer, new_keyring
from paidan.stock.moves import DEFECTIVE, Enter, GiveBack, Issue, Reserve, StockMoves
from paidan.stock.store import apply, lock
from scene import NOW, Scene, empty

SKU, PLACE, HELD = 10, 20, 30  # three units on hand, two of them held by fulfilment 30


def enter(quantity, sequence=2, **more):
    named = {"document_id": 1, "line_no": 1, "kind": "adjust", "sequence": sequence, "sku_id": SKU, "warehouse_id": PLACE, "cause": "count"}
    return Enter(**{**named, "quantity": quantity, "occurred_at": NOW, **more})


def reserve(quantity, fulfilment_id=31, **more):
    return Reserve(**{"fulfilment_id": fulfilment_id, "line_no": 1, "sku_id": SKU, "warehouse_id": PLACE, "quantity": quantity, **more})


def give_back(quantity, **more):
    return GiveBack(**{"fulfilment_id": HELD, "line_no": 1, "sku_id": SKU, "warehouse_id": PLACE, "quantity": quantity, **more})


def issue(quantity, sequence=1, **more):
    named = {"fulfilment_id": HELD, "line_no": 1, "sku_id": SKU, "warehouse_id": PLACE, "cause": "confirm", "occurred_at": NOW}
    return Issue(**{**named, "quantity": quantity, "sequence": sequence, **more})


def new_books(server, merchant, database):
    empty(server.owner_url, merchant)
    scene = Scene(database, CountingIds(1000), Sealer(new_keyring()))
    write(scene, StockMoves(enter=[enter(3, sequence=1)]))
    write(scene, StockMoves(reserve=[reserve(2, HELD)]))
    return scene


@pytest.fixture
def books(server, merchant, database):
    return new_books(server, merchant, database)


@pytest.fixture(scope="module")
def kept_books(server, merchant, database):
    """The same for every refusal: none of them may change it."""
    return new_books(server, merchant, database)


def write(scene, moves):
    with scene.database.transaction() as tx:
        free = lock(tx, moves, NOW)
        apply(tx, moves, ids=scene.ids, now=NOW)
    return free


def read(scene):
    """Every row of every table of the stock, as text."""
    return [sorted(scene.query(f"SELECT t::text FROM {table} t")) for table in ("balance", "reservation", "entry", "demand", "stock_change")]


MUCH = 9
IMPOSSIBLE = {
    "reserve more than is free": StockMoves(reserve=[reserve(2)]),
    "reserve what nobody has": StockMoves(reserve=[reserve(1, sku_id=11)]),
    "reserve where nothing lies": StockMoves(reserve=[reserve(1, warehouse_id=21)]),
    "reserve nothing": StockMoves(reserve=[reserve(0)]),
    "reserve twice for one line": StockMoves(reserve=[reserve(1, HELD)]),
    "give back more than is held": StockMoves(give_back=[give_back(3)]),
    "give back what nobody holds": StockMoves(give_back=[give_back(1, fulfilment_id=32)]),
    "give back another line": StockMoves(give_back=[give_back(1, line_no=2)]),
    "give back another SKU": StockMoves(give_back=[give_back(1, sku_id=11)]),
    "give back elsewhere": StockMoves(give_back=[give_back(1, warehouse_id=21)]),
    "give back twice in one write": StockMoves(give_back=[give_back(2), give_back(1)]),
    "issue more than is held": StockMoves(issue=[issue(3)]),
    "issue what nobody holds": StockMoves(issue=[issue(1, fulfilment_id=32)]),
    "issue one cause twice in one write": StockMoves(issue=[issue(1), issue(1)]),
    "issue and give back the same unit": StockMoves(issue=[issue(2)], give_back=[give_back(1)]),
    "enter less than nothing": StockMoves(enter=[enter(-4)]),
    "enter one cause twice": StockMoves(enter=[enter(1, sequence=1)]),
    "less on its way than nothing": StockMoves(enter=[enter(1, in_transit=-1)]),
    "demand below nothing": StockMoves(demand={SKU: (0, -1)}),
    "one good move and one that is not": StockMoves(enter=[enter(5)], reserve=[reserve(MUCH)]),
}


@pytest.mark.parametrize("what", IMPOSSIBLE)
def test_an_impossible_move_raises_and_changes_nothing(kept_books, what):
    before = read(kept_books)
    with pytest.raises((psycopg.errors.IntegrityError, ConservationError)):
        write(kept_books, IMPOSSIBLE[what])
    assert read(kept_books) == before
    assert balance(kept_books) == [(3, 2, False)]


def balance(books):
    return books.query("SELECT on_hand, reserved_hard, is_short FROM balance WHERE grade = 1")


def test_word_from_outside_may_leave_less_than_is_held_and_is_told(books):
    write(books, StockMoves(enter=[enter(-2)]))
    assert balance(books) == [(1, 2, True)]


def test_a_shelf_that_is_short_gets_no_shorter_by_our_own_doing(books):
    write(books, StockMoves(enter=[enter(-2)]))
    with pytest.raises(psycopg.errors.CheckViolation):
        write(books, StockMoves(reserve=[reserve(1)]))
    write(books, StockMoves(issue=[issue(1)]))
    assert balance(books) == [(0, 1, True)]
    write(books, StockMoves(give_back=[give_back(1)]))
    assert balance(books) == [(0, 0, False)]


def test_units_given_back_in_a_write_are_free_in_that_write(books):
    moves = StockMoves(give_back=[give_back(2)], reserve=[reserve(3)])
    assert write(books, moves) == {(SKU, PLACE): 3}
    assert balance(books) == [(3, 3, False)]


def test_what_is_broken_is_not_for_sale(books):
    write(books, StockMoves(enter=[enter(5, grade=DEFECTIVE)]))
    assert write(books, StockMoves(reserve=[reserve(1)])) == {(SKU, PLACE): 1}


def test_nothing_to_do_is_nothing_done(books):
    before = read(books)
    assert write(books, StockMoves()) == {}
    assert read(books) == before


def test_moves_that_sum_to_nothing_tell_nobody_of_a_change(books):
    [before] = books.query("SELECT COUNT(*) FROM stock_change")
    write(books, StockMoves(issue=[issue(1)]))
    assert books.query("SELECT COUNT(*) FROM stock_change") == [before]
    write(books, StockMoves(give_back=[give_back(1)]))
    assert books.query("SELECT sku_ids FROM stock_change ORDER BY id DESC LIMIT 1") == [([SKU],)]
