"""Files of the repository that are written from others, never by hand: schema/current.sql and docs/states.md.

`python -m paidan.entrypoints.generated` writes them; a test says when they are behind.
"""

import inspect
import re
import sys
from collections.abc import Mapping
from enum import IntEnum
from pathlib import Path

from paidan.kernel import states
from paidan.runtime.migrations import schema_folder

REPOSITORY = Path(__file__).resolve().parents[3]
ZH = re.compile(r"^ +([A-Z_]+) = \d+  # ([^\s,:;]*[\u4e00-\u9fff]+)", re.MULTILINE)
MACHINES: Mapping[str, tuple[str, type[IntEnum]]] = {
    "order": ("Order (销售订单)", states.OrderState),
    "fulfilment": ("Fulfilment (发货单)", states.FulfilmentState),
    "document": ("Stock document (单据)", states.DocumentState),
}


def current_sql() -> str:
    """The whole schema of one merchant: the migrations one after the other, as they run."""
    head = "-- The whole schema of one merchant. Written from schema/migrations/*.sql by `just generate`: change those, not this.\n"
    files = sorted((schema_folder() / "migrations").glob("*.sql"))
    return "\n".join([head, *(file.read_text(encoding="utf-8") for file in files)])


def states_page() -> str:
    """The diagrams of kernel/states.py as a page of Markdown."""
    parts = [
        "# States and legal moves",
        "Written from `src/paidan/kernel/states.py` by `just generate`. The table `legal_move` holds the same pairs, and the database refuses any other move."
        "\nA hold (挂起) is a mark on an order, not a state.",
        *(_section(machine) for machine in MACHINES),
    ]
    return "\n\n".join(parts) + "\n"


def _section(machine: str) -> str:
    title, words = MACHINES[machine]
    zh_by_name = dict(ZH.findall(inspect.getsource(words)))
    named = [f"    {state.name} : {state.name.lower()} {zh_by_name.get(state.name, '')}".rstrip() for state in words]
    births = [f"    [*] --> {words(state).name}" for state in sorted(states.INITIAL[machine])]
    moves = [f"    {words(before).name} --> {words(after).name}" for before, after in sorted(states.MOVES[machine])]
    leaving = {before for before, _ in states.MOVES[machine]}
    ends = [f"    {state.name} --> [*]" for state in words if state not in leaving]
    return "\n".join([f"## {title}", "", "```mermaid", "stateDiagram-v2", *named, *births, *moves, *ends, "```"])


def pages() -> dict[Path, str]:
    """What each generated file must hold."""
    return {REPOSITORY / "schema" / "current.sql": current_sql(), REPOSITORY / "docs" / "states.md": states_page()}


def main() -> None:
    """Write what is behind, and say so."""
    for path, text in pages().items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            sys.stdout.write(f"written: {path.relative_to(REPOSITORY)}\n")


if __name__ == "__main__":
    main()
