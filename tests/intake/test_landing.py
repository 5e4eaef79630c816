import re
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake.stand import Stand
from paidan.channels.platform import RawOrder
from paidan.intake.landing import REFUNDS, bucket_of, known_versions, land, landed_orders, queries
from paidan.network.rows import ShopRow
from paidan.runtime.inbox import Arrival, take_in
from paidan.runtime.messages import read_message
from scene import empty

OWN_MERCHANT = True  # statistics of many rows stay behind
AT = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
LATER = timedelta(seconds=3)


@pytest.fixture
def stand(server, merchant, database):
    empty(server.owner_url, merchant)
    return Stand(database, AT).open_shops([], [ShopRow(code="A", name="A", platform="direct"), ShopRow(code="B", name="B", platform="direct")])


def raw(no: str = "1", body: str = "a", version_at: datetime = AT) -> RawOrder:
    return RawOrder(business_key=no, body=body.encode(), version_at=version_at, meta={"door": "pull"})


def landing(stand, *orders, shop="A", read_at=None, **more):
    with stand.database.transaction() as tx:
        landed = land(tx, stand.ids, stand.sealer, stand.shops[shop], orders, AT, "orders", read_at=read_at, **more)
    return len(landed.message_ids), landed.repeated


def known(stand, *versions, shop="A"):
    with stand.database.transaction() as tx:
        return known_versions(tx, stand.shops[shop], versions)


def test_a_message_is_kept_whole_with_where_it_came_from(stand):
    landing(stand, raw("7", "买家"))
    ((message_id, bucket),) = stand.query("SELECT id, bucket FROM message")
    with stand.database.transaction() as tx:
        message = read_message(tx, stand.sealer, message_id)
    assert message is not None
    assert (message.counterpart, message.kind, message.business_key, message.body.decode()) == ("shop:A", "order", "7", "买家")
    assert message.meta == {"door": "pull", "via": "orders", "version": AT.isoformat()}
    assert bucket == bucket_of(stand.shops["A"].id, "7") < 64


@pytest.mark.parametrize(
    ("first", "second", "counted"),
    [
        (raw(), raw(), (0, 1)),
        (raw(), raw(body="b"), (1, 0)),
        (raw(), raw(version_at=AT + timedelta(microseconds=1)), (1, 0)),
        (raw(), raw("2"), (1, 0)),
        (raw("1"), raw("1:1"), (1, 0)),
    ],
)
@pytest.mark.parametrize("settled", [None, AT + LATER])
def test_only_the_same_telling_is_a_repeat(stand, first, second, counted, settled):
    assert landing(stand, first) == (1, 0)
    assert landing(stand, second, read_at=settled) == counted
    assert landing(stand, second, first) == (0, 2)
    assert len(stand.kept()) == 1 + counted[0]


def test_repeats_within_one_page_land_once(stand):
    assert landing(stand, raw(), raw(), raw("2"), raw(), read_at=AT + LATER) == (2, 2)
    assert stand.kept() == ["1", "2"]


def test_the_same_number_in_another_shop_is_another_order(stand):
    landing(stand, raw())
    assert landing(stand, raw(), shop="B") == (1, 0)


def test_a_version_is_known_only_when_nothing_of_its_second_can_still_come(stand):
    landing(stand, raw(), read_at=AT + LATER - timedelta(microseconds=1))
    assert known(stand, ("1", AT)) == set()
    assert landing(stand, raw(), read_at=AT + LATER) == (0, 1)
    assert known(stand, ("1", AT), ("2", AT), ("1", AT + LATER)) == {("1", AT)}
    assert known(stand, ("1", AT), shop="B") == set()
    assert stand.kept() == ["1"]


def test_a_number_that_begins_like_another_one_is_not_taken_for_it(stand):
    micros = int(AT.timestamp() * 1_000_000)
    landing(stand, raw(f"1:{micros}"), read_at=AT + LATER)
    assert known(stand, ("1", AT)) == set()
    with stand.database.transaction() as tx:
        assert landed_orders(tx, stand.shops["A"], ["1", f"1:{micros}", "2"]) == {f"1:{micros}"}


def test_what_a_shop_has_sent_before_is_not_gone_through_to_find_one_version(stand, server, merchant):
    with stand.database.transaction() as tx:
        for batch in range(40):
            for shop in range(5):
                refs = [f"v:{n * 7919 % 8000:018d}:1794370844000000:{n:024x}" for n in range(batch * 200, batch * 200 + 200)]
                take_in(tx, [Arrival(source=f"shop:{shop}", message_ref=ref, message_id=n) for n, ref in enumerate(refs)])
    with psycopg.connect(server.owner_url, autocommit=True) as owner:
        owner.execute(f"ANALYZE m_{merchant}.inbox")
    with stand.database.transaction() as tx:
        tx.execute("SET LOCAL plan_cache_mode = force_generic_plan")  # as workers do once tables have grown
        tx.execute("SET LOCAL random_page_cost = 40")  # rows of a shop lie scattered over the table
        tx.execute(
            "PREPARE landed (text, text[]) AS "
            + re.sub(r"%\((\w+)\)s", lambda found: {"prefixes": "$2", "source": "$1"}[found[1]], queries.landed_refs)
        )
        plan = "\n".join(line for (line,) in tx.execute("EXPLAIN EXECUTE landed ('x', '{v:1}')"))
    assert "message_ref >= p.prefix" in plan.partition("Index Cond:")[2].partition("Join Filter")[0]


def test_refund_cases_are_kept_and_wait_for_nobody(stand):
    assert landing(stand, raw("9"), subject=REFUNDS) == (1, 0)
    assert landing(stand, raw("9"), subject=REFUNDS) == (0, 1)
    assert landing(stand, raw("9")) == (1, 0)
    assert stand.query("SELECT kind, state, bucket IS NULL FROM message ORDER BY id") == [("refund", 1, True), ("order", 0, False)]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(calls=st.lists(st.lists(st.tuples(st.sampled_from("12"), st.sampled_from("ab"), st.integers(0, 1), st.booleans())), max_size=6))
def test_every_telling_is_kept_exactly_once_however_it_is_read(stand, calls):
    code = f"S{stand.ids.take(1)[0]}"  # a shop of its own for each example
    stand.open_shops([], [ShopRow(code=code, name=code, platform="direct")])
    told = set()
    for call in calls:
        orders = [raw(no, body, AT + timedelta(seconds=second)) for no, body, second, _ in call]
        read_at = AT + timedelta(hours=1) if any(late for *_, late in call) else AT
        landed, repeated = landing(stand, *orders, shop=code, read_at=read_at)
        told |= {(order.business_key, order.version_at, order.body) for order in orders}
        assert landed + repeated == len(orders)
    assert stand.query("SELECT COUNT(*) FROM message WHERE counterpart = %s", f"shop:{code}") == [(len(told),)]
