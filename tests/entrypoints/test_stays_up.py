"""What stays up, a demo or an installation: who may sign in where is told at once, and whoever ends it, nothing of it is left."""

import os
import re
import socket
import subprocess
import sys

import httpx
import psutil
import pytest

from paidan.runtime import embedded

ORDERS = 2000  # still being traded when it is ended
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/")
PASSWORD = re.compile(r"with this password.*\n(\S+)\n")


def told_until(pattern: re.Pattern[str], lines, text: str = "") -> str:
    """What is printed until the pattern is met."""
    for line in lines:
        text += line
        if pattern.search(text):
            return text
    raise AssertionError(text)


@pytest.fixture
def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@pytest.mark.slow
@pytest.mark.parametrize(("words", "data"), [("demo --orders {orders} --no-compare", "demo/postgres"), ("up --port {port}", "postgres")])
def test_one_can_sign_in_at_once_and_no_process_is_left_when_it_is_ended(tmp_path, free_port, words, data):
    command = [sys.executable, "-m", "paidan.entrypoints.cli", *words.format(orders=ORDERS, port=free_port).split()]
    environment = {**os.environ, "PAIDAN_HOME": str(tmp_path), "COLUMNS": "200"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as running:  # noqa: S603 - our own command
        try:
            text = told_until(ADDRESS, running.stdout)
            password, url = PASSWORD.search(text)[1], ADDRESS.search(text)[0]
            signed_in = httpx.post(f"{url}api/v1/sign-in", json={"name": "admin", "password": password})
            server = embedded.server_pid(tmp_path / data)
            family = [*psutil.Process(running.pid).children(recursive=True), psutil.Process(server)]
        finally:
            running.terminate()
            running.stdout.read()
    assert signed_in.status_code == httpx.codes.NO_CONTENT, signed_in.text
    assert "✓" not in text  # a demo's day was not over yet
    _, alive = psutil.wait_procs(family, timeout=30)
    assert not alive
