"""The console's own checks: types, style, format, unit tests, and the size of what is loaded first."""

import subprocess

import pytest

from paidan.entrypoints import console_build


# A step of its own in .ci/run, and whoever looks at a page has built it; here with --deep only.
@pytest.mark.deep
@pytest.mark.parametrize("script", ["check", "test", "build"])
def test_the_sources_pass(script, tmp_path):
    """The build goes into a folder of its own: console/dist may be served to other tests just now."""
    npm = console_build.find_npm()
    if npm is None or not console_build.ensure_built():
        pytest.skip("Node is missing")
    words, environment = npm
    environment = {**environment, console_build.OUT: str(tmp_path / "dist")}
    done = subprocess.run(  # noqa: S603 - npm of this machine, fixed words
        [*words, "run", script], cwd=console_build.CONSOLE, env=environment, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stdout[-4_000:] + done.stderr[-2_000:]


def test_the_lock_names_no_registry_host():
    lock = (console_build.CONSOLE / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in lock
