"""Under which keys the log of messages keeps what was told of an order or a fulfilment: people know them by numbers of ours, the log mostly not."""

from typing import Final

from paidan.entrypoints.api.people.caller import Caller
from paidan.orders.fulfilment_no import fulfilment_no, read_fulfilment_no
from paidan.runtime.database import Tx
from paidan.runtime.queries import load_queries

queries: Final = load_queries("paidan.entrypoints.api", "work.sql")


def keys_of(tx: Tx, caller: Caller, text: str) -> list[str]:
    """The text itself; where it is our number of an order or a fulfilment that the caller sees, all that it is called in messages. None twice."""
    number = text.strip()
    told = read_fulfilment_no(number.upper())
    asked = {"number": number, "fulfilment_id": None if told is None else told[0], **caller.sees}
    keys = [text]
    for row_id, attempt, key in tx.execute(queries.message_keys, asked):
        keys += [str(row_id)] if row_id is not None else []
        keys += [key] if key is not None else []
        # Each sending after a recall has a number of its own.
        keys += [fulfilment_no(row_id, n) for n in range(1, (attempt or 0) + 1)]
    return list(dict.fromkeys(keys))
