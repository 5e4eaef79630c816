"""The merchant's sourcing policy in the table `setting`; what was never set is the default that ships with Paidan."""

import msgspec
from msgspec import structs

from paidan.kernel.errors import BadInput
from paidan.kernel.reasons import Reason
from paidan.runtime.database import Tx
from paidan.runtime.queries import load_queries
from paidan.sourcing.policy import DEFAULT_POLICY, SourcingPolicy

queries = load_queries("paidan.sourcing")


def read_policy(tx: Tx) -> SourcingPolicy:
    """The policy in force; its version is the setting's."""
    row = tx.execute(queries.read_sourcing).fetchone()
    if row is None:
        return DEFAULT_POLICY
    return structs.replace(msgspec.json.decode(row[0], type=SourcingPolicy), version=row[1])


def write_policy(tx: Tx, body: bytes, *, seen: int | None = None) -> SourcingPolicy:
    """Put a policy in force, given as JSON; fields left out keep their default. `seen`: the version it replaces; None: any.

    Raises BadInput for unknown or invalid fields, and VERSION_CONFLICT when another version is in force than was seen.
    """
    try:
        policy = msgspec.json.decode(body, type=SourcingPolicy)
    except msgspec.ValidationError as error:
        raise BadInput(Reason.FIELD_INVALID, str(error)) from error
    except msgspec.DecodeError as error:
        raise BadInput(Reason.BODY_UNREADABLE) from error
    row = tx.execute(queries.write_sourcing, {"value": msgspec.json.encode(policy).decode(), "seen": seen}).fetchone()
    if row is None:
        raise BadInput(Reason.VERSION_CONFLICT)
    tx.execute(queries.raise_rules_version)
    return structs.replace(policy, version=row[0])
