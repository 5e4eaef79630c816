"""Refusals and errors as problem+json (RFC 9457): a reason of the closed list, words in the caller's language, what to do next.

Nothing that was sent comes back in an answer or a log but the names of fields.
"""

import re
from collections.abc import Sequence
from typing import Any, Final

import psycopg
import structlog
from litestar import MediaType, Request, Response
from litestar.exceptions import HTTPException
from litestar.openapi.datastructures import ResponseSpec
from msgspec import Struct

from paidan.entrypoints.api.language import language_of
from paidan.kernel.errors import BadInput, SetupError
from paidan.kernel.expected import Expected
from paidan.kernel.outcomes import Problem
from paidan.kernel.reasons import Reason, next_step, words
from paidan.runtime.database import trouble
from paidan.runtime.expectations import expected_at
from paidan.runtime.telemetry import told

MEDIA_TYPE: Final = "application/problem+json"
TYPE_PREFIX: Final = "urn:paidan:reason:"

STATUS: Final[dict[Reason, int]] = {
    Reason.BODY_UNREADABLE: 400,
    Reason.ENCODING_WRONG: 400,
    Reason.NOT_SIGNED_IN: 401,
    Reason.SIGN_IN_WRONG: 401,
    Reason.SIGNATURE_WRONG: 401,
    Reason.TIMESTAMP_WRONG: 401,
    Reason.NOT_ALLOWED: 403,
    Reason.PASSWORD_NOT_OWN: 403,
    Reason.CSRF_WRONG: 403,
    Reason.NOT_FOUND: 404,
    Reason.UNKNOWN_ORDER: 404,
    Reason.UNKNOWN_FULFILMENT: 404,
    Reason.UNKNOWN_DOCUMENT: 404,
    Reason.UNKNOWN_METHOD: 405,
    Reason.DUPLICATE_KEY: 409,
    Reason.ILLEGAL_MOVE: 409,
    Reason.NOTHING_TO_REPLAY: 409,
    Reason.LISTING_UNMAPPED: 409,
    Reason.BUNDLE_WITHOUT_PARTS: 409,
    Reason.NOTHING_TO_SHIP: 409,
    Reason.ALREADY_SHIPPED: 409,
    Reason.ALREADY_CANCELLED: 409,
    Reason.IDEMPOTENCY_IN_FLIGHT: 409,
    Reason.LAST_ADMINISTRATOR: 409,
    Reason.PASSWORD_SIGN_IN_OFF: 403,
    Reason.NO_PASSWORD: 409,
    Reason.SIGN_IN_PROVIDER_OFF: 409,
    Reason.ALREADY_CLAIMED: 409,
    Reason.ALREADY_PRINTED: 409,
    Reason.NOTHING_TO_PRINT: 409,
    Reason.RECEIVER_ERASED: 409,
    Reason.TOO_MANY_AT_ONCE: 422,
    Reason.FONT_MISSING: 503,
    Reason.CALLED_BACK: 409,
    Reason.NOT_WORKED_HERE: 409,
    Reason.RECEIPT_CLOSED: 409,
    Reason.WAYBILL_TAKEN: 409,
    Reason.AT_THE_WAREHOUSE: 409,
    Reason.NOTHING_WOULD_BE_LEFT: 409,
    Reason.NOTHING_CHANGED: 409,
    Reason.NOT_TO_BE_UNDONE: 409,
    Reason.VERSION_CONFLICT: 412,
    Reason.BODY_TOO_LARGE: 413,
    Reason.IDEMPOTENCY_CONFLICT: 422,
    Reason.VERSION_MISSING: 428,
    Reason.TOO_MANY_REQUESTS: 429,
    Reason.INTERNAL: 500,
    Reason.UNAVAILABLE: 503,
}
UNPROCESSABLE: Final = 422
SERVER_ERROR: Final = 500
REASON_BY_STATUS: Final[dict[int, Reason]] = {
    400: Reason.BODY_UNREADABLE,
    401: Reason.NOT_SIGNED_IN,
    403: Reason.NOT_ALLOWED,
    404: Reason.NOT_FOUND,
    405: Reason.UNKNOWN_METHOD,
    413: Reason.BODY_TOO_LARGE,
    415: Reason.ENCODING_WRONG,
    429: Reason.TOO_MANY_REQUESTS,
}
RETRY_AFTER_S: Final = "1"

log = structlog.get_logger(__name__)


class FieldProblem(Struct, frozen=True, kw_only=True):
    """What is wrong with one field of the request. `expected`: what would be right, in the caller's language."""

    field: str
    reason: Reason
    text: str
    detail: str = ""
    expected: str = ""


class ProblemBody(Struct, frozen=True, kw_only=True):
    """The body of every refusal (RFC 9457). `reason` is stable and meant for programs; `title` and `next_step` for people."""

    type: str
    title: str
    status: int
    reason: Reason
    next_step: str = ""
    detail: str = ""
    errors: tuple[FieldProblem, ...] = ()
    present: Any = None  # of a conflict (412): what is stored now, so that both can be shown side by side


class Refused(Exception):
    """A refusal on its way out of a handler. `detail` is never personal data."""

    def __init__(self, reason: Reason, *, detail: str = "", problems: Sequence[Problem] = (), status: int = 0, present: Any = None) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.detail = detail
        self.problems = tuple(problems)
        self.present = present
        self.status = status or STATUS.get(reason, UNPROCESSABLE)


def invalid(field: str, reason: Reason = Reason.FIELD_INVALID, detail: str = "", expected: Expected | None = None) -> Refused:
    """A refusal because of one field."""
    return Refused(reason, problems=[Problem(field=field, reason=reason, detail=detail, expected=expected)], status=UNPROCESSABLE)


def refuse_if(reason: Reason | None, detail: str = "") -> None:
    """Raise the refusal, if there is one."""
    if reason is not None:
        raise Refused(reason, detail=detail)


def field_problems(problems: Sequence[Problem], language: str) -> tuple[FieldProblem, ...]:
    """Problems with words."""
    return tuple(
        FieldProblem(
            field=p.field,
            reason=p.reason,
            text=words(p.reason, language),
            detail=p.detail,
            expected=p.expected.words(language) if p.expected else "",
        )
        for p in problems
    )


def answer(
    request: Request[Any, Any, Any], reason: Reason, status: int, *, detail: str = "", problems: Sequence[Problem] = (), present: Any = None
) -> Response[ProblemBody]:
    """The refusal as a response."""
    language = language_of(request.headers.get("accept-language", ""))
    headers = {"content-language": language, "cache-control": "no-store"}
    if reason == Reason.NOT_SIGNED_IN:
        headers["www-authenticate"] = 'Bearer realm="paidan"'
    if reason in {Reason.UNAVAILABLE, Reason.TOO_MANY_REQUESTS, Reason.IDEMPOTENCY_IN_FLIGHT}:
        headers["retry-after"] = RETRY_AFTER_S
    body = ProblemBody(
        type=TYPE_PREFIX + reason.value,
        title=words(reason, language),
        status=status,
        reason=reason,
        next_step=next_step(reason, language),
        detail=detail,
        errors=field_problems(problems, language),
        present=present,
    )
    return Response(content=body, status_code=status, media_type=MEDIA_TYPE, headers=headers)


def on_refused(request: Request[Any, Any, Any], error: Refused) -> Response[ProblemBody]:
    """A refusal of ours."""
    return answer(request, error.reason, error.status, detail=error.detail, problems=error.problems, present=error.present)


def on_bad_input(request: Request[Any, Any, Any], error: BadInput) -> Response[ProblemBody]:
    """What came could not be read; its detail names the place."""
    problems = [Problem(field=error.detail, reason=error.reason)] if error.detail else []
    return answer(request, error.reason, STATUS.get(error.reason, UNPROCESSABLE), problems=problems)


def on_http_error(request: Request[Any, Any, Any], error: HTTPException) -> Response[ProblemBody]:
    """What the framework refused: unreadable bodies, wrong parameters, unknown paths."""
    told_keys = error.extra if isinstance(error.extra, list) else []
    if told_keys:
        problems = [_problem(item, request.route_handler) for item in told_keys if isinstance(item, dict)]
        return answer(request, problems[0].reason if problems else Reason.FIELD_INVALID, UNPROCESSABLE, problems=problems)
    if found := _PARAMETER.search(error.detail):
        problem = Problem(field=found["name"], reason=Reason.FIELD_MISSING)
        return answer(request, problem.reason, UNPROCESSABLE, problems=[problem])
    status = error.status_code
    if status >= SERVER_ERROR:
        return on_error(request, error)
    response = answer(request, REASON_BY_STATUS.get(status, Reason.BODY_UNREADABLE), status)
    if allowed := (error.headers or {}).get("allow"):
        response.headers["allow"] = allowed  # RFC 9110, 15.5.6: a method that is not allowed is answered with those that are
    return response


_UNKNOWN = re.compile(r"unknown field `(?P<name>[^`]{1,60})`")
_MISSING = re.compile(r"missing required field `(?P<name>[^`]{1,60})`")
_PARAMETER = re.compile(r"Missing required \w+ parameter '(?P<name>[^']{1,60})'")
_PLACE = re.compile(r"at `\$(?P<place>[^`]{0,200})`")


def _problem(told_item: dict[str, Any], handler: Any) -> Problem:
    """Litestar and msgspec tell places and types in words; values are left out."""
    message = str(told_item.get("message", ""))
    place_found = _PLACE.search(message)
    place = (place_found["place"].lstrip(".") if place_found else "") or str(told_item.get("key", ""))
    is_body = told_item.get("source") == "body"
    for pattern, reason in ((_UNKNOWN, Reason.UNKNOWN_FIELD), (_MISSING, Reason.FIELD_MISSING)):
        if found := pattern.search(message):
            return Problem(field=".".join(filter(None, (place, found["name"]))), reason=reason)
    reason = Reason.FIELD_MISSING if "required" in message.lower() else Reason.FIELD_INVALID
    field = place if is_body else _as_sent(handler, place)
    return Problem(field=field, reason=reason, expected=None if reason == Reason.FIELD_MISSING else _expected(handler, place, is_body=is_body))


def _as_sent(handler: Any, place: str) -> str:
    """A parameter by the name that callers know: `If-Match`, not the handler's own `if_match`."""
    found = handler.parsed_fn_signature.parameters.get(place)
    return (found.kwarg_definition.name if found is not None and found.kwarg_definition is not None else None) or place


def _expected(handler: Any, place: str, *, is_body: bool) -> Expected | None:
    """What the handler's own types expect at this place of the body, or of this parameter."""
    if is_body:
        return expected_at(handler.parsed_data_field.annotation, place) if handler.parsed_data_field else None
    return expected_at(handler.signature_model, place)


def on_database_error(request: Request[Any, Any, Any], error: psycopg.Error) -> Response[ProblemBody]:
    """Away or busy: try again. Anything else is ours."""
    if trouble(error) == "retry":
        log.warning("api.unavailable", **told(error))
        return answer(request, Reason.UNAVAILABLE, STATUS[Reason.UNAVAILABLE])
    return on_error(request, error)


def on_setup_error(request: Request[Any, Any, Any], error: SetupError) -> Response[ProblemBody]:
    """Something is not set up; the text is for the log, the caller only learns that it is not his fault."""
    return on_error(request, error)


def on_too_deep(request: Request[Any, Any, Any], error: RecursionError) -> Response[ProblemBody]:
    """A body nested deeper than a reader goes; told by its reader, so nothing of ours has run on."""
    del error
    return answer(request, Reason.BODY_UNREADABLE, STATUS[Reason.BODY_UNREADABLE])


def on_error(request: Request[Any, Any, Any], error: Exception) -> Response[ProblemBody]:
    """Our own mistake: told in the log without what was sent, and not to the caller."""
    log.error("api.error", path=str(request.scope.get("path_template", "")), method=request.method, **told(error))
    return answer(request, Reason.INTERNAL, SERVER_ERROR)


HANDLERS: Final[dict[Any, Any]] = {
    Refused: on_refused,
    BadInput: on_bad_input,
    HTTPException: on_http_error,
    psycopg.Error: on_database_error,
    SetupError: on_setup_error,
    RecursionError: on_too_deep,
    Exception: on_error,
}

RESPONSES: Final = {
    status: ResponseSpec(data_container=ProblemBody, description="Problem (RFC 9457)", media_type=MEDIA_TYPE, generate_examples=False)
    for status in (400, 401, 403, 404, 405, 409, 412, 413, 422, 428, 429, 500, 503)
}

__all__ = ["HANDLERS", "RESPONSES", "FieldProblem", "MediaType", "ProblemBody", "Refused", "field_problems", "invalid", "refuse_if"]
