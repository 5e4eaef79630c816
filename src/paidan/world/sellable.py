"""From the lines of a real invoice to what a shop can sell.

Real invoices have lines that no platform would sell. They become what a platform sends instead:

- goods and services with a positive quantity are sold as they are (a price of zero is a giveaway);
- a service (postage, fee) is an item without the merchant's code and without a counter;
- a negative quantity or a negative price (a discount line, a returned piece, a correction) is a credit: the seller marks the basket down by it,
  spread over the lines by their worth; what exceeds the basket is not paid out here and noted as uncollected;
- a quantity of zero says nothing and is left out. A basket with nothing left to sell is not placed.
"""

from collections.abc import Sequence

from msgspec import Struct

from paidan.kernel.money import split
from paidan.world.script import ScriptLine


class Sold(Struct, frozen=True, kw_only=True):
    """A line as it can be sold. `markdown_minor` is its part of the credits."""

    line: ScriptLine
    discount_minor: int
    markdown_minor: int

    @property
    def worth_minor(self) -> int:
        """What the buyer pays for it."""
        return self.line.quantity * self.line.price_minor - self.discount_minor - self.markdown_minor


class Basket(Struct, frozen=True, kw_only=True):
    """What is sold of an invoice, and the credit that found nothing to be taken from."""

    lines: tuple[Sold, ...]
    uncollected_minor: int


def make_basket(lines: Sequence[ScriptLine]) -> Basket:
    """Apply the rules above."""
    sellable = [line for line in lines if line.quantity > 0 and line.price_minor >= 0]
    credit = sum(max(-line.quantity * line.price_minor, 0) for line in lines)
    discounts = [min(max(line.discount_minor, 0), line.quantity * line.price_minor) for line in sellable]
    worths = [line.quantity * line.price_minor - discount for line, discount in zip(sellable, discounts, strict=True)]
    used = min(credit, sum(worths))
    markdowns = split(used, worths) if used else [0] * len(worths)
    sold = tuple(
        Sold(line=line, discount_minor=discount, markdown_minor=markdown)
        for line, discount, markdown in zip(sellable, discounts, markdowns, strict=True)
    )
    return Basket(lines=sold, uncollected_minor=credit - used)
