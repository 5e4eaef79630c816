"""What an audit refuses and somebody with the right may force."""

from typing import Final

from paidan.audit.checks import SYSTEM_REASONS
from paidan.audit.rules import HOLDABLE
from paidan.entrypoints.api.jobs.parameters import Action
from paidan.kernel.reasons import Reason
from paidan.orders.commands import AUDITORS_MAY, NEVER_FORCED

FORCEABLE: Final = (SYSTEM_REASONS | HOLDABLE | {Reason.OVER_SHIPPED}) - AUDITORS_MAY - NEVER_FORCED
"""Reasons of holds that an auditor's word does not lift: facts, which force overrides. What a person has stopped is none of them."""


def is_forceable(action: str, reason: str) -> bool:
    """Whether an order that this action has refused may be released by force."""
    return action == Action.AUDIT and reason in FORCEABLE
