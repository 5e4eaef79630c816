"""Settings, clocks, crash points, queries, logs: the small doors."""

import io
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from threading import Event
from typing import Any

import psycopg
import pytest
import structlog

import paidan
from paidan.kernel.errors import ConservationError, SetupError
from paidan.runtime import crash, telemetry
from paidan.runtime.clocks import FixedClock, SharedClock, SystemClock
from paidan.runtime.crash import CRASH_POINTS, crash_point
from paidan.runtime.database import Database
from paidan.runtime.queries import Queries, load_queries
from paidan.runtime.settings import read_settings
from paidan.runtime.telemetry import metrics_text, told

SOURCES = Path(paidan.__file__).parent


def test_settings_are_read_from_the_environment() -> None:
    settings = read_settings(
        {"PAIDAN_HOME": "/srv/p", "PAIDAN_ALLOW_LOOPBACK": "true", "PAIDAN_BATCH_SIZE": "7", "PAIDAN_CRASH_AT": "x", "HOME": "/"}
    )
    assert (settings.home, settings.allow_loopback, settings.batch_size, settings.merchant) == (Path("/srv/p"), True, 7, "default")
    assert settings.keys_dir == Path("/srv/p/keys")
    assert settings.keys_dir not in settings.data_dir.parents
    assert settings.data_dir not in settings.keys_dir.parents
    assert read_settings({}).home == Path(".paidan")


@pytest.mark.parametrize("environment", [{"PAIDAN_BATCH_SIZE": "many"}, {"PAIDAN_ALLOW_LOOPBACK": "perhaps"}])
def test_a_setting_that_can_not_be_read_is_told(environment: dict[str, str]) -> None:
    with pytest.raises(SetupError, match="cannot be read"):
        read_settings(environment)


@pytest.mark.parametrize("currency", ["usd", "US", "¥", "JPY", "KWD"])
def test_the_house_counts_in_a_currency_with_two_decimal_places(currency: str) -> None:
    with pytest.raises(SetupError, match="PAIDAN_CURRENCY"):
        read_settings({"PAIDAN_CURRENCY": currency})
    assert (read_settings({"PAIDAN_CURRENCY": "EUR"}).currency, read_settings({}).currency) == ("EUR", "CNY")


def test_a_fixed_clock_moves_only_when_told() -> None:
    clock = FixedClock(datetime(2026, 3, 2, 12, tzinfo=timezone(timedelta(hours=8))))
    assert clock.now() == clock.now() == datetime(2026, 3, 2, 4, tzinfo=UTC)
    assert clock.now().tzinfo is UTC
    assert clock.forward(minutes=5) == datetime(2026, 3, 2, 4, 5, tzinfo=UTC)
    clock.set(datetime(2026, 1, 1, tzinfo=UTC))
    assert clock.now() == datetime(2026, 1, 1, tzinfo=UTC)
    with pytest.raises(ValueError, match="time zone"):
        FixedClock(datetime(2026, 1, 1))  # noqa: DTZ001 - refused for exactly that


def test_the_shared_clock_is_one_for_all_and_never_goes_back(database: Database) -> None:
    one, other = SharedClock(database, keep_s=0), SharedClock(database, keep_s=0)
    before = SystemClock().now()
    assert before <= one.now() <= SystemClock().now()
    patient = SharedClock(database, keep_s=0, look_s=3600)
    assert before <= patient.now() <= SystemClock().now()
    later = datetime(2030, 1, 1, tzinfo=UTC)
    one.set(later)
    assert one.now() == other.now() == later
    assert patient.now() <= SystemClock().now()  # an empty row is looked at less often
    other.set(datetime(2029, 1, 1, tzinfo=UTC))
    assert one.now() == later
    with pytest.raises(ValueError, match="time zone"):
        one.set(datetime(2031, 1, 1))  # noqa: DTZ001 - refused for exactly that


def test_while_one_reads_the_shared_clock_the_others_go_by_the_last_they_knew(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, first = SharedClock(database, keep_s=0), datetime(2030, 1, 1, tzinfo=UTC)
    SharedClock(database).set(first)
    assert clock.now() == first
    reads, may_end, glance = Event(), Event(), database.glance

    def slowly(statement: Any) -> Any:
        reads.set()
        assert may_end.wait(10)
        return glance(statement)

    monkeypatch.setattr(database, "glance", slowly)
    SharedClock(database).set(datetime(2030, 1, 2, tzinfo=UTC))
    with ThreadPoolExecutor(1) as aside:
        reading = aside.submit(clock.now)
        assert reads.wait(10)
        assert clock.now() == first
        may_end.set()
        assert reading.result(10) == datetime(2030, 1, 2, tzinfo=UTC)


CRASHING = """
from paidan.runtime.crash import crash_point
for turn in range(5):
    print(turn, flush=True)
    crash_point("outbox.sent")
    crash_point("outbox.claimed")
"""


@pytest.mark.parametrize(
    ("at", "turns", "code"), [("outbox.sent", 1, 137), ("outbox.claimed:3", 3, 137), ("outbox.settled", 5, 0), ("outbox.sent:9", 5, 0)]
)
def test_a_crash_point_kills_at_the_hit_that_was_named(at: Any, turns: int, code: int) -> None:
    environment = {"PAIDAN_CRASH_AT": at, "PYTHONPATH": ":".join(sys.path)}
    done = subprocess.run([sys.executable, "-c", CRASHING], env=environment, check=False, capture_output=True, text=True)  # noqa: S603 - our own code
    assert (done.stdout.split(), done.returncode) == ([str(turn) for turn in range(turns)], code)


def test_every_crash_point_that_is_hit_is_in_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    hit = {name for file in SOURCES.rglob("*.py") for name in re.findall(r'crash_point\("([^"]+)"\)', file.read_text(encoding="utf-8"))}
    assert hit <= CRASH_POINTS
    assert {"pass.before_commit", "pass.after_commit", "outbox.claimed", "outbox.sent", "outbox.settled"} <= hit
    monkeypatch.delenv(crash.VARIABLE, raising=False)
    crash_point("outbox.sent")
    with pytest.raises(KeyError):
        crash_point("outbox.unheard_of")


def test_queries_are_handed_out_by_name() -> None:
    queries = Queries("-- head\n-- name: one\n-- says what\nSELECT 1;\n\n-- name: two\nSELECT 2;\n", "here")
    assert queries.names() == ["one", "two"]
    assert queries.one == "-- says what\nSELECT 1;"
    with pytest.raises(AttributeError, match="no query named three in here"):
        queries.three  # noqa: B018 - asking is the test


@pytest.mark.parametrize("text", ["-- name: a\nSELECT 1\n-- name: a\nSELECT 2", "-- name: a\n-- name: b\nSELECT 1"])
def test_a_query_file_with_doubtful_names_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="here"):
        Queries(text, "here")


@pytest.mark.parametrize("file", ["queries.sql", "waiting.sql", "fingerprint.sql"])
def test_every_query_of_the_runtime_prepares(database: Database, file: str) -> None:
    queries = load_queries("paidan.runtime", file)
    for name in queries.names():
        statement = getattr(queries, name)
        if "COPY" in statement:
            continue
        numbered: list[str] = []

        def number(match: Any, numbered: Any = numbered) -> str:
            if match[1] not in numbered:
                numbered.append(match[1])
            return f"${numbered.index(match[1]) + 1}"

        text = re.sub(r"%\((\w+)\)s", number, statement).replace("%%", "%")
        with database.transaction() as tx:
            tx.execute(f"PREPARE {name}_ AS {text}".encode())
            tx.execute(f"DEALLOCATE {name}_".encode())


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    written = io.StringIO()
    monkeypatch.setattr(telemetry.sys, "stderr", written)
    telemetry.configure_logs("info")
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    structlog.reset_defaults()


def test_logs_are_json_and_known_personal_fields_are_redacted(lines: Any) -> None:
    log = structlog.get_logger("t")
    log.debug("not written")
    log.info(
        "kept", order_no="SO1", phone="13800000000", order={"receiver_name": "王", "no": 1}, body=b"x", seen=[{"address": "somewhere"}], blob=b"12345"
    )
    [line] = lines()
    assert (line["event"], line["level"], line["order_no"]) == ("kept", "info", "SO1")
    assert "timestamp" in line
    assert (line["phone"], line["order"], line["seen"], line["blob"]) == (
        "[redacted]",
        {"receiver_name": "[redacted]", "no": 1},
        [{"address": "[redacted]"}],
        "5 bytes",
    )
    assert "138" not in json.dumps(line)


def test_an_exception_is_told_without_its_words(lines: Any, database: Database) -> None:
    import logging

    try:
        with database.transaction() as tx:
            tx.execute("INSERT INTO setting (key, value) VALUES ('13800000000', '1'), ('13800000000', '1')")
    except psycopg.Error as error:
        caught = told(error)
        logging.getLogger("library").exception("failed")
    assert (caught["error"], caught["sqlstate"], caught["constraint"], caught["table"]) == ("UniqueViolation", "23505", "setting_pkey", "setting")
    assert "text" not in caught
    assert told(ConservationError("1 unit"))["text"] == "1 unit"
    written = json.dumps(lines())
    assert "UniqueViolation" in written
    assert "13800000000" not in written


def test_metrics_are_written_in_the_text_form() -> None:
    telemetry.PASS_ITEMS.labels("step", "done").inc(3)
    assert b'paidan_pass_items_total{outcome="done",step="step"}' in metrics_text()
