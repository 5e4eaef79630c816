"""Cuts the invoices of the set into the baskets of platform orders. Seeded; the rules are written here and nowhere else.

- The wholesale shop takes home invoices of known customers as they are, up to 80 lines and 1,000 units a line (18.7 lines on average).
- A consumer basket takes the next 1 to 4 goods lines of an invoice (shares in SIZES); the next basket goes on where it stopped.
  Quantities shrink to what a household buys (`household_quantity`).
- Home invoices (United Kingdom, Unspecified) feed the domestic shops, all others the foreign shop.
- Carriage, fees, adjustments and vouchers, and goods lines with quantity zero or less, travel as service lines with the basket that
  comes next, their quantity as it stands in the set. Invoices that start with A (bad debt) are left out, as is any negative price.
- A basket is taken back when the set cancels at least half of its goods lines later (C invoices).
- When the invoices are used up they are shuffled again and cut anew.
"""

from collections.abc import Iterator
from random import Random
from typing import Final, NamedTuple

from paidan.world.retail import HOME, Retail, is_service

SIZES: Final = (1, 2, 3, 4)
SIZE_WEIGHTS: Final = (45, 31, 17, 7)
WHOLESALE_LINES_MAX: Final = 80
WHOLESALE_QUANTITY_MAX: Final = 1000


class Piece(NamedTuple):
    """A line of a basket. `code` and `description` index the set; price in GBP/1000."""

    code: int
    description: int
    quantity: int
    price_milli: int
    is_service: bool


class Basket(NamedTuple):
    """What one buyer takes at once."""

    pieces: tuple[Piece, ...]
    country: str
    is_taken_back: bool


def household_quantity(quantity: int) -> int:
    """The quantity of a trade line as a household buys: 1 up to 11, 2 up to 47, 3 up to 199, 4 above."""
    return 1 + (quantity >= 12) + (quantity >= 48) + (quantity >= 200)  # noqa: PLR2004 - the rule above


def is_sale(invoice_no: str) -> bool:
    """Neither a cancellation (C) nor a bad-debt adjustment (A)."""
    return invoice_no[0] not in "CA"


def is_wholesale(retail: Retail, invoice: int) -> bool:
    """May the wholesale shop take this invoice?"""
    lines = range(retail.starts[invoice], retail.starts[invoice + 1])
    return (
        len(lines) <= WHOLESALE_LINES_MAX
        and retail.customer[invoice] != ""
        and retail.country[invoice] in HOME
        and is_sale(retail.invoice_no[invoice])
        and all(retail.line_quantity[line] <= WHOLESALE_QUANTITY_MAX for line in lines)
    )


def shuffled(invoices: list[int], rng: Random) -> Iterator[int]:
    """The invoices in chance order, again and again, each time in another one."""
    order = list(invoices)
    while order:
        rng.shuffle(order)
        yield from order


def pieces_of(retail: Retail, invoice: int) -> Iterator[tuple[Piece, bool]]:
    """The lines of an invoice that a platform would send, and whether the set takes each back later."""
    for line in range(retail.starts[invoice], retail.starts[invoice + 1]):
        code, quantity, price = retail.line_code[line], retail.line_quantity[line], retail.line_price[line]
        if price >= 0:
            odd = quantity <= 0 or is_service(retail.codes[code])
            yield Piece(code, retail.line_description[line], quantity, price, odd), line in retail.taken_back


def basket(lines: list[tuple[Piece, bool]], odd: list[Piece], country: str) -> Basket:
    """Goods lines and the odd lines that travel with them."""
    back = sum(is_back for _, is_back in lines)
    return Basket((*(piece for piece, _ in lines), *odd), country, 2 * back >= len(lines))


def wholesale_baskets(retail: Retail, rng: Random) -> Iterator[Basket]:
    """Whole invoices, endlessly."""
    fitting = [i for i in range(len(retail.invoice_no)) if is_wholesale(retail, i)]
    for invoice in shuffled(fitting, rng):
        lines = list(pieces_of(retail, invoice))
        goods = [line for line in lines if not line[0].is_service]
        if goods:
            yield basket(goods, [piece for piece, _ in lines if piece.is_service], retail.country[invoice])


def consumer_baskets(retail: Retail, rng: Random, *, abroad: bool) -> Iterator[Basket]:
    """Invoices cut to household size, endlessly."""
    fitting = [i for i, no in enumerate(retail.invoice_no) if is_sale(no) and (retail.country[i] not in HOME) == abroad]
    odd: list[Piece] = []
    for invoice in shuffled(fitting, rng):
        goods: list[tuple[Piece, bool]] = []
        size = rng.choices(SIZES, SIZE_WEIGHTS)[0]
        for piece, is_back in pieces_of(retail, invoice):
            if piece.is_service:
                odd.append(piece)
                continue
            goods.append((piece._replace(quantity=household_quantity(piece.quantity)), is_back))
            if len(goods) == size:
                yield basket(goods, odd, retail.country[invoice])
                goods, odd, size = [], [], rng.choices(SIZES, SIZE_WEIGHTS)[0]
        if goods:
            yield basket(goods, odd, retail.country[invoice])
            odd = []
