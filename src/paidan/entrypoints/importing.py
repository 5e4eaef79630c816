"""`paidan import`: a file in, a line of figures out, and the bad rows in a file beside it."""

from pathlib import Path

from rich.console import Console

from paidan.entrypoints.imports.run import FILE_KINDS, import_file, template_of
from paidan.entrypoints.installation import open_installation
from paidan.kernel.errors import BadInput
from paidan.kernel.reasons import next_step, words
from paidan.runtime.settings import Settings


def run_import(settings: Settings, kind: str, file: Path, shop: str, console: Console) -> int:
    """Import the file; 0 when every row was taken, 1 when some came back, 2 when none could be read."""
    if kind not in FILE_KINDS:
        console.print(f"[red]✗[/] {kind}: one of {', '.join(FILE_KINDS)}", highlight=False)
        return 2
    if not file.exists():
        file.write_bytes(template_of(kind))
        console.print(f"There was no {file}: an empty template of the kind {kind} was written there. Fill it in and run this again.", highlight=False)
        return 2
    services = open_installation(settings)
    try:
        report = import_file(services, kind, file.read_bytes(), shop=shop, actor="user:cli")
    except BadInput as bad:
        console.print(f"[red]✗[/] {file.name}: {words(bad.reason, 'zh')} / {words(bad.reason, 'en')} {bad.detail}", highlight=False)
        console.print(f"  → {next_step(bad.reason, 'zh')} / {next_step(bad.reason, 'en')}", highlight=False)
        return 2
    finally:
        services.close()
    console.print(f"[green]✓[/] {report.accepted} rows taken, {report.rejected} refused", highlight=False)
    if report.rejected:
        errors = file.with_name(f"{file.stem}-errors.xlsx")
        errors.write_bytes(report.error_file)
        console.print(f"  the refused rows, each with its reason: {errors}", highlight=False)
    return 1 if report.rejected else 0
