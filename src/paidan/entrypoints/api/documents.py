"""The API's documentation as one plain page: rendered here, without scripts, and without anything fetched from elsewhere."""

import json
from collections.abc import Callable, Iterator
from html import escape
from typing import Any, Final

from litestar import Litestar, Request, Response, Router, get

from paidan.entrypoints.api.guard import OPEN
from paidan.entrypoints.api.health import SECURE

STYLE: Final = (
    "body{font:15px/1.6 system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 1em}code,pre{font-family:ui-monospace,monospace}"
    "pre{background:#f6f6f6;padding:.6em;overflow:auto;font-size:13px}summary{cursor:pointer}b.v{display:inline-block;min-width:4em}"
    "table{border-collapse:collapse}td{padding:.1em .8em .1em 0;vertical-align:top}"
)
VERBS: Final = ("get", "post", "put", "patch", "delete")
TIME_OF_DAY: Final = "^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$"
SUCCESS: Final = ("200", "201", "202")


@get("/openapi.json", opt=OPEN, sync_to_thread=True, include_in_schema=False)
def openapi_json(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The API's description, OpenAPI 3.1."""
    return Response(content=_once(request, "openapi_json", _described), media_type="application/vnd.oai.openapi+json; charset=utf-8")


@get("/docs", opt=OPEN, sync_to_thread=True, include_in_schema=False)
def documents(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Every operation with parameters, body and answer."""
    return Response(content=_once(request, "documents", _page), media_type="text/html; charset=utf-8", headers=SECURE)


def _once(request: Request[Any, Any, Any], name: str, make: Callable[[dict[str, Any]], bytes]) -> bytes:
    """Made at the first request and kept with the application."""
    state = request.app.state
    if name not in state:
        state[name] = make(_schema_of(request.app))
    kept: bytes = state[name]
    return kept


def described(app: Litestar) -> str:
    """The description as a file for clients to be made from: indented, keys in order, without what differs from run to run."""
    return json.dumps(_schema_of(app), ensure_ascii=False, default=str, indent=1, sort_keys=True) + "\n"


def _schema_of(app: Litestar) -> dict[str, Any]:
    """As the framework describes it, put right where it says what is not so."""
    schema: dict[str, Any] = _exact(app.openapi_schema.to_schema())
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            for method in handler.http_methods if handler.opt.get("open") else ():
                operation = schema["paths"].get(route.path_format, {}).get(method.lower())
                if operation is not None:
                    operation["security"] = []  # anybody may ask
    return schema


def _exact(part: Any) -> Any:
    """The same without "or anything" in lists, as which the dots of an annotated `tuple[X, ...]` are read; a time of day is no duration."""
    if isinstance(part, list):
        return [_exact(inner) for inner in part]
    if not isinstance(part, dict):
        return part
    found = {key: _exact(inner) for key, inner in part.items()}
    match found.get("items"):
        case {"oneOf": [only, {**nothing}]} if not nothing:
            found["items"] = only
    if found.get("format") == "duration":
        del found["format"]
        found["pattern"] = TIME_OF_DAY
    return found


def _described(schema: dict[str, Any]) -> bytes:
    return json.dumps(schema, ensure_ascii=False, default=str).encode()


def _page(schema: dict[str, Any]) -> bytes:
    info = schema["info"]
    title = escape(info["title"])
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><style>{STYLE}</style>'
        f"<h1>{title} · {escape(info['version'])}</h1>"
        '<p><a href="openapi.json">openapi.json</a> · <code>Authorization: Bearer pd_…</code> · <code>Accept-Language: zh|en</code> · '
        "<code>Idempotency-Key</code> (POST) · <code>If-Match</code> · errors: <code>application/problem+json</code> (RFC 9457)</p>"
        f"{''.join(_groups(schema))}"
    ).encode()


def _groups(schema: dict[str, Any]) -> Iterator[str]:
    groups: dict[str, list[str]] = {}
    for path, item in sorted(schema.get("paths", {}).items()):
        for verb in VERBS:
            if verb in item:
                tag = (item[verb].get("tags") or ["other"])[0]
                groups.setdefault(tag, []).append("".join(_operation(schema, verb, path, item[verb])))
    for tag, operations in sorted(groups.items()):
        yield f"<h2>{escape(tag)}</h2>{''.join(operations)}"


def _operation(schema: dict[str, Any], verb: str, path: str, operation: dict[str, Any]) -> Iterator[str]:
    yield f"<details><summary><b class=v>{verb.upper()}</b> <code>{escape(path)}</code> {escape(operation.get('summary') or '')}</summary>"
    yield f"<p>{escape(operation.get('description') or '')}</p>"
    if operation.get("parameters"):
        yield "<table>" + "".join(_parameter(parameter) for parameter in operation["parameters"]) + "</table>"
    for media in (operation.get("requestBody") or {}).get("content", {}).values():
        yield f"<p>Body</p><pre>{_shown(schema, media.get('schema', {}))}</pre>"
    for status in SUCCESS:
        for media in operation.get("responses", {}).get(status, {}).get("content", {}).values():
            yield f"<p>{status}</p><pre>{_shown(schema, media.get('schema', {}))}</pre>"
    yield "</details>"


def _parameter(parameter: dict[str, Any]) -> str:
    needed = " *" if parameter.get("required") else ""
    shape = json.dumps(parameter.get("schema", {}), ensure_ascii=False, default=str)
    return (
        f"<tr><td><code>{escape(parameter['name'])}{needed}</code><td>{escape(parameter['in'])}<td>"
        f"{escape(parameter.get('description') or '')} <code>{escape(shape)}</code>"
    )


def _shown(schema: dict[str, Any], part: dict[str, Any]) -> str:
    return escape(json.dumps(_resolved(schema, part, ()), ensure_ascii=False, indent=1, default=str))


def _resolved(schema: dict[str, Any], part: Any, inside: tuple[str, ...]) -> Any:
    """References replaced by what they name, once each on a way."""
    if isinstance(part, list):
        return [_resolved(schema, inner, inside) for inner in part]
    if not isinstance(part, dict):
        return part
    name = str(part.get("$ref", "")).rpartition("/")[2]
    if name:
        found = schema.get("components", {}).get("schemas", {}).get(name)
        return name if found is None or name in inside else _resolved(schema, found, (*inside, name))
    return {key: _resolved(schema, inner, inside) for key, inner in part.items()}


ROUTER = Router("/", route_handlers=[openapi_json, documents])
