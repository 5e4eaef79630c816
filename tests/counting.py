"""Counts the statements of a transaction: constant counts are a promise of ours."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from paidan.runtime.database import Tx


@contextmanager
def counted(tx: Tx) -> Iterator[list[str]]:
    """Every statement run through `execute` of this connection, COPY excepted."""
    statements: list[str] = []
    real = tx.execute

    def execute(statement: Any, *more: Any, **named: Any) -> Any:
        statements.append(str(statement))
        return real(statement, *more, **named)

    tx.execute = execute  # type: ignore[method-assign]  # an instance's own, taken off below
    try:
        yield statements
    finally:
        del tx.execute
