"""The graphs of states: nothing unreachable, no way out of an end, no dead end that is not one."""

import pytest

from paidan.kernel.states import (
    INITIAL,
    MOVES,
    OPEN_ORDERS,
    TERMINAL_FULFILMENTS,
    TERMINAL_ORDERS,
    DocumentState,
    FulfilmentState,
    OrderState,
)

MACHINES = {
    "order": (OrderState, TERMINAL_ORDERS),
    "fulfilment": (FulfilmentState, TERMINAL_FULFILMENTS),
    "document": (DocumentState, {DocumentState.DONE, DocumentState.REJECTED, DocumentState.CANCELLED}),
}
machines = pytest.mark.parametrize("machine", MACHINES)


def reached(machine, front):
    seen = set(front)
    while front:
        front = {b for a, b in MOVES[machine] if a in front} - seen
        seen |= front
    return seen


@machines
def test_every_state_is_reached_from_a_birth(machine):
    assert reached(machine, set(INITIAL[machine])) == set(MACHINES[machine][0])


@machines
def test_ends_are_exactly_the_states_without_a_way_out(machine):
    states, ends = MACHINES[machine]
    assert {state for state in states if not any(a == state for a, _ in MOVES[machine])} == set(ends)


@machines
def test_an_end_is_reached_from_everywhere(machine):
    states, ends = MACHINES[machine]
    assert [state for state in states if not reached(machine, {state}) & set(ends)] == []


@machines
def test_no_move_stays_where_it_is_and_all_speak_of_declared_states(machine):
    states = set(MACHINES[machine][0])
    assert all(a != b and {a, b} <= states for a, b in MOVES[machine])


def test_what_has_left_never_comes_back_to_be_cancelled():
    shipped = {OrderState.PART_SHIPPED, OrderState.SHIPPED, OrderState.DELIVERED}
    assert OrderState.CANCELLED not in reached("order", shipped)
    assert FulfilmentState.CANCELLED not in reached("fulfilment", {FulfilmentState.PART_SHIPPED, FulfilmentState.SHIPPED})


def test_open_orders_are_all_that_have_not_ended():
    assert set(OrderState) == OPEN_ORDERS | TERMINAL_ORDERS
    assert not OPEN_ORDERS & TERMINAL_ORDERS
