"""Logs as JSON lines and counters for /metrics. No personal data in either: an error's own text stays out unless it is ours.

Other people's errors quote values (a unique key violation tells the key), so only their type, code and place are told.
"""

import logging
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from typing import Any, Final

import psycopg
import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from paidan.kernel.errors import PaidanError

# Fields that hold personal data or secrets wherever they appear, and what stands in their place.
REDACTED_FIELDS: Final = frozenset(
    {
        "name",
        "receiver_name",
        "receiver",
        "buyer",
        "phone",
        "mobile",
        "tel",
        "address",
        "detail",
        "town",
        "zip_code",
        "email",
        "id_card",
        "remark",
        "buyer_remark",
        "body",
        "answer",
        "request",
        "args",
        "params",
        "password",
        "secret",
        "token",
        "key",
        "api_key",
        "authorization",
        "cookie",
        "sign",
        "session",
        "url",
    },
)
REDACTED: Final = "[redacted]"

REGISTRY: Final = CollectorRegistry()
_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

PASS_ITEMS: Final = Counter("paidan_pass_items", "Items by step and outcome", ["step", "outcome"], registry=REGISTRY)
PASS_SECONDS: Final = Histogram("paidan_pass_seconds", "Length of a pass with its commit", ["step"], buckets=_SECONDS, registry=REGISTRY)
OUTBOX_ROWS: Final = Counter("paidan_outbox_rows", "Outbox rows by kind and verdict", ["kind", "verdict"], registry=REGISTRY)
OUTBOX_SEND_SECONDS: Final = Histogram("paidan_outbox_send_seconds", "Length of a call of send", ["kind"], buckets=_SECONDS, registry=REGISTRY)
CALL_SECONDS: Final = Histogram(
    "paidan_call_seconds", "HTTP calls to counterparts by host and outcome", ["host", "outcome"], buckets=_SECONDS, registry=REGISTRY
)
INVARIANT_ROWS: Final = Gauge(
    "paidan_invariant_rows", "Rows that an invariant returned at its last run: 0 is right", ["invariant"], registry=REGISTRY
)


def configure_logs(level: str = "info") -> None:
    """Send all logs, those of libraries included, to standard error as one JSON object a line."""
    shared: list[Any] = [structlog.contextvars.merge_contextvars, structlog.stdlib.add_log_level, structlog.processors.TimeStamper("iso", utc=True)]
    structlog.configure(
        processors=[*shared, _without_personal, structlog.processors.JSONRenderer(ensure_ascii=False)],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    lines = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _without_personal,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(lines)
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)


def told(error: BaseException) -> dict[str, Any]:
    """An error for the log: type, SQLSTATE, the places it came through, and its text only when the error is one of ours."""
    told: dict[str, Any] = {"error": type(error).__name__, "at": _places(error)}
    if isinstance(error, PaidanError):
        told["text"] = str(error)
    if isinstance(error, psycopg.Error) and error.sqlstate:
        told |= {"sqlstate": error.sqlstate, "constraint": error.diag.constraint_name, "table": error.diag.table_name}
    if error.__cause__ is not None:
        told["cause"] = type(error.__cause__).__name__
    return told


def metrics_text() -> bytes:
    """All counters in the text form of Prometheus, for /metrics."""
    return generate_latest(REGISTRY)


def _places(error: BaseException, last: int = 4) -> list[str]:
    """Where the error came through, innermost last: `module/file.py:line`."""
    frames = traceback.extract_tb(error.__traceback__)[-last:]
    return [f"{'/'.join(frame.filename.rsplit('/', 2)[-2:])}:{frame.lineno}" for frame in frames]


def _without_personal(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Last step before writing: known fields are redacted at any depth; tracebacks become places."""
    error = event.pop("exc_info", None)
    error = error[1] if isinstance(error, tuple) else (sys.exc_info()[1] if error is True else error)
    if isinstance(error, BaseException):
        event.update(told(error))
    for field in event:
        event[field] = REDACTED if field in REDACTED_FIELDS else _clean(event[field])
    return event


def _clean(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {field: REDACTED if field in REDACTED_FIELDS else _clean(inner) for field, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(inner) for inner in value]
    return f"{len(value)} bytes" if isinstance(value, bytes | bytearray | memoryview) else value
