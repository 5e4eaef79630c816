from collections import defaultdict

import pytest

from paidan.kernel.states import INITIAL, MOVES, DocumentState, FulfilmentState, OrderState

STATES = {"order": OrderState, "fulfilment": FulfilmentState, "document": DocumentState}


def declared():
    births = {(machine, 0, int(state)) for machine, states in INITIAL.items() for state in states}
    return births | {(machine, int(before), int(after)) for machine, moves in MOVES.items() for before, after in moves}


def test_the_database_knows_exactly_the_declared_moves(database):
    with database.transaction() as tx:
        rows = set(tx.execute("SELECT machine, from_state, to_state FROM legal_move").fetchall())
    assert rows == declared()


def test_what_the_triggers_check_is_what_the_table_says(database):
    with database.transaction() as tx:
        rows = tx.execute(
            "SELECT DISTINCT tgargs FROM pg_trigger WHERE tgfoid = 'check_path'::regproc AND tgparentid = 0 AND NOT tgisinternal",
        ).fetchall()
    checked = set()
    for (arguments,) in rows:
        machine, moves, _ = arguments.decode().split("\0")
        checked |= {(machine, *divmod(int(move), 100)) for move in moves.strip("{}").split(",")}
    assert checked == declared()


@pytest.mark.parametrize("machine", STATES)
def test_every_state_can_be_reached(machine):
    steps = defaultdict(set)
    for before, after in MOVES[machine]:
        steps[before].add(after)
    reached, edge = set(INITIAL[machine]), set(INITIAL[machine])
    while edge:
        edge = {after for before in edge for after in steps[before]} - reached
        reached |= edge
    assert reached == set(STATES[machine])


@pytest.mark.parametrize("machine", STATES)
def test_from_every_state_an_end_can_be_reached(machine):
    ends = {state for state in STATES[machine] if state not in {before for before, _ in MOVES[machine]}}
    ending, more = set(ends), set(ends)
    while more:
        more = {before for before, after in MOVES[machine] if after in more} - ending
        ending |= more
    assert ends
    assert ending == set(STATES[machine])
