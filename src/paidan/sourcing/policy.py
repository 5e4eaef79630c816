"""How the merchant wants orders sourced. Defaults work untouched."""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct


class Aim(StrEnum):
    """What the best warehouse is."""

    CHEAPEST = "cheapest"
    NEAREST = "nearest"


class SourcingPolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Version 0 is the default that ships with Paidan."""

    version: int = 0
    aim: Aim = Aim.CHEAPEST
    split_cap: Annotated[int, Meta(ge=1, le=20)] = 3  # parcels one order may become
    split_penalty_minor: Annotated[int, Meta(ge=0, le=100_000_000)] = (
        500  # what a further parcel costs beyond its freight: packing, patience, another ring at the door
    )
    may_split: bool = True


DEFAULT_POLICY = SourcingPolicy()
