"""Whether this installation runs simulators, as `up --simulators` and the console tell each other: one small file in the installation's home."""

import os
from enum import StrEnum
from pathlib import Path
from typing import Final

from paidan.runtime.settings import Settings

FILE: Final = "simulators"


class Simulators(StrEnum):
    """Where they stand. They are connected once: what a run of them knows ends with that run."""

    NONE = "none"  # this installation runs none
    OFFERED = "offered"
    WANTED = "wanted"  # somebody has asked for them
    CONNECTED = "connected"
    ENDED = "ended"  # those that were connected have gone with their process
    FAILED = "failed"  # the log says why


def read_offer(settings: Settings) -> Simulators:
    """Where they stand; a file that says nothing we know: there are none."""
    try:
        return Simulators(_file(settings).read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        return Simulators.NONE


def write_offer(settings: Settings, state: Simulators) -> None:
    """Say where they stand. Whoever reads meanwhile reads the one or the other."""
    made = _file(settings).with_suffix(f".{os.getpid()}")
    made.write_text(state, encoding="ascii")
    made.replace(_file(settings))


def _file(settings: Settings) -> Path:
    return Path(settings.home) / FILE
