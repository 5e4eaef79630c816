"""Names, telephone numbers and streets of a whole day are searched for wherever something was written or is shown.

The platform's own push table lies on a server of its own: it holds trades in clear, as the platform's do, and is none of our books.
"""

import io
import json
import subprocess
import sys
import urllib.request
import zipfile
from contextlib import suppress
from urllib.parse import quote

import psycopg
import pytest
from msgspec import structs
from psycopg import sql

from paidan.channels.sheet.columns import COLUMNS
from paidan.entrypoints.api.keys import make_key
from paidan.entrypoints.api.people.rights import Scope
from paidan.entrypoints.demo.run import Plan, logs_of
from paidan.entrypoints.imports.run import import_file
from paidan.entrypoints.serving import environment
from paidan.network.masters import write_shops
from paidan.network.rows import ShopRow
from paidan.orders.story import Teller, find_order_id, read_story
from paidan.runtime import embedded
from paidan.runtime.database import schema_of
from paidan.runtime.messages import read_message
from paidan.world.day import planted_secrets
from paidan.world.wire import Faults
from simulation.day_stage import a_folder, a_stage

pytestmark = pytest.mark.slow

PLAN = Plan(orders=60, seed=9, short_share=0.05, tick_s=3600, quiet_tick_s=7200, faults=Faults(duplicate=0.05, lost_answer=0.05, server_error=0.05))
LISTS = (
    "orders fulfilments holds exceptions stock/balances stock/sellable stock/entries documents catalog/skus catalog/listings catalog/unmapped "
    "shops network/connections network/warehouses network/carriers network/freight messages outbox invariants keys "
    "lists/orders lists/exceptions queues dashboard health/parts jobs"
).split()
CLEAR_SHOPS = ("SHOPIFY",)  # this platform tells its buyers in clear; the others mask them
SHORTEST = 4  # bytes; nothing shorter can be told from chance


def spellings(text):
    """How a text may stand in a file or an answer, beside UTF-8."""
    yield json.dumps(text)[1:-1].encode()
    yield quote(text).encode()
    yield text.encode("utf-16-le")
    if len(text.encode("gb18030")) > SHORTEST:  # a two-character name in this code is four bytes of chance
        yield text.encode("gb18030")


def needles(day):
    """Every planted text as it is, and those of the orders that reach us unmasked in the other spellings too."""
    plain = {text.encode() for text in planted_secrets(day)}
    clear = planted_secrets(structs.replace(day, orders=tuple(order for order in day.orders if order.shop in CLEAR_SHOPS)))
    return sorted(needle for needle in plain | {spelling for text in clear for spelling in spellings(text)} if len(needle) > SHORTEST)


def found_in(data, needles):
    return [needle for needle in needles if needle in data]


@pytest.fixture(scope="module")
def place():
    """A day that was played with two workers and trouble, everything still up."""
    with a_folder() as folder:
        platform = embedded.start(folder / "postgres")
        with a_stage(PLAN, push_server_url=platform) as stage:
            with psycopg.connect(stage.installation.owner_url, autocommit=True) as owner:
                # Compressed pages in the log would hide what they hold.
                owner.execute("ALTER SYSTEM SET wal_compression = off")
                owner.execute("SELECT pg_reload_conf()")
            played = stage.play_with_workers([])
            assert played.outcome.faults == []
            with psycopg.connect(stage.installation.owner_url, autocommit=True) as owner:
                owner.execute("CHECKPOINT")
            yield stage
        embedded.stop(folder / "postgres")


def test_the_search_finds_what_is_there(place):
    wanted = needles(place.day)
    assert len(wanted) > 3 * 60
    street = next(order.receiver.detail for order in place.day.orders if order.shop in CLEAR_SHOPS)
    assert found_in(b"..." + quote(street).encode(), wanted)
    assert found_in(json.dumps({"x": street}).encode(), wanted)
    with place.services.database.transaction() as tx:
        kept = [row[0] for row in tx.execute("SELECT id FROM message WHERE counterpart = %s ORDER BY id", (f"shop:{CLEAR_SHOPS[0]}",))]
        opened = [read_message(tx, place.services.sealer, message_id) for message_id in kept]
    seen = {needle for message in opened for needle in found_in(message.body + (message.answer or b""), wanted)}
    assert len(seen) > 6, "under the seal people do stand there"


def contents(folder):
    """Each file with what it holds. The server is at work: one that goes meanwhile is left out, what takes its place is found by a second look."""
    seen = set()
    for _ in range(2):
        for file in sorted(folder.rglob("*")):
            if file not in seen and file.is_file():
                with suppress(FileNotFoundError):
                    content = file.read_bytes()
                    seen.add(file)
                    yield file, content


def test_no_database_file_and_no_log_of_changes_holds_a_person(place):
    wanted = needles(place.day)
    leaks, logs = {}, 0
    for file, content in contents(place.settings.data_dir):
        logs += "pg_wal" in file.parts and len(content) > 0
        # Segments of the log are written full of zeros before they are used.
        if found := found_in(content.rstrip(b"\0"), wanted):
            leaks[file.name] = found
    assert logs > 0
    assert leaks == {}


def test_no_row_of_any_table_holds_a_person(place):
    """Once more by way of SQL: long values are compressed in the files."""
    wanted = needles(place.day)
    schema = schema_of(place.settings.merchant)
    with psycopg.connect(place.installation.owner_url) as owner:
        plain = "SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace(%s) AND relkind = 'r' ORDER BY 1"
        tables = [row[0] for row in owner.execute(plain, (schema,))]
        assert len(tables) > 20
        leaks = {}
        for table in tables:
            words = sql.SQL("COPY {}.{} TO STDOUT (FORMAT binary)").format(sql.Identifier(schema), sql.Identifier(table))
            with owner.cursor().copy(words) as copy:
                if found := found_in(b"".join(copy), wanted):
                    leaks[table] = found
    assert leaks == {}


def test_no_log_holds_a_person(place):
    wanted = needles(place.day)
    logs = [*sorted(logs_of(place.settings).glob("*.log")), place.settings.data_dir / "server.log"]
    assert {"api.log", "worker-0.log", "worker-1.log", "server.log"} <= {log.name for log in logs}
    assert any(log.stat().st_size for log in logs if log.name.startswith("worker"))
    assert {log.name: found for log in logs if (found := found_in(log.read_bytes(), wanted))} == {}


def test_no_story_of_an_order_names_a_person(place):
    wanted = needles(place.day)
    told = 0
    with place.services.database.transaction() as tx:
        for order in place.day.orders:
            order_id = find_order_id(tx, order.order_no)
            if order_id is not None:
                story = read_story(tx, order_id)
                for language in ("zh", "en"):
                    text = "\n".join(Teller(story, language).tell())
                    assert not found_in(text.encode(), wanted), order.order_no
                    told += 1
    assert told > 60


def test_explain_on_the_command_line_names_nobody(place):
    order = next(order for order in place.day.orders if order.shop == "TB-PUSH")
    variables = environment(place.settings, place.installation.app_url)
    command = [sys.executable, "-m", "paidan.entrypoints.cli", "explain", order.order_no]
    done = subprocess.run(command, env=variables, capture_output=True, check=False)  # noqa: S603 - our own interpreter and module
    assert done.returncode == 0, done.stderr.decode()
    assert not found_in(done.stdout + done.stderr, needles(place.day))


def pages(place, path, key):
    """Every page of a list."""
    cursor = ""
    while True:
        address = f"{place.town.paidan_url}/api/v1/{path}?limit=100" + (f"&cursor={quote(cursor)}" if cursor else "")
        body = fetch(address, key)
        yield body
        cursor = json.loads(body).get("next") or "" if body.startswith(b"{") else ""
        if not cursor:
            return


def fetch(address, key):
    request = urllib.request.Request(address, headers={"authorization": f"Bearer {key}"})  # noqa: S310 - our own loopback address
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310 - as above
            return answer.read()
    except urllib.error.HTTPError as error:
        if error.code in {400, 422}:  # a list that takes no `limit`
            return fetch(address.partition("?")[0], key) if "?" in address else error.read()
        raise


def message_ids(place):
    """All messages of the platform that names people, and every tenth of the others."""
    ours = "SELECT id FROM message WHERE counterpart = %s OR id %% 10 = 0 ORDER BY id"
    with place.services.database.transaction() as tx:
        return [row[0] for row in tx.execute(ours, (f"shop:{CLEAR_SHOPS[0]}",))]


def test_no_list_and_no_message_of_the_api_shows_a_person(place):
    wanted = needles(place.day)
    with place.services.database.transaction() as tx:
        _, key = make_key(tx, place.services.ids, place.services.sealer, name="scan", scopes=[Scope.ADMIN], now=place.services.clock.now())
    for path in LISTS:
        for body in pages(place, path, key):
            assert not found_in(body, wanted), path
    messages = message_ids(place)
    assert len(messages) > 100
    for message_id in messages:
        body = fetch(f"{place.town.paidan_url}/api/v1/messages/{message_id}", key)
        assert not found_in(body, wanted), message_id
    metrics = urllib.request.urlopen(f"{place.town.paidan_url}/metrics", timeout=20).read()  # noqa: S310 - our own loopback address
    assert not found_in(metrics, wanted)


def test_an_import_says_what_is_wrong_without_naming_anybody(place):
    """The file of bad rows is handed back to who sent it, and kept nowhere; the reasons and the log name nobody."""
    shop = ShopRow(code="BY-FILE", name="By file", platform="direct", doors=())
    with place.services.database.transaction() as tx:
        write_shops(tx, place.services.ids, [shop], place.services.clock.now(), sealer=place.services.sealer)
    receiver = next(order.receiver for order in place.day.orders if order.shop in CLEAR_SHOPS)
    names = ("order_no", "placed_at", "name", "phone", "province", "city", "detail", "merchant_code", "quantity", "price")
    zh = {column.field: column.zh[0] for column in COLUMNS}
    header = ",".join(zh[name] for name in names if name in zh)
    cells = {"order_no": "1", "placed_at": "yesterday", "name": receiver.name, "phone": receiver.phone, "province": receiver.name}
    cells |= {"city": receiver.city, "detail": receiver.detail, "merchant_code": "NO-SUCH", "quantity": receiver.phone, "price": receiver.name}
    row = ",".join(f'"{cells[name]}"' for name in names if name in zh)
    report = import_file(place.services, "orders", f"{header}\n{row}\n".encode(), shop="BY-FILE")
    assert report.rejected == 1
    wanted = needles(place.day)
    for problem in report.problems:
        assert not found_in(f"{problem.field} {problem.reason} {problem.detail}".encode(), wanted), problem.field
    assert found_in(b"".join(unzipped(report.error_file)), wanted), "the sender gets his own row back"


def unzipped(workbook):
    with zipfile.ZipFile(io.BytesIO(workbook)) as folder:
        return [folder.read(name) for name in folder.namelist()]
