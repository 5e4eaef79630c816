"""The floor under `http`: the same server, the same row per request and the same group commit, but nothing is checked, parsed, sealed or decided."""

import asyncio
import os
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import UTC, datetime
from hashlib import sha256
from itertools import count
from queue import SimpleQueue
from threading import Thread
from typing import Any

import psycopg

from paidan.runtime.messages import COLUMN_TYPES, queries

ANSWER = b'{"message_id":"1234567890","shop_code":"OWN","platform_order_no":"1234567890123"}'
HEADERS = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(ANSWER))]
FIRST_ID = 12_000_000  # far above what a short run of ours uses
IDS = 1_000_000  # of each process
Message = MutableMapping[str, Any]
_Waiting = tuple[bytes, "asyncio.Future[None]"]


def make_app() -> Callable[..., Awaitable[None]]:
    """An ASGI application over the database that BARE_URL names, in the schema BARE_SCHEMA."""
    waiting: SimpleQueue[_Waiting] = SimpleQueue()
    Thread(target=_keep, args=(waiting,), daemon=True).start()

    async def app(scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]) -> None:
        if scope["type"] != "http":
            return
        if scope["method"] == "POST":
            body, more = b"", True
            while more:
                told = await receive()
                body += told.get("body", b"")
                more = told.get("more_body", False)
            future = asyncio.get_running_loop().create_future()
            waiting.put((body, future))
            await future
        await send({"type": "http.response.start", "status": 202, "headers": HEADERS})
        await send({"type": "http.response.body", "body": ANSWER})

    return app


def _keep(waiting: "SimpleQueue[_Waiting]") -> None:
    try:
        _keep_all(waiting)
    except psycopg.Error as error:
        print(error, flush=True)
        os._exit(1)  # nobody would ever be answered


def _keep_all(waiting: "SimpleQueue[_Waiting]") -> None:
    with psycopg.connect(os.environ["BARE_URL"]) as connection:
        connection.execute("SELECT set_config('search_path', %s, false)", (os.environ["BARE_SCHEMA"],))
        process = next(n for n in count() if connection.execute("SELECT pg_try_advisory_lock(%s)", (n,)).fetchone() == (True,))
        connection.commit()
        ids = count(FIRST_ID + process * IDS)
        while True:
            batch = [waiting.get()]
            while not waiting.empty():
                batch.append(waiting.get())
            now = datetime.now(UTC)
            with connection.cursor().copy(queries.copy_messages) as copy:
                copy.set_types(COLUMN_TYPES)
                for body, _ in batch:
                    n = next(ids)
                    copy.write_row((n, now, "i", "shop:OWN", "order", str(n), 1, 1, 0, "", None, None, body, None, sha256(body).digest()))
            connection.commit()
            futures = [future for _, future in batch]
            futures[0].get_loop().call_soon_threadsafe(_settle, futures)


def _settle(futures: "list[asyncio.Future[None]]") -> None:
    for future in futures:
        if not future.done():
            future.set_result(None)
