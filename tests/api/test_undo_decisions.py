"""What of an action over many orders can be taken back, when, and why not: the tables of the decisions, without a database."""

from datetime import timedelta
from itertools import count

import pytest

from drafts import draft_fulfilment, draft_line, draft_order
from paidan.entrypoints.api.jobs.decide import _UNDO, Context, carry_out, undo
from paidan.entrypoints.api.jobs.parameters import FINAL, UNDOABLE, Action, Parameters, SplitLine, Told
from paidan.kernel.reasons import Reason
from paidan.kernel.states import FulfilmentState, OrderState
from scene import NOW

WHOLE, OTHER, LEADER = 100, 101, 55
IN_TEN = NOW + timedelta(minutes=10)
LATER = NOW + timedelta(minutes=1)


def context(action, *, now=NOW, mates=(WHOLE,), leaders=None, **given):
    ids = count(900)
    return Context(
        action=action,
        told=Told(given=Parameters(**given)),
        actor="user:li",
        now=now,
        take_ids=lambda n: [next(ids) for _ in range(n)],
        weight_by_sku={1: 100, 2: 50},
        mates=frozenset(mates),
        leader_by_fulfilment=leaders or {},
        freight=lambda _order, _fulfilment, weight_g: 500 + weight_g,
    )


def sourced(*units):
    """An order whose lines are all planned in one fulfilment."""
    lines = [draft_line(n, quantity, sku_id=n, open=0, reserved=quantity) for n, quantity in enumerate(units, 1)]
    planned = draft_fulfilment(dict(enumerate(units, 1)), id=WHOLE, release_due_at=IN_TEN, weight_g=sum(units) * 100)
    return draft_order(lines, state=OrderState.SOURCED, fulfilments=[planned], is_new=False)


def test_every_action_can_be_undone_or_is_said_to_be_final():
    assert set(_UNDO) == UNDOABLE
    assert {Action.CANCEL, Action.UN_MERGE, Action.EXPORT, Action.PRINT} == FINAL


# ------------------------------------------------------------------ ending the window


def merged(order):
    """The window is ended; what is kept for undoing."""
    asked = context(Action.MERGE)
    assert carry_out(order, asked) is None
    assert order.fulfilments[0].release_due_at == NOW
    return asked.before[order.id]


STATES = [
    # what became of it since, who leads its parcel, the answer, whether it is asked back
    (FulfilmentState.PLANNED, None, None, False),
    (FulfilmentState.RELEASED, WHOLE, None, True),
    (FulfilmentState.MERGED, LEADER, None, True),
    (FulfilmentState.RELEASED, None, Reason.AT_THE_WAREHOUSE, False),
    (FulfilmentState.MERGED, None, Reason.AT_THE_WAREHOUSE, False),
    (FulfilmentState.ACCEPTED, None, Reason.AT_THE_WAREHOUSE, False),
    (FulfilmentState.RECALLING, None, Reason.AT_THE_WAREHOUSE, False),
    (FulfilmentState.PART_SHIPPED, None, Reason.AT_THE_WAREHOUSE, False),
    (FulfilmentState.SHIPPED, None, Reason.NOT_TO_BE_UNDONE, False),
    (FulfilmentState.CANCELLED, None, Reason.NOT_TO_BE_UNDONE, False),
]


@pytest.mark.parametrize(("state", "leader", "answer", "is_asked_back"), STATES)
def test_the_window_opens_again_until_the_warehouse_has_it(state, leader, answer, is_asked_back):
    order = sourced(2)
    before = merged(order)
    [planned] = order.fulfilments
    planned.state = state
    again = context(Action.MERGE, now=LATER, leaders={WHOLE: leader} if leader else {})
    assert undo(order, again, before) == answer
    assert order.recalls == ([(leader, "held_by_person")] if is_asked_back else [])
    assert bool((order.edits or {}).get("sealed")) == is_asked_back
    assert planned.release_due_at == (IN_TEN if state == FulfilmentState.PLANNED else NOW)
    assert ("merge_undone" in [step for step, _ in order.steps]) == (answer is None)


def test_a_window_that_is_over_by_itself_is_not_opened_again():
    order = sourced(2)
    before = merged(order)
    assert undo(order, context(Action.MERGE, now=IN_TEN), before) == Reason.NOT_TO_BE_UNDONE
    assert order.fulfilments[0].release_due_at == NOW


def test_a_cancelled_order_waits_for_nobody_again():
    order = sourced(2)
    before = merged(order)
    order.state = OrderState.CANCELLED
    assert undo(order, context(Action.MERGE, now=LATER), before) == Reason.NOT_TO_BE_UNDONE


def test_an_order_of_which_the_warehouse_has_a_part_is_left_alone():
    order = sourced(2)
    order.fulfilments.append(draft_fulfilment({1: 1}, id=OTHER, release_due_at=IN_TEN))
    asked = context(Action.MERGE, mates=(WHOLE, OTHER))
    assert carry_out(order, asked) is None
    order.fulfilments[1].state = FulfilmentState.ACCEPTED
    again = context(Action.MERGE, now=LATER, leaders={WHOLE: LEADER})
    assert undo(order, again, asked.before[order.id]) == Reason.AT_THE_WAREHOUSE
    assert order.recalls == []


# ------------------------------------------------------------------ splitting


def split(order, **given):
    """It is split; the context that did it. The row goes through the store: what was split off is planned like any other."""
    asked = context(Action.SPLIT, **given)
    assert carry_out(order, asked) is None
    for fulfilment in order.fulfilments:
        fulfilment.is_new = False
    return asked


def units_of(order):
    """Open units by fulfilment and line, of what is not at an end."""
    return {f.id: {line.line_no: line.open for line in f.lines if line.open} for f in order.fulfilments if f.state == FulfilmentState.PLANNED}


def net(moves):
    """Units reserved more or less, by fulfilment and line."""
    found = {}
    for sign, rows in ((1, moves.reserve), (-1, moves.give_back)):
        for row in rows:
            key = (row.fulfilment_id, row.line_no)
            found[key] = found.get(key, 0) + sign * row.quantity
    return found


@pytest.mark.parametrize(
    "given", [{}, {"lines": (SplitLine(line_no=1, quantity=2),)}, {"lines": (SplitLine(line_no=1, quantity=1), SplitLine(line_no=2, quantity=1))}]
)
def test_what_was_split_is_joined_as_it_was(given):
    order = sourced(3, 1)
    [whole] = order.fulfilments
    places = [(line.reserved, line.open, line.cancelled) for line in order.lines]
    asked = split(order, **given)
    assert (len(units_of(order)), whole.attempt) == (2, 2)
    again = context(Action.SPLIT)
    assert undo(order, again, asked.before[order.id]) is None
    assert units_of(order) == {WHOLE: {1: 3, 2: 1}}
    assert (whole.attempt, whole.weight_g, whole.freight_minor, whole.release_due_at) == (1, 400, 900, IN_TEN)
    assert [(line.reserved, line.open, line.cancelled) for line in order.lines] == places
    there, back = net(asked), net(again)
    assert {key: there.get(key, 0) + back.get(key, 0) for key in there.keys() | back.keys()} == dict.fromkeys(there.keys() | back.keys(), 0)
    assert sum(row.quantity for row in again.give_back) == 0, "no unit is free for a moment"
    assert order.steps[-1][0] == "split_undone"


def test_two_splits_are_undone_one_after_the_other():
    order = sourced(2, 2)
    first = split(order, lines=(SplitLine(line_no=1, quantity=2),))
    second = context(Action.SPLIT, lines=(SplitLine(line_no=2, quantity=1),))
    second.take_ids = lambda n: [990 + i for i in range(n)]
    assert carry_out(order, second) is None
    assert units_of(order) == {WHOLE: {2: 1}, 900: {1: 2}, 990: {2: 1}}
    assert undo(order, context(Action.SPLIT), second.before[order.id]) is None
    assert (units_of(order), order.fulfilments[0].attempt) == ({WHOLE: {2: 2}, 900: {1: 2}}, 2)
    assert undo(order, context(Action.SPLIT), first.before[order.id]) is None
    assert (units_of(order), order.fulfilments[0].attempt) == ({WHOLE: {1: 2, 2: 2}}, 1)


@pytest.mark.parametrize("which", [0, 1], ids=["the whole", "a part"])
@pytest.mark.parametrize(
    ("state", "answer"),
    [
        (FulfilmentState.MERGED, Reason.AT_THE_WAREHOUSE),
        (FulfilmentState.RELEASED, Reason.AT_THE_WAREHOUSE),
        (FulfilmentState.ACCEPTED, Reason.AT_THE_WAREHOUSE),
        (FulfilmentState.RECALLING, Reason.AT_THE_WAREHOUSE),
        (FulfilmentState.PART_SHIPPED, Reason.AT_THE_WAREHOUSE),
        (FulfilmentState.SHIPPED, Reason.NOT_TO_BE_UNDONE),
        (FulfilmentState.CANCELLED, Reason.NOT_TO_BE_UNDONE),
        (None, Reason.NOT_TO_BE_UNDONE),  # at an end long ago: not loaded
    ],
)
def test_nothing_is_joined_once_one_part_has_gone_on(which, state, answer):
    order = sourced(3, 1)
    asked = split(order)
    if state is None:
        del order.fulfilments[which]
    else:
        order.fulfilments[which].state = state
    before = units_of(order)
    again = context(Action.SPLIT)
    assert undo(order, again, asked.before[order.id]) == answer
    assert (units_of(order), again.give_back, again.reserve) == (before, [], [])
