"""The command line: `paidan demo`, `up`, `check`, `explain`, `import`, `key`, `password`, `doctor` and more. Each says what it did and what next."""

import ast
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import App, Parameter
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from paidan import __version__
from paidan.entrypoints.serving import PROCESSES
from paidan.kernel.errors import BadInput, PaidanError, SetupError
from paidan.kernel.reasons import WORDS
from paidan.runtime.settings import Settings, read_settings

if TYPE_CHECKING:
    from paidan.runtime.migrations import Migrated

app = App(
    name="paidan",
    version=__version__,
    help="Paidan (派单): from the paid order to the parcel at the door. 从付款订单到送达包裹的订单管理系统。",
)
console = Console()

Language = Literal["zh", "en"]


@app.command
def demo(
    *,
    orders: Annotated[int, Parameter(help="How many orders the day has.")] = 2000,
    seed: Annotated[int, Parameter(help="The same seed is the same day.")] = 1,
    headless: Annotated[bool, Parameter(help="End when the day is over, instead of staying up.")] = False,
    check: Annotated[bool, Parameter(help="Exit with 1 when anything disagrees.")] = False,
    json: Annotated[Path | None, Parameter(help="Write the figures as JSON to this file.")] = None,
    compare: Annotated[bool, Parameter(help="Play the scarce goods' orders again beside, with stock pushes 60 s late, for comparison.")] = True,
    short: Annotated[float, Parameter(help="Share of SKUs made scarce.")] = 0.02,
) -> int:
    """Trade a real day against a simulated world: platforms, warehouses, carriers (演示).

    Sets everything up by itself: an embedded PostgreSQL, the simulators, the doors. Nothing outside this machine is called.
    """
    from paidan.entrypoints.demo.show import run_demo

    return run_demo(_settings(), orders=orders, seed=seed, headless=headless, check=check, json_file=json, compare=compare, short_share=short)


@app.command
def up(
    *,
    host: str = "127.0.0.1",
    port: int = 8350,
    workers: Annotated[int, Parameter(help="Processes that take orders through, and call platforms, warehouses and carriers.")] = 1,
    api_processes: Annotated[int, Parameter(help="Processes that answer the console and the API.")] = PROCESSES,
    simulators: Annotated[bool, Parameter(help="The console's first steps offer simulated platforms, warehouses and carriers (模拟店铺).")] = False,
) -> int:
    """Start Paidan: database, API and workers (启动服务). Stops with Ctrl-C."""
    from paidan.entrypoints.up import run_up

    return run_up(_settings(), host=host, port=port, workers=workers, api_processes=api_processes, simulators=simulators)


@app.command
def check() -> int:
    """Run every invariant; prints what is broken, exits with 1 if anything is (核对)."""
    from paidan.entrypoints.installation import open_installation
    from paidan.runtime.invariants import broken_invariants

    services = open_installation(_settings())
    broken = broken_invariants(services.database)
    for one in broken:
        console.print(f"[red]✗[/] {one.invariant}: {one.says}\n  {one.columns}\n  {one.rows[0]}", highlight=False)
    if not broken:
        console.print("[green]✓[/] all invariants hold")
    services.close()
    return 1 if broken else 0


@app.command
def compare(warehouse: str = "", *, ask: bool = False) -> int:
    """Show where warehouses count other units than we do (库存对账); exits with 1 if any does. `--ask` asks them now: workers bring the answers."""
    from paidan.entrypoints.comparing import ask_warehouses, differing
    from paidan.entrypoints.installation import open_installation

    here = open_installation(_settings())
    if ask:
        asked = ask_warehouses(here, warehouse)
        here.close()
        console.print(f"[green]✓[/] asked: {', '.join(asked)}" if asked else "[red]✗[/] no warehouse to ask, or asked already", highlight=False)
        return 0 if asked else 1
    found = differing(here, warehouse)
    here.close()
    for one in found:
        console.print(f"[red]✗[/] {one.warehouse_code} {one.sku_code} grade {one.grade}: they say {one.theirs}, we say {one.ours}", highlight=False)
    if not found:
        console.print("[green]✓[/] warehouse counts differing: 0")
    return 1 if found else 0


@app.command
def explain(number: str, *, language: Annotated[Language, Parameter(name=["--language", "-l"])] = "zh") -> int:
    """Tell the whole story of one order: by our number, the platform's, or a fulfilment's (解释)."""
    from paidan.entrypoints.installation import open_installation
    from paidan.orders.story import Teller, find_order_id, read_story

    services = open_installation(_settings())
    with services.database.transaction() as tx:
        order_id = find_order_id(tx, number)
        story = read_story(tx, order_id) if order_id is not None else None
    services.close()
    if story is None:
        console.print(f"[red]✗[/] {number}: 没有这张订单 / there is no such order", highlight=False)
        return 1
    for line in Teller(story, language, services.settings.currency).tell():
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    return 0


@app.command(name="import")
def import_(kind: str, file: Path, *, shop: str = "") -> int:
    """Import master data or orders from Excel or CSV; bad rows come back in a file with a reason column (导入)."""
    from paidan.entrypoints.importing import run_import

    return run_import(_settings(), kind, file, shop, console)


@app.command
def key(name: str, *, scope: Literal["read", "write", "admin"] = "write") -> int:
    """Make an API key (密钥). It is shown once and cannot be read again."""
    from paidan.entrypoints.api.keys import make_key
    from paidan.entrypoints.installation import open_installation

    services = open_installation(_settings())
    with services.database.transaction() as tx:
        _, secret = make_key(tx, services.ids, services.sealer, name=name, scopes=[scope], now=services.clock.now())
    services.close()
    console.print(f"[green]✓[/] {name} ({scope}); shown once:", highlight=False)
    console.print(secret, markup=False, highlight=False, soft_wrap=True)
    return 0


@app.command
def password(name: str = "admin") -> int:
    """Give somebody a new password, drawn by lot and shown once (重设密码). Every session of his ends."""
    from paidan.entrypoints.api.people.passwords import drawn
    from paidan.entrypoints.api.people.sessions import queries
    from paidan.entrypoints.api.people.store import set_password, signs_in_by_password
    from paidan.entrypoints.installation import open_installation

    settings = _settings()
    services = open_installation(settings)
    secret = drawn()
    with services.database.transaction() as tx:
        row = tx.execute(queries.find_by_name, {"name": name}).fetchone()
        if row is not None:
            set_password(tx, row[0], secret, must_change=True)
    services.close()
    if row is None:
        console.print(f"[red]✗[/] {name}: 没有这个用户 / there is nobody of this name", highlight=False)
        return 1
    console.print(f"[green]✓[/] {name}; shown once:", highlight=False)
    console.print(secret, markup=False, highlight=False, soft_wrap=True)
    if not signs_in_by_password(name, is_for_all=settings.password_sign_in):
        console.print("PAIDAN_PASSWORD_SIGN_IN is off: it counts when that is on again (密码登录已关闭，开启后才有效)", highlight=False)
    return 0


@app.command
def sourcing(policy: Annotated[str, Parameter(help="JSON; without it the policy in force is shown.")] = "") -> int:
    """Show or set how warehouses are chosen (分仓策略): `paidan sourcing '{"aim": "nearest", "split_cap": 2}'`."""
    import msgspec

    from paidan.entrypoints.installation import open_installation
    from paidan.sourcing.store import read_policy, write_policy

    services = open_installation(_settings())
    with services.database.transaction() as tx:
        found = write_policy(tx, policy.encode()) if policy else read_policy(tx)
    services.close()
    console.print(msgspec.json.encode(found).decode(), markup=False, highlight=False)
    return 0


@app.command
def migrate(*, merchant: str = "") -> int:
    """Bring the tables of one merchant, or of all, to this version (升级)."""
    from paidan.entrypoints.installation import install
    from paidan.runtime.migrations import migrate_all

    names = [plain_word(merchant)] if merchant else None
    return tell_migrated(migrate_all(install(_settings()).owner_url, names))


def plain_word(merchant: str) -> str:
    """A merchant's name as it was typed. Raises SetupError when none can have it."""
    from paidan.runtime.database import schema_of

    try:
        schema_of(merchant)
    except ValueError as error:
        raise SetupError(str(error)) from error
    return merchant


def tell_migrated(done: "Sequence[Migrated]") -> int:
    """A line for each merchant; 1 when one of them was stopped, so that a script does not go on."""
    for one in done:
        if one.trouble:
            console.print(f"[red]✗[/] {one.merchant}: {one.after}: {escape(one.trouble)}", highlight=False, soft_wrap=True)
        else:
            console.print(f"[green]✓[/] {one.merchant}: {one.before} → {one.after}", highlight=False)
    return 1 if any(one.trouble for one in done) else 0


@app.command
def doctor() -> int:
    """Look at this installation and say what should be mended (检查)."""
    from paidan.entrypoints.doctor import examine

    bad = 0
    for finding in examine(_settings()):
        mark = "[green]✓[/]" if finding.is_good else "[red]✗[/]"
        bad += not finding.is_good
        console.print(f"{mark} {finding.text}" + (f"\n  → {finding.advice}" if finding.advice else ""), highlight=False)
    return 1 if bad else 0


@app.command
def pictures(
    folder: Path,
    *,
    url: Annotated[str, Parameter(help="A console that runs, as the demo tells it; its administrator's password is PAIDAN_ADMIN_PASSWORD.")] = "",
    pages: Annotated[str, Parameter(help="Only these pages, by commas: orders,order,stock.")] = "",
    looks: Annotated[str, Parameter(help="Only these, by commas: 1440-zh-light,390-en-dark.")] = "",
) -> int:
    """Make a picture of every page of the console and of its common states, both languages, wide and narrow, light and dark (截图). Needs Chromium.

    Without `--url` a small day is played for it.
    """
    from paidan.entrypoints.pictures import take_pictures

    return take_pictures(_settings(), folder, url=url, pages=[*filter(None, pages.split(","))], looks=[*filter(None, looks.split(","))])


@app.command(help_flags=[])
def bench(name: Annotated[str, Parameter(allow_leading_hyphen=True)] = "", *arguments: Annotated[str, Parameter(allow_leading_hyphen=True)]) -> int:
    """Measure (基准): `bench` lists what there is; `bench NAME --help` tells what it takes. Needs a clone of the repository."""
    folder = Path(__file__).resolve().parents[3] / "bench"
    found = {file.stem.rstrip("_").replace("_", "-"): file for file in sorted(folder.glob("*.py")) if "__main__" in file.read_text(encoding="utf-8")}
    if name in found:
        return subprocess.run([sys.executable, str(found[name]), *arguments], check=False).returncode  # noqa: S603 - our own file
    is_asking = name in {"", "-h", "--help"}
    if not is_asking:
        console.print(f"[red]✗[/] {name}: no such bench", highlight=False)
    table = Table.grid(padding=(0, 2))
    for each, file in found.items():
        table.add_row(each, (ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or "").split("\n", 1)[0])
    console.print(table)
    console.print(
        "./paidan bench NAME --help tells what it takes" if found else "There are none here: they come with a clone of the repository.",
        highlight=False,
    )
    return 0 if is_asking else 2


def _settings() -> Settings:
    return read_settings()


def in_words(error: PaidanError) -> str:
    """What the trouble is, as people read it: a reason in both languages, with its place."""
    if not isinstance(error, BadInput):
        return str(error)
    words = WORDS[error.reason]
    told = f"{words.zh} / {words.en}"
    return f"{error.detail}: {told}" if error.detail else told


def main() -> None:
    """Entry point. Operating trouble is told in one line that names the next step; anything else is our mistake and shows itself whole."""
    try:
        code = app(sys.argv[1:], result_action="return_value")
    except PaidanError as error:
        console.print(f"[red]✗[/] {escape(in_words(error))}", highlight=False)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
