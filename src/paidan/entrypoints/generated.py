"""Files of the repository that are written from others, never by hand: schema/current.sql, docs/states.md, docs/openapi.json.

`python -m paidan.entrypoints.generated` writes them; a test says when they are behind.
"""

import sys
from collections.abc import Callable, Mapping
from enum import IntEnum
from pathlib import Path

from paidan.kernel.states import INITIAL, MOVES, DocumentState, FulfilmentState, OrderState
from paidan.orders.story_words import FULFILMENT_WORDS, ORDER_WORDS
from paidan.runtime.migrations import schema_folder

REPOSITORY = Path(__file__).resolve().parents[3]
MACHINES: Mapping[str, tuple[str, type[IntEnum], Mapping[int, tuple[str, str]]]] = {
    "order": ("Order (销售订单)", OrderState, ORDER_WORDS),
    "fulfilment": ("Fulfilment (发货单)", FulfilmentState, FULFILMENT_WORDS),
    "document": ("Stock document (单据)", DocumentState, {}),
}
STATES_HEAD = """\
# States and legal moves

Written from `src/paidan/kernel/states.py` by `just generate`. The table `legal_move` holds the same pairs, and the database refuses any other move.
A hold (挂起) is a mark on an order, never a state.
"""


def current_sql() -> str:
    """The whole schema of one merchant: the migrations one after the other, as they run."""
    head = "-- The whole schema of one merchant. Written from schema/migrations/*.sql by `just generate`: change those, not this.\n"
    files = sorted((schema_folder() / "migrations").glob("*.sql"))
    return "\n".join([head, *(file.read_text(encoding="utf-8") for file in files)])


def states_page() -> str:
    """The diagrams of kernel/states.py as a page of Markdown."""
    return "\n".join([STATES_HEAD, *(_section(machine) for machine in MACHINES)])


def _section(machine: str) -> str:
    title, states, words = MACHINES[machine]
    moves = MOVES[machine]
    lines = [
        *(f"{state.name} : {words[state][1]} {words[state][0]}" for state in states if state in words),
        *(f"[*] --> {states(state).name}" for state in sorted(INITIAL[machine])),
        *(f"{states(before).name} --> {states(after).name}" for before, after in sorted(moves)),
        *(f"{state.name} --> [*]" for state in states if state not in {before for before, _ in moves}),
    ]
    return "\n".join([f"## {title}", "", "```mermaid", "stateDiagram-v2", *(f"    {line}" for line in lines), "```", ""])


def openapi_json() -> str:
    """The description of the API, for clients to be made from; no database is asked."""
    from paidan.entrypoints.api.app import create_app
    from paidan.entrypoints.api.documents import described
    from paidan.entrypoints.api.services import HandlerContext
    from paidan.runtime.clocks import SystemClock
    from paidan.runtime.database import Database
    from paidan.runtime.ids import CountingIds
    from paidan.runtime.sealing import Sealer, new_keyring
    from paidan.runtime.settings import Settings

    nowhere = Database("")
    return described(
        create_app(HandlerContext(database=nowhere, ids=CountingIds(), sealer=Sealer(new_keyring()), clock=SystemClock(), settings=Settings()))
    )


PAGES: Mapping[Path, Callable[[], str]] = {
    REPOSITORY / "schema" / "current.sql": current_sql,
    REPOSITORY / "docs" / "states.md": states_page,
    REPOSITORY / "docs" / "openapi.json": openapi_json,
}
"""What tells of each generated file what it must hold."""


def main() -> None:
    """Write what is behind, and say so."""
    for path, written in PAGES.items():
        text = written()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            sys.stdout.write(f"written: {path.relative_to(REPOSITORY)}\n")


if __name__ == "__main__":
    main()
