"""The last line: what nobody can do, whatever the code above says. Tried as the application's own role."""

import psycopg
import pytest
from psycopg import errors

from hands import run
from paidan.kernel.states import INITIAL, MOVES, FulfilmentState, OrderState
from paidan.runtime.database import Database, schema_of
from paidan.runtime.ids import CountingIds
from paidan.runtime.migrations import migrate
from paidan.runtime.provision import create_merchant, drop_merchant
from paidan.runtime.sealing import Sealer, new_keyring
from scene import Scene, empty, line, order


@pytest.fixture(scope="module")
def scene(server, merchant, database):
    """One merchant for all: whatever is tried here is refused or rolled back."""
    empty(server.owner_url, merchant)
    made = Scene(database, CountingIds(), Sealer(new_keyring())).set_up({"A": {"X": 5}})
    run(made, order("1", line("X", 2)))
    return made


def illegal(machine, states):
    births = [(0, int(state)) for state in states if state not in INITIAL[machine]]
    steps = [(int(a), int(b)) for a in states for b in states if a != b and (a, b) not in MOVES[machine]]
    return births + steps


TABLES = {"sales_order": ("order", OrderState), "fulfilment": ("fulfilment", FulfilmentState)}


@pytest.mark.parametrize("table", TABLES)
def test_every_move_outside_the_graph_is_refused_and_every_move_inside_is_not(scene, table):
    """The trigger alone, over all pairs: the row is brought to each state by the legal ways, then every step is tried."""
    machine, states = TABLES[table]
    refused, allowed = set(), set()
    with scene.database.transaction() as tx:
        [row_id] = [row[0] for row in tx.execute(f"SELECT id FROM {table}")]
        for way in ways(machine):
            for goal in states:
                with tx.transaction(force_rollback=True):
                    tx.execute(f"UPDATE {table} SET state = %s, path = %s WHERE id = %s", (way[-1], way[1:], row_id))
                    try:
                        with tx.transaction():
                            tx.execute(f"UPDATE {table} SET state = %s, path = %s WHERE id = %s", (goal, [goal], row_id))
                        allowed.add((way[-1], int(goal)))
                    except errors.CheckViolation:
                        refused.add((way[-1], int(goal)))
    reached = {state for state, _ in allowed | refused}
    assert allowed == {(int(a), int(b)) for a, b in MOVES[machine] if a in reached}
    assert len(reached) > len(states) // 2


def ways(machine):
    """From where the scene's row stands, one legal way to each state that can be reached."""
    start = int(OrderState.SOURCED if machine == "order" else FulfilmentState.PLANNED)
    found = {start: [start]}
    front = [start]
    while front:
        at = front.pop()
        for a, b in sorted(MOVES[machine]):
            if a == at and int(b) not in found:
                found[int(b)] = [*found[at], int(b)]
                front.append(int(b))
    return found.values()


@pytest.mark.parametrize(
    ("state", "path"),
    [
        (60, [95]),  # a path that ends elsewhere
        (95, []),  # a jump that tells no path
        (90, [60, 90]),  # a way with a step left out
        (95, [60, 70, 95]),  # shipped things are not cancelled
    ],
)
def test_a_path_must_be_whole_and_end_where_the_state_is(scene, state, path):
    with pytest.raises(errors.CheckViolation), scene.database.transaction() as tx:
        tx.execute("UPDATE sales_order SET state = %s, path = %s::smallint[]", (state, path))


def test_there_are_illegal_moves_to_be_refused():
    assert len(illegal("order", OrderState)) > 50
    assert len(illegal("fulfilment", FulfilmentState)) > 50


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET quantity = quantity + 1",
        "UPDATE entry SET recorded_at = recorded_at",
        "UPDATE entry_p1 SET cause = 'other'",
        "DELETE FROM entry",
        "DELETE FROM entry_p1",
        "TRUNCATE entry",
        "INSERT INTO legal_move VALUES ('order', 95, 20)",
        "UPDATE legal_move SET to_state = 20",
        "DELETE FROM legal_move",
        "DROP TRIGGER entry_is_for_ever ON entry",
        "ALTER TABLE entry DISABLE TRIGGER ALL",
        "ALTER TABLE sales_order DISABLE TRIGGER ALL",
        "DROP TABLE entry",
        "CREATE TABLE mine (x integer)",
        "ALTER TABLE balance DROP CONSTRAINT balance_check",
        "SET session_replication_role = 'replica'",
    ],
)
def test_the_ledger_and_the_graph_are_not_to_be_changed_by_the_application(scene, statement):
    with pytest.raises(errors.InsufficientPrivilege), scene.database.transaction() as tx:
        tx.execute(statement)


def test_not_even_the_owner_changes_an_entry(server, merchant, scene):
    del scene
    for statement in (f"UPDATE {schema_of(merchant)}.entry SET quantity = 9", f"DELETE FROM {schema_of(merchant)}.entry"):
        with psycopg.connect(server.owner_url) as owner, pytest.raises(errors.RestrictViolation):
            owner.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE balance SET reserved_hard = on_hand + 1",
        "UPDATE balance SET on_hand = -1",
        "UPDATE balance SET reserved_hard = -1",
        "UPDATE reservation SET used = quantity + 1",
        "UPDATE reservation SET given_back = quantity, used = 1",
        "UPDATE reservation SET quantity = 0",
        "UPDATE order_line SET open = open + 1",
        "UPDATE order_line SET reserved = -1, open = open + reserved + 1",
        "UPDATE fulfilment_line SET shipped = quantity + 1",
        "UPDATE fulfilment_line SET cancelled = -1",
        "INSERT INTO demand VALUES (999, -1, 0)",
        "INSERT INTO order_key SELECT * FROM order_key",
        "INSERT INTO order_key SELECT shop_id, platform_order_no, order_id + 1, order_no || 'x' FROM order_key",
        "INSERT INTO entry SELECT * FROM entry",
        "INSERT INTO hold (id, order_id, reason, origin, opened_at) SELECT n, 1, 'poison', 'system', now() FROM generate_series(900, 901) n",
    ],
)
def test_books_that_do_not_add_up_are_refused(scene, statement):
    with pytest.raises(errors.IntegrityError), scene.database.transaction() as tx:
        tx.execute(statement)


@pytest.fixture
def neighbour(server, merchant):
    name = f"{merchant}_n"[:40]
    drop_merchant(server.owner_url, name)
    create_merchant(server.owner_url, name)
    migrate(server.owner_url, name)
    yield name
    drop_merchant(server.owner_url, name)


def test_one_merchant_sees_nothing_of_another(server, scene, neighbour):
    other = Database(server.app_url, neighbour)
    mine, theirs = scene.database.schema, schema_of(neighbour)
    try:
        with scene.database.transaction() as tx:
            tables = [row[0] for row in tx.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY 1", (mine,))]
        assert len(tables) > 30
        for table in tables:
            with pytest.raises(errors.InsufficientPrivilege), other.transaction() as tx:
                tx.execute(f"SELECT 1 FROM {mine}.{table} LIMIT 1")
        with other.transaction() as tx:
            assert tx.execute("SELECT COUNT(*) FROM sales_order").fetchone() == (0,)
            # the search path alone opens nothing
            tx.execute(f"SET LOCAL search_path TO {mine}")
            with pytest.raises((errors.UndefinedTable, errors.InsufficientPrivilege)), tx.transaction():
                tx.execute("SELECT COUNT(*) FROM sales_order")
            assert tx.execute("SELECT has_schema_privilege(%s, %s, 'USAGE')", (theirs, mine)).fetchone() == (False,)
        with pytest.raises(errors.InsufficientPrivilege), other.transaction() as tx:
            tx.execute(f"INSERT INTO {mine}.demand VALUES (1, 1, 1)")
    finally:
        other.close()


def test_the_application_sees_no_merchant_before_it_becomes_one(server, scene):
    schema = scene.database.schema
    with psycopg.connect(server.app_url) as app:
        for statement in (f"SELECT * FROM {schema}.sales_order", f"INSERT INTO {schema}.demand VALUES (1, 1, 1)"):
            with pytest.raises(errors.InsufficientPrivilege), app.transaction():
                app.execute(statement)


@pytest.mark.parametrize("role", ["paidan_owner", "postgres", "pg_read_all_data", "pg_write_all_data", "pg_monitor"])
def test_the_application_becomes_nobody_greater(server, scene, role):
    del scene
    with psycopg.connect(server.app_url) as app, pytest.raises((errors.InsufficientPrivilege, errors.InvalidParameterValue)):
        app.execute(f"SET ROLE {role}")


def test_a_role_taken_inside_a_transaction_ends_with_it(server, scene, neighbour):
    """Within one transaction the application's login could become another merchant: our code never writes the role from data."""
    del neighbour, server
    with scene.database.transaction() as tx:
        assert tx.execute("SELECT current_user::text").fetchone() == (scene.database.schema,)
    with scene.database._pool.take(aside=True)[0] as connection:
        assert connection.execute("SELECT current_user::text").fetchone() == ("paidan_app",)
