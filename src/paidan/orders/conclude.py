"""Where an order stands when all stages have spoken: the legal path from its state to the one its units imply. Pure."""

from functools import cache

from paidan.kernel.states import ORDER_MOVES, OrderState
from paidan.orders.batch import Order, state_by_lines

STAYS = frozenset({OrderState.UNPAID, OrderState.DELIVERED, OrderState.CANCELLED})
"""Payment, the carrier or an end decides here: the places of the units say nothing new."""


def conclude(order: Order) -> None:
    """Move the order along legal steps to the state that the places of its units imply."""
    if order.state in STAYS:
        return
    target = state_by_lines(order)
    for state in path_to(order.state, target):
        order.move(state)


@cache
def path_to(state: int, target: OrderState) -> tuple[OrderState, ...]:
    """The shortest legal path; through AUDITED where the graph asks for it. Raises ValueError when there is none."""
    if state == target:
        return ()
    reached: dict[int, list[OrderState]] = {int(state): []}
    front = [int(state)]
    while front:
        following: list[int] = []
        for at in front:
            for a, b in sorted(ORDER_MOVES):
                if a == at and b not in reached:
                    reached[b] = [*reached[at], OrderState(b)]
                    following.append(b)
        if int(target) in reached:
            return tuple(reached[int(target)])
        front = following
    raise ValueError(f"no legal way from {state} to {target}")
