"""The receiving side: one request of a warehouse, checked and read. Pure: the caller keeps the bytes first, then asks here."""

from collections.abc import Callable, Mapping
from datetime import datetime

from msgspec import Struct

from paidan.counterparts.qimen.client import QimenConnection
from paidan.counterparts.qimen.markup import DECLARATION, leaf
from paidan.counterparts.qimen.parse import parse_report
from paidan.counterparts.qimen.reader import SIZE_MAX
from paidan.counterparts.qimen.reports import Report
from paidan.counterparts.qimen.sign import check_timestamp, plain_method, read_query, verify
from paidan.kernel.errors import BadInput
from paidan.kernel.reasons import Reason, words

Connections = Mapping[str, QimenConnection] | Callable[[str], QimenConnection | None]


class Received(Struct, frozen=True, kw_only=True):
    """A genuine, readable report; `method` in its short spelling."""

    method: str
    message: Report
    customer_id: str


def receive(connection_by_customer: Connections, query_string: str, body: bytes, now: datetime, *, size_max: int = SIZE_MAX) -> Received:
    """Size, then signature over the raw bytes, then timestamp, then content. Raises BadInput at the first that is wrong."""
    if len(body) > size_max:
        raise BadInput(Reason.BODY_TOO_LARGE)
    parameters = read_query(query_string)
    customer_id = parameters.get("customerId", "")
    verify(_connection(connection_by_customer, customer_id).secret, parameters, body)
    check_timestamp(parameters, now)
    method = plain_method(parameters.get("method", ""))
    return Received(method=method, message=parse_report(method, body, size_max), customer_id=customer_id)


def _connection(connections: Connections, customer_id: str) -> QimenConnection:
    """An unknown customer is told the same as a wrong signature, so that customers can't be guessed."""
    found = connections.get(customer_id) if isinstance(connections, Mapping) else connections(customer_id)
    if found is None:
        raise BadInput(Reason.SIGNATURE_WRONG, "sign")
    return found


def reply_success(message: str = "") -> bytes:
    """Says "stored": the answer to a report that is kept, also when it is a repeat."""
    return f"{DECLARATION}<response><flag>success</flag><code>0</code>{leaf('message', message)}</response>".encode()


def reply_failure(reason: Reason, detail: str = "") -> bytes:
    """The refusal of a report: our reason as code, Chinese words and the place as message."""
    text = f"{words(reason)}: {detail}" if detail else words(reason)
    return f"{DECLARATION}<response><flag>failure</flag>{leaf('code', reason.value)}{leaf('message', text)}</response>".encode()
