"""The served description against the served API, by Schemathesis: every operation, each parameter at its borders and beyond."""

import subprocess
import sys

import pytest

from paidan.entrypoints.api.keys import make_key
from paidan.entrypoints.api.people.rights import Scope
from paidan.entrypoints.installation import connect, keyring_file
from paidan.entrypoints.serving import held_port, serve_in_child
from paidan.runtime.sealing import make_keyring
from paidan.runtime.settings import Settings

OWN_MERCHANT = True  # another process writes into it
# Of its checks those that hold whatever is sent. A body that fits its schema may be refused all the same: an unknown warehouse, a version that is missing.
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "ignored_auth",
)
NOT_ASKED = "/events$|/revoke$|/sign-out$"  # a stream without end; what would take the key or the session away
EXAMPLES = 20


@pytest.mark.deep
def test_the_served_api_is_what_its_description_says(server, merchant, tmp_path):
    settings = Settings(home=tmp_path, merchant=merchant, database=merchant, allow_loopback=True)
    make_keyring(keyring_file(settings))
    services = connect(settings, server.app_url)
    with services.database.transaction() as tx:
        _, key = make_key(tx, services.ids, services.sealer, name="contract", scopes=[Scope.ADMIN], now=services.clock.now())
    services.close()
    with held_port() as port, serve_in_child(settings, server.app_url, port, log_file=tmp_path / "log") as url:
        told = subprocess.run(  # noqa: S603 - our own interpreter
            [
                *(sys.executable, "-m", "schemathesis.cli", "run", f"{url}/api/v1/openapi.json"),
                *("--header", f"Authorization: Bearer {key}"),
                *("--phases", "coverage,fuzzing", "--max-examples", str(EXAMPLES), "--seed", "1", "--generation-deterministic"),
                *("--checks", ",".join(CHECKS), "--exclude-path-regex", NOT_ASKED),
                *("--continue-on-failure", "--no-color", "--request-timeout", "30"),
            ],
            cwd=tmp_path,
            check=False,
            capture_output=True,
            text=True,
        )
    assert told.returncode == 0, _short(told.stdout)


def _short(report: str) -> str:
    return "\n".join(line[:300] for line in report.splitlines())
