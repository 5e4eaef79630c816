"""What a schema is, as data, so that two of them can be compared: current.sql and the migrations, an installation and what it should be."""

from paidan.runtime.database import Tx
from paidan.runtime.queries import load_queries

queries = load_queries("paidan.runtime", "fingerprint.sql")


def catalog_fingerprint(tx: Tx, schema: str) -> dict[str, str]:
    """`kind name` → definition, for columns, types, defaults, constraints, indexes, triggers, functions, views, sequences, grants, comments.

    The schema's own name is taken out, so that equal schemas of different merchants are equal. Column order does not count.
    """
    rows = tx.execute(queries.catalog_objects, {"schema": schema})
    return {_anonymous(f"{kind} {name}", schema): _anonymous(definition, schema) for kind, name, definition in rows}


def differences(one: dict[str, str], other: dict[str, str]) -> list[str]:
    """What differs, one line each, ready to print."""
    return [
        f"{name}: {one.get(name, 'missing')}  |  {other.get(name, 'missing')}" for name in sorted(one | other) if one.get(name) != other.get(name)
    ]


def _anonymous(text: str, schema: str) -> str:
    return text.replace(f"{schema}.", "").replace(schema, "<merchant>")
