"""A demo that stays up: who may sign in where is told before the day is traded, and whoever ends it, nothing of it is left."""

import os
import re
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


@pytest.mark.slow
def test_one_can_sign_in_while_the_day_is_traded_and_no_process_is_left_when_it_is_ended(tmp_path):
    command = [sys.executable, "-m", "paidan.entrypoints.cli", "demo", "--orders", str(ORDERS), "--no-compare"]
    environment = {**os.environ, "PAIDAN_HOME": str(tmp_path), "COLUMNS": "200"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as demo:  # noqa: S603 - our own command
        try:
            text = told_until(ADDRESS, demo.stdout)
            password, url = PASSWORD.search(text)[1], ADDRESS.search(text)[0]
            signed_in = httpx.post(f"{url}api/v1/sign-in", json={"name": "admin", "password": password})
            server = embedded.server_pid(tmp_path / "demo" / "postgres")
            family = [*psutil.Process(demo.pid).children(recursive=True), psutil.Process(server)]
        finally:
            demo.terminate()
            demo.stdout.read()
    assert signed_in.status_code == httpx.codes.NO_CONTENT, signed_in.text
    assert "✓" not in text  # the day was not over yet
    _, alive = psutil.wait_procs(family, timeout=30)
    assert not alive
