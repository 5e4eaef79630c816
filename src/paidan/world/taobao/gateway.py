"""What the gateway checks before a service sees the call: parameters, application, time, version, signature, session."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from msgspec import Struct

from paidan.world.taobao.errors import TopError, invalid, missing
from paidan.world.wire import Request

CHINA = timezone(timedelta(hours=8))
CLOCK_TOLERANCE = timedelta(minutes=10)
GATEWAYS = ("/router/rest",)
BATCH_GATEWAY = "/router/batch"  # several calls in one request, as the platform's Java SDK sends them (class BatchTaobaoClient)
BATCH_SEPARATOR = "\r\n-S-\r\n"
BATCH_PUBLIC = "#PUBLIC#"  # before parameters that all calls share
BATCH_EMPTY = "N"  # a call without parameters of its own
BATCH_CALLS_MAX = 20  # not verified


def china(at: datetime) -> str:
    """An instant as the platform writes it: `yyyy-MM-dd HH:mm:ss`, China local time."""
    return at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")


def from_china(text: str) -> datetime:
    """The instant of a text written by `china`; raises ValueError."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=CHINA)


def sign(method: str, secret: str, parameters: Mapping[str, str], body: str = "") -> str:
    """The signature over all parameters but `sign` (document 101617), and over the body where that holds no parameters.

    `md5`: MD5(secret, sorted key-value text, secret); `hmac` and `hmac-sha256`: keyed with the secret. Upper-case hexadecimal.
    """
    text = ("".join(f"{name}{parameters[name]}" for name in sorted(parameters) if name != "sign") + body).encode()
    key = secret.encode()
    if method == "md5":
        digest = hashlib.md5(key + text + key, usedforsecurity=False).hexdigest()
    else:
        digest = hmac.new(key, text, {"hmac": "md5", "hmac-sha256": "sha256"}[method]).hexdigest()
    return digest.upper()


class Call(Struct, frozen=True, kw_only=True):
    """A call that passed the gateway. `shop` is the seller's shop code; empty without a session."""

    method: str
    parameters: Mapping[str, str]
    shop: str
    now: datetime

    def text(self, name: str) -> str:
        """A required argument. Raises code 40."""
        value = self.parameters.get(name, "")
        if not value:
            raise missing(name)
        return value

    def number(self, name: str, default: int | None = None, *, least: int | None = None, most: int | None = None) -> int:
        """An integer argument within bounds. Raises code 40 or 41."""
        value = self.parameters.get(name, "")
        if not value and default is not None:
            return default
        return as_number(name, self.text(name), least=least, most=most)

    def numbers(self, name: str, most: int) -> list[int]:
        """A comma list of integers, empty when absent."""
        values = [part for part in self.parameters.get(name, "").split(",") if part]
        if len(values) > most:
            raise invalid(name, f"at most {most}")
        return [as_number(name, value) for value in values]

    def instant(self, name: str) -> datetime:
        """A required time argument."""
        try:
            return from_china(self.text(name))
        except ValueError:
            raise invalid(name, "yyyy-MM-dd HH:mm:ss") from None

    def flag(self, name: str) -> bool:
        """A boolean argument, false when absent."""
        return self.parameters.get(name, "").lower() == "true"

    def json(self, name: str, shape: Any) -> Any:
        """A required argument that is JSON text of that shape. Raises code 40 or 41."""
        try:
            return msgspec.json.decode(self.text(name), type=shape)
        except msgspec.MsgspecError as error:
            raise invalid(name, str(error)) from None


def as_number(name: str, text: str, *, least: int | None = None, most: int | None = None) -> int:
    """Text of digits as a number; raises code 41."""
    try:
        number = int(text)
    except ValueError:
        raise invalid(name, "not a number") from None
    if (least is not None and number < least) or (most is not None and number > most):
        raise invalid(name, f"between {least} and {most}")
    return number


def read_parameters(request: Request) -> dict[str, str]:
    """Parameters of the query and of a form body together. Raises TopError for other verbs and bodies."""
    if request.verb not in {"GET", "POST"}:
        raise TopError(9)
    pairs = parse_qsl(request.query, keep_blank_values=True)
    if request.body:
        kind = request.headers.get("content-type", "application/x-www-form-urlencoded")
        if not kind.startswith("application/x-www-form-urlencoded"):
            raise invalid("content-type", "send a form")
        try:
            pairs += parse_qsl(request.body.decode(), keep_blank_values=True)
        except UnicodeDecodeError:
            raise invalid("body", "UTF-8 is wanted") from None
    return dict(pairs)


def read_batch(request: Request) -> tuple[dict[str, str], str, list[dict[str, str]], str]:
    """Common parameters, the body, each call's own parameters, and what stands between answers. Raises TopError."""
    if request.verb != "POST":
        raise TopError(9)
    separator = request.headers.get("top-api-separator") or BATCH_SEPARATOR
    try:
        body = request.body.decode()
    except UnicodeDecodeError:
        raise invalid("body", "UTF-8 is wanted") from None
    public, *forms = body.split(separator)
    if not public.startswith(BATCH_PUBLIC):
        public, forms = "", [public, *forms]
    if not forms or not forms[0]:
        raise missing("api request list")
    if len(forms) > BATCH_CALLS_MAX:
        raise invalid("api request list", f"at most {BATCH_CALLS_MAX}")
    shared = parse_qsl(public.removeprefix(BATCH_PUBLIC), keep_blank_values=True)
    calls = [dict([*shared, *parse_qsl("" if form == BATCH_EMPTY else form, keep_blank_values=True)]) for form in forms]
    return dict(parse_qsl(request.query, keep_blank_values=True)), body, calls, separator


def check(parameters: Mapping[str, str], *, app_key: str, secret: str, now: datetime, methods: Mapping[str, bool]) -> str:
    """Go through the common parameters in the gateway's order; returns the method. `methods` says which of them need a session."""
    check_gate(parameters, app_key=app_key, secret=secret, now=now, wanted=(("method", 21),))
    return check_method(parameters, methods)


def check_gate(
    parameters: Mapping[str, str], *, app_key: str, secret: str, now: datetime, wanted: tuple[tuple[str, int], ...] = (), body: str = ""
) -> None:
    """What stands for the whole request: application, version, form, time, signature. `wanted`: more that must be there, with its code."""
    for name, code in (("app_key", 28), *wanted, ("sign", 24), ("timestamp", 30), ("v", 32)):
        if not parameters.get(name):
            raise TopError(code)
    if parameters["app_key"] != app_key:
        raise TopError(29)
    if parameters["v"] != "2.0":
        raise TopError(34)
    if parameters.get("format", "xml") != "json" or parameters.get("simplify", "false") != "false":
        raise TopError(23, sub_msg="this gateway speaks the full JSON form only")
    _check_time(parameters["timestamp"], now)
    kind = parameters.get("sign_method", "")
    if kind not in {"md5", "hmac", "hmac-sha256"}:
        raise invalid("sign_method") if kind else missing("sign_method")
    if not hmac.compare_digest(sign(kind, secret, parameters, body), parameters["sign"]):
        raise TopError(25)


def check_method(parameters: Mapping[str, str], methods: Mapping[str, bool]) -> str:
    """What stands for one call: a method that is known, and a session where it needs one."""
    method = parameters.get("method", "")
    if not method:
        raise TopError(21)
    if method not in methods:
        raise TopError(22, "isv.invalid-method", method)
    if methods[method] and not parameters.get("session"):
        raise TopError(26)
    return method


def _check_time(text: str, now: datetime) -> None:
    try:
        at = from_china(text)
    except ValueError:
        raise TopError(31) from None
    if abs(now - at) > CLOCK_TOLERANCE:
        raise TopError(31)
