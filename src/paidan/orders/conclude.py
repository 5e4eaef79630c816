"""Where an order stands when all stages have spoken: the legal path from its state to the one its units imply. Pure.

| units                                             | fulfilments          | state                             |
| ------------------------------------------------- | -------------------- | --------------------------------- |
| some shipped, others open, short or planned       | any                  | PART_SHIPPED                      |
| shipped, the rest cancelled                       | some not arrived yet | SHIPPED                           |
| shipped, the rest cancelled                       | all arrived          | DELIVERED                         |
| none shipped; some at a warehouse, reserved, short| any                  | RELEASED, SOURCED, BACKORDERED    |
| all cancelled                                     | any                  | CANCELLED                         |
| none: every line is a service                     | none                 | COMPLETED, CANCELLED if taken back|
"""

from functools import cache

from paidan.kernel.states import ORDER_MOVES, TERMINAL_FULFILMENTS, TERMINAL_ORDERS, OrderState
from paidan.orders.batch import Fulfilment, Order, state_by_lines

STAYS = TERMINAL_ORDERS | {OrderState.UNPAID}
"""Payment or an end decides here: the places of the units say nothing new."""


def conclude(order: Order) -> None:
    """Move the order along legal steps to the state that the places of its units imply. Fulfilments not loaded are at an end."""
    if order.state in STAYS:
        return
    target = state_by_lines(order)
    if target == OrderState.SHIPPED and not any(_is_under_way(fulfilment) for fulfilment in order.fulfilments):
        target = OrderState.DELIVERED
    for state in path_to(order.state, target):
        order.move(state)


def _is_under_way(fulfilment: Fulfilment) -> bool:
    """Whether units of the order itself have left with it and not arrived; it may be open for others it travels with."""
    return fulfilment.state not in TERMINAL_FULFILMENTS and any(line.shipped for line in fulfilment.lines)


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
