from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from paidan.runtime.database import Database
from paidan.runtime.ids import BlockIds
from paidan.runtime.messages import (
    Exchange,
    InboundMessage,
    MessageState,
    keep_and_tell,
    keep_exchanges,
    keep_inbound,
    mark,
    read_message,
    take_waiting,
)
from paidan.runtime.sealing import Sealer

AT = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


def message(ref: str = "", body: bytes = b"{}", bucket: int | None = None, **kwargs: Any) -> InboundMessage:
    return InboundMessage(counterpart="taobao:1", kind="trade", body=body, at=AT, message_ref=ref, bucket=bucket, **kwargs)


def test_a_message_comes_back_as_it_came(database: Database, sealer: Sealer) -> None:
    body = b'{"receiver_name": "Wang"}' * 40
    with database.transaction() as tx:
        [number] = keep_inbound(tx, BlockIds(database), sealer, [message("m1", body, 5, business_key="T1", meta={"page": 3})])
        kept = read_message(tx, sealer, number)
        row = tx.execute("SELECT body, digest, octet_length(body) FROM message WHERE id = %s", (number,)).fetchone()
    assert (kept.body, kept.at, kept.direction, kept.business_key, kept.bucket, kept.meta) == (body, AT, "i", "T1", 5, {"page": 3})
    assert kept.state is MessageState.WAITING
    assert b"Wang" not in row[0]
    assert row[1] == sha256(body).digest()
    assert row[2] < len(body)


def test_the_second_message_of_one_id_is_kept_as_a_duplicate(database: Database, sealer: Sealer) -> None:
    ids = BlockIds(database)
    with database.transaction() as tx:
        first = keep_and_tell(tx, ids, sealer, [message("a"), message("b"), message("a"), message(), message()])
    with database.transaction() as tx:
        second = keep_and_tell(tx, ids, sealer, [message("b"), message("c")])
    assert [kept.state.name for kept in first] == ["WAITING", "WAITING", "DUPLICATE", "WAITING", "WAITING"]
    assert [kept.state.name for kept in second] == ["DUPLICATE", "WAITING"]


def test_an_exchange_keeps_both_sides(database: Database, sealer: Sealer) -> None:
    ids = BlockIds(database)
    with database.transaction() as tx:
        row = Exchange(counterpart="wms:1", kind="create", request=b"<a/>", answer=b"<b/>", http_status=200, at=AT, business_key="F9", attempts=2)
        keep_exchanges(
            tx, ids, sealer, [row, Exchange(counterpart="wms:1", kind="create", request=b"<a/>", at=AT, reason="answer_unknown", business_key="F9")]
        )
        numbers = [number for (number,) in tx.execute("SELECT id FROM message WHERE business_key = 'F9' ORDER BY id")]
        kept = [read_message(tx, sealer, number) for number in numbers]
    assert [(m.direction, m.body, m.answer, m.http_status, m.attempts, m.reason) for m in kept] == [
        ("o", b"<a/>", b"<b/>", 200, 2, ""),
        ("o", b"<a/>", None, None, 1, "answer_unknown"),
    ]


def test_waiting_messages_are_taken_by_bucket_and_never_twice_at_once(database: Database, sealer: Sealer) -> None:
    ids = BlockIds(database)
    with database.transaction() as tx:
        numbers = keep_inbound(tx, ids, sealer, [message(bucket=40), message(bucket=41), message(bucket=42), message(bucket=40)])
    with database.transaction() as one, database.transaction() as two:
        taken = take_waiting(one, sealer, [40, 41], 2)
        others = take_waiting(two, sealer, [40, 41], 10)
        assert [m.id for m in taken] == [numbers[0], numbers[1]]
        assert [m.id for m in others] == [numbers[3]]
        mark(one, [numbers[0]], MessageState.DONE)
        mark(one, [numbers[1]], MessageState.SET_ASIDE, "poison")
    with database.transaction() as tx:
        assert [m.id for m in take_waiting(tx, sealer, [40, 41], 10)] == [numbers[3]]
        aside = read_message(tx, sealer, numbers[1])
        assert (aside.state, aside.reason, aside.attempts) == (MessageState.SET_ASIDE, "poison", 1)
        assert read_message(tx, sealer, 1) is None
