"""The door: system parameters in the query string, signature over the raw body. In direct mode the receiver answers what the gateway would."""

from datetime import datetime
from hmac import compare_digest
from typing import Final
from urllib.parse import parse_qsl

from paidan.world.carrier.chinatime import read_time
from paidan.world.wire import Request
from paidan.world.wms.config import WmsConfig
from paidan.world.wms.refused import Refused, Trouble
from paidan.world.wms.signature import sign

_PREFIX: Final = "taobao.qimen."
_REQUIRED: Final = ("method", "timestamp", "format", "app_key", "v", "sign", "sign_method", "customerId")


def admit(request: Request, config: WmsConfig, now: datetime) -> str:
    """Check the caller and give the method without its prefix; Refused(TOP60) says which parameter is wrong."""
    if request.verb.upper() != "POST":
        raise _fault("only POST is served")
    if len(request.body) > config.body_bytes_max:
        raise _fault("the body is too large")
    params = _params(request.query)
    _check_constants(params, config)
    if not compare_digest(params["sign"].encode(), sign(config.secret, params, request.body).encode()):
        raise _fault("isv.invalid-signature: sign does not match")
    at = read_time(params["timestamp"])
    if at is None or abs((now - at).total_seconds()) > config.clock_skew_s:
        raise _fault("isv.invalid-timestamp: timestamp is unreadable or too far from now")
    return params["method"].removeprefix(_PREFIX)


def _params(query: str) -> dict[str, str]:
    if not query.isascii():
        raise _fault("the query string is not URL-encoded")
    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=64)
    except ValueError:
        raise _fault("the query string is not readable") from None
    params = dict(pairs)
    if len(params) != len(pairs):
        raise _fault("a parameter appears twice")
    for name in _REQUIRED:
        if not params.get(name):
            raise _fault(f"isv.missing-parameter: {name}")
    return params


def _check_constants(params: dict[str, str], config: WmsConfig) -> None:
    expected = {"app_key": config.app_key, "customerId": config.customer_id, "format": "xml", "sign_method": "md5"}
    for name, value in expected.items():
        if params[name] != value:
            raise _fault(f"isv.invalid-parameter: {name}")


def _fault(words: str) -> Refused:
    return Refused(Trouble.CALLER_FAULT, words)
