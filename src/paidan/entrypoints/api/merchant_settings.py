"""Settings of the merchant over HTTP: how orders are sourced, what flags mean."""

from typing import Annotated

import msgspec
from litestar import Response, Router
from litestar.params import JSONBody
from msgspec import Meta, Struct

from paidan.entrypoints.api.guard import SEE, needs
from paidan.entrypoints.api.people.rights import Right
from paidan.entrypoints.api.problems import Refused
from paidan.entrypoints.api.services import Given
from paidan.entrypoints.api.verbs import get, put
from paidan.entrypoints.api.versions import IfMatch, etag, seen
from paidan.kernel.errors import BadInput
from paidan.kernel.reasons import Reason
from paidan.orders.flags import FlagWords, read_flag_words, write_flag_words
from paidan.sourcing.policy import Aim, SourcingPolicy
from paidan.sourcing.store import read_policy, write_policy


class SourcingBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the best warehouse is, and what may be done to find one. `split_cap`: parcels one order may become; `split_penalty_minor`: what a
    further parcel costs beyond its freight.
    """

    aim: Aim
    may_split: bool
    split_cap: Annotated[int, Meta(ge=1, le=20)]
    split_penalty_minor: Annotated[int, Meta(ge=0, le=100_000_000)]


class SourcingView(SourcingBody, frozen=True, kw_only=True):
    """The setting in force; version 0 is the default that ships with Paidan."""

    version: int


@get("/settings/sourcing", opt=SEE, sync_to_thread=True, summary="Get how orders are sourced")
def get_sourcing(services: Given) -> Response[SourcingView]:
    """The ETag is its version."""
    with services.database.transaction() as tx:
        return _answer(read_policy(tx))


@put("/settings/sourcing", opt=needs(Right.SETTINGS, everywhere=True), sync_to_thread=True, summary="Change how orders are sourced")
def put_sourcing(services: Given, data: JSONBody[SourcingBody], if_match: IfMatch = "") -> Response[SourcingView]:
    """Orders that are sourced from now on go by it; what is planned stays. If-Match names the version you have seen."""
    version = seen(if_match)
    with services.database.transaction() as tx:
        try:
            written = write_policy(tx, msgspec.json.encode(data), seen=version)
        except BadInput as bad:
            if bad.reason != Reason.VERSION_CONFLICT:
                raise
            raise Refused(bad.reason, present=_view(read_policy(tx))) from None
    return _answer(written)


def _view(policy: SourcingPolicy) -> SourcingView:
    return msgspec.convert(policy, SourcingView, from_attributes=True)


def _answer(policy: SourcingPolicy) -> Response[SourcingView]:
    return Response(content=_view(policy), headers=etag(policy.version))


class FlagsView(FlagWords, frozen=True, kw_only=True):
    """The words in force; version 0: they were never set."""

    version: int


@get("/settings/flags", opt=SEE, sync_to_thread=True, summary="Get what flags mean")
def get_flags(services: Given) -> Response[FlagsView]:
    """One word for each of the flags 1 to 5 (red, yellow, green, blue, purple); empty: the colour alone. The ETag is their version."""
    with services.database.transaction() as tx:
        return _flags(*read_flag_words(tx))


@put("/settings/flags", opt=needs(Right.SETTINGS, everywhere=True), sync_to_thread=True, summary="Change what flags mean")
def put_flags(services: Given, data: JSONBody[FlagWords], if_match: IfMatch = "") -> Response[FlagsView]:
    """Orders keep their flags. If-Match names the version you have seen."""
    with services.database.transaction() as tx:
        try:
            version = write_flag_words(tx, data, seen=seen(if_match))
        except BadInput as bad:
            words, now = read_flag_words(tx)
            raise Refused(bad.reason, present=FlagsView(words=words.words, version=now)) from None
    return _flags(data, version)


def _flags(words: FlagWords, version: int) -> Response[FlagsView]:
    return Response(content=FlagsView(words=words.words, version=version), headers=etag(version))


ROUTER = Router("/", route_handlers=[get_sourcing, put_sourcing, get_flags, put_flags], tags=["settings"])
