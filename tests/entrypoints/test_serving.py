"""The API's process: its port stays ours from the choice to the bind, and a start that fails says why."""

import socket
import subprocess
import sys
import time
import urllib.request

import psutil
import pytest

from paidan.entrypoints.serving import command, held_port, wait_ready
from paidan.kernel.errors import SetupError


@pytest.fixture
def page(tmp_path):
    """A folder with an application that knows two pages: one answers, of the other (`/events`) the answer never ends."""
    (tmp_path / "page.py").write_text(
        "import asyncio\n"
        "def make():\n"
        "    async def app(scope, receive, send):\n"
        "        if scope['type'] == 'http':\n"
        "            await send({'type': 'http.response.start', 'status': 200, 'headers': []})\n"
        "            await send({'type': 'http.response.body', 'body': b'hello', 'more_body': scope['path'] == '/events'})\n"
        "            if scope['path'] == '/events':\n"
        "                await asyncio.Event().wait()\n"
        "    return app\n"
    )
    return tmp_path


def test_nobody_takes_a_held_port():
    with held_port() as port, socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind(("127.0.0.1", port))


def test_the_server_binds_a_held_port(page):
    """As granian is started for the API."""
    with held_port() as port, subprocess.Popen([*command("127.0.0.1", port)[:-1], "page:make"], cwd=page) as child:  # noqa: S603 - our own words
        try:
            wait_ready(child, f"http://127.0.0.1:{port}/readyz")
        finally:
            child.terminate()


def test_a_process_that_dies_is_started_again(page):
    with held_port() as port, subprocess.Popen([*command("127.0.0.1", port, 2)[:-1], "page:make"], cwd=page) as child:  # noqa: S603 - our own words
        try:
            wait_ready(child, f"http://127.0.0.1:{port}/readyz")
            answering = answering_of(child)
            next(iter(answering)).kill()
            until = time.monotonic() + 20
            while len(answering_of(child)) < 2 or answering_of(child) == answering:
                assert time.monotonic() < until
                time.sleep(0.05)
        finally:
            child.terminate()


def answering_of(child):
    return {one for one in psutil.Process(child.pid).children(recursive=True) if one.is_running() and one.status() != psutil.STATUS_ZOMBIE}


def test_it_ends_with_all_its_processes_although_somebody_still_listens(page):
    """As consoles listen for what happens."""
    with held_port() as port, subprocess.Popen([*command("127.0.0.1", port, 2)[:-1], "page:make"], cwd=page) as child:  # noqa: S603 - our own words
        wait_ready(child, f"http://127.0.0.1:{port}/readyz")
        family = [psutil.Process(child.pid), *psutil.Process(child.pid).children(recursive=True)]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/events", timeout=5) as events:
            assert events.read(5) == b"hello"
            child.terminate()
            _, alive = psutil.wait_procs(family, timeout=8)
        for process in alive:
            process.kill()
    assert not alive


def test_a_start_that_fails_gives_the_end_of_its_log(tmp_path):
    log = tmp_path / "api.log"
    script = "import sys; sys.stderr.write('the cat ate the cable'); sys.exit(3)"
    with log.open("wb") as to, subprocess.Popen([sys.executable, "-c", script], stderr=to) as child:  # noqa: S603 - our own words
        child.wait()
    with pytest.raises(SetupError, match=r"code 3; .*api.log ends with:\nthe cat ate the cable"):
        wait_ready(child, "http://127.0.0.1:9/readyz", log)
