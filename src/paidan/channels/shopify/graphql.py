"""Calling Shopify's GraphQL Admin API, and which kind of failure an answer is. Source: shopify.dev, rate limits and error codes."""

from functools import cache
from importlib.resources import files
from typing import Any, Final, TypeVar

import msgspec
from msgspec import Raw, Struct

from paidan.channels.decoding import decode
from paidan.kernel.errors import BadInput
from paidan.runtime.calling import Caller, CallRecord, RecordedDelay, RecordedFailure, RecordedRefusal, RecordedSilence, post

VERSION: Final = "2026-04"
THROTTLED: Final = "THROTTLED"
UNCLEAR: Final = frozenset({"", "INTERNAL_SERVER_ERROR", "TIMEOUT"})
LATER: Final = frozenset({THROTTLED, "IDEMPOTENCY_CONCURRENT_REQUEST"})
RESTORE_PER_S: Final = 100.0  # of the smallest plan
_T = TypeVar("_T")


class ShopifyAccess(Struct, frozen=True, kw_only=True):
    """How to reach one shop. `location_ref`: whose stock is shown. `url` empty: the shop's own. Its repr hides the secrets."""

    shop: str  # example.myshopify.com
    token: str
    url: str = ""
    version: str = VERSION
    location_ref: str = ""
    webhook_secrets: tuple[str, ...] = ()
    needs_fulfillment_key: bool = False
    timeout_s: float = 10.0

    def endpoint(self) -> str:
        """Where GraphQL is asked."""
        return f"{self.url or f'https://{self.shop}'}/admin/api/{self.version}/graphql.json"

    def __repr__(self) -> str:
        return f"ShopifyAccess(shop={self.shop!r}, version={self.version!r})"


class Throttle(Struct, rename="camel"):
    """The bucket of points."""

    currently_available: float = 0
    restore_rate: float = RESTORE_PER_S


class Cost(Struct, rename="camel"):
    """What the call would have cost."""

    requested_query_cost: float = 0
    throttle_status: Throttle | None = None


class Extensions(Struct):
    """Beside data and errors."""

    cost: Cost | None = None
    code: str = ""


class TopError(Struct):
    """An error of the call as a whole."""

    message: str = ""
    extensions: Extensions | None = None

    def code(self) -> str:
        """The code, empty when there is none."""
        return self.extensions.code if self.extensions else ""


class GraphqlAnswer(Struct):
    """An answer on the wire."""

    data: dict[str, Raw] | None = None
    errors: list[TopError] | str | None = None
    extensions: Extensions | None = None


class UserError(Struct):
    """A business error. Its message may name people."""

    code: str | None = None
    message: str = ""
    field: list[str] | None = None


class Payload(Struct, rename="camel"):
    """The part of every mutation's payload that tells whether it worked."""

    user_errors: list[UserError] = []


class Answer(Struct, frozen=True, kw_only=True):
    """A call without errors: its record and its root fields."""

    record: CallRecord
    data: dict[str, Raw]

    def read(self, root: str, decoder: msgspec.json.Decoder[_T]) -> _T:
        """The typed root field. Unreadable leaves the effect unknown: RecordedSilence."""
        try:
            return decode(decoder, bytes(self.data[root]))
        except (BadInput, KeyError) as error:
            raise RecordedSilence(f"{self.record.method}: {root} is unreadable", record=self.record) from error

    def checked(self, root: str) -> CallRecord:
        """The record of a mutation that worked. User errors are refusals, `code` is the first one's."""
        errors = self.read(root, _PAYLOAD).user_errors
        if errors:
            code = errors[0].code or "user_error"
            kind = RecordedDelay if code in LATER else RecordedRefusal
            raise kind(f"{self.record.method}: {code}"[:120], record=self.record, code=code, said="; ".join([error.message for error in errors]))
        return self.record


_ANSWER: Final = msgspec.json.Decoder(GraphqlAnswer)
_PAYLOAD: Final = msgspec.json.Decoder(Payload)


@cache
def query_text(name: str) -> str:
    """The text of `queries/<name>.graphql`."""
    return (files("paidan.channels.shopify") / "queries" / f"{name}.graphql").read_text(encoding="utf-8")


class ShopifyClient:
    """Calls one shop through one HTTP port. Keeps nothing between calls; safe for threads if the port is."""

    def __init__(self, access: ShopifyAccess, caller: Caller) -> None:
        self.access = access
        self._caller = caller

    def call(self, name: str, variables: dict[str, Any]) -> Answer:
        """Run a query or mutation of the queries folder. Raises RecordedDelay (throttled), RecordedRefusal, RecordedSilence."""
        body = msgspec.json.encode({"query": query_text(name), "variables": variables})
        headers = {"content-type": "application/json", "accept": "application/json", "x-shopify-access-token": self.access.token}
        record = post(self._caller, self.access.endpoint(), method=name, body=body, headers=headers, timeout_s=self.access.timeout_s)
        try:
            answer = decode(_ANSWER, record.answer)
        except BadInput:
            raise RecordedSilence(f"{name}: the answer is unreadable", record=record) from None
        if answer.errors:
            raise failure_of(record, answer)
        if answer.data is None:
            raise RecordedSilence(f"{name}: an answer without data", record=record)
        return Answer(record=record, data=answer.data)


def failure_of(record: CallRecord, answer: GraphqlAnswer) -> RecordedFailure:
    """Throttled: later, when the bucket will hold enough. Other codes refuse; none, or a fault inside the platform, is unknown."""
    errors = answer.errors if isinstance(answer.errors, list) else []
    code = next((error.code() for error in errors if error.code()), "")
    said = "; ".join([error.message for error in errors]) or str(answer.errors)
    if code in LATER:
        return RecordedDelay(f"{record.method}: {code}", record=record, code=code, said=said, retry_after_s=_wait_s(answer.extensions))
    kind: type[RecordedFailure] = RecordedSilence if code in UNCLEAR and not _is_refused_whole(answer) else RecordedRefusal
    return kind(f"{record.method}: {code[:80] or 'error without code'}", record=record, code=code, said=said)


def _is_refused_whole(answer: GraphqlAnswer) -> bool:
    """Without data and code the document itself was refused (syntax, unknown field): nothing ran."""
    return answer.data is None and not any(error.code() for error in answer.errors or [] if isinstance(error, TopError))


def _wait_s(extensions: Extensions | None) -> float | None:
    """Seconds until the bucket holds what the call costs."""
    if extensions is None or extensions.cost is None or extensions.cost.throttle_status is None:
        return None
    throttle = extensions.cost.throttle_status
    missing = extensions.cost.requested_query_cost - throttle.currently_available
    return max(missing / max(throttle.restore_rate, 1.0), 0.1)


def number_of(gid: str | int | None) -> str:
    """`gid://shopify/Order/123` → `123`; the REST shape has the number itself."""
    return str(gid).rsplit("/", 1)[-1] if gid else ""


def gid(kind: str, number: str) -> str:
    """`123` → `gid://shopify/Order/123`."""
    return f"gid://shopify/{kind}/{number}"
