"""Whether the house stands: liveness, readiness, counters; and a plain first page."""

from html import escape
from typing import Any, Final

import psycopg
from litestar import MediaType, Request, Response, get

from paidan import __version__
from paidan.entrypoints.api.guard import OPEN
from paidan.entrypoints.api.language import language_of
from paidan.entrypoints.api.services import Given
from paidan.runtime.telemetry import metrics_text

SECURE: Final = {
    "content-security-policy": "default-src 'none'; style-src 'self' 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}
PAGE: Final = {
    "zh": ("订单中台", "接口文档", "接口描述 (OpenAPI 3.1)", "运行指标", "用 API 密钥调用 /api/v1；每个错误都说明原因与下一步。"),
    "en": (
        "Order management",
        "API documentation",
        "API description (OpenAPI 3.1)",
        "Metrics",
        "Call /api/v1 with an API key; every error tells why, and what next.",
    ),
}


@get("/livez", opt=OPEN, sync_to_thread=False, include_in_schema=False, media_type=MediaType.TEXT)
def live() -> str:
    """The process answers."""
    return "ok"


@get("/readyz", opt=OPEN, sync_to_thread=True, include_in_schema=False, media_type=MediaType.TEXT)
def ready(services: Given) -> Response[str]:
    """The database answers too."""
    try:
        with services.database.transaction() as tx:
            tx.execute("SELECT 1")
    except psycopg.Error:
        return Response(content="database away", status_code=503, media_type=MediaType.TEXT)
    return Response(content="ok", media_type=MediaType.TEXT)


@get("/metrics", opt=OPEN, sync_to_thread=True, include_in_schema=False)
def metrics() -> Response[bytes]:
    """Counters for Prometheus."""
    return Response(content=metrics_text(), media_type="text/plain; version=0.0.4; charset=utf-8")


def plain_page(request: Request[Any, Any, Any]) -> Response[str]:
    """A plain page that says where to go, while there is no console."""
    language = language_of(request.headers.get("accept-language", ""))
    title, documents, description, counters, says = (escape(text) for text in PAGE[language])
    html = (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>派单 Paidan</title><style>body{{font:16px/1.6 system-ui,sans-serif;max-width:40em;margin:4em auto;padding:0 1em}}</style>"
        f"<h1>派单 Paidan</h1><p>{title} · {escape(__version__)}</p><p>{says}</p>"
        f'<ul><li><a href="/api/v1/docs">{documents}</a><li><a href="/api/v1/openapi.json">{description}</a><li><a href="/metrics">{counters}</a>'
    )
    return Response(content=html, media_type="text/html; charset=utf-8", headers={**SECURE, "content-language": language})


HANDLERS: Final = [live, ready, metrics]
