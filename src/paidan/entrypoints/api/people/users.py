"""People, roles and rights, for those who may change them; nobody with a limited view may."""

from datetime import datetime
from typing import Annotated, Literal

from litestar import Response, Router
from litestar.params import JSONBody
from msgspec import Meta, Struct

from paidan.entrypoints.api.guard import SIGNED_IN, needs
from paidan.entrypoints.api.idempotency import IdempotencyKey, Post
from paidan.entrypoints.api.lists import sorts
from paidan.entrypoints.api.lists.sorting import SortedBy, find
from paidan.entrypoints.api.pages import Cursor, Limit, Page, RecordId, as_views
from paidan.entrypoints.api.people.openid.store import await_link, unlink
from paidan.entrypoints.api.people.passwords import LENGTH_MAX
from paidan.entrypoints.api.people.rights import RIGHT_WORDS, Right
from paidan.entrypoints.api.people.sessions import queries
from paidan.entrypoints.api.people.store import PersonChange, add_person, change_person, change_role, set_password, signs_in_by_password
from paidan.entrypoints.api.problems import Refused, invalid
from paidan.entrypoints.api.services import Given, HandlerContext
from paidan.entrypoints.api.verbs import delete, get, post, put
from paidan.entrypoints.api.versions import IfMatch, etag, seen
from paidan.kernel.reasons import Reason
from paidan.runtime.database import Tx

PEOPLE = needs(Right.PEOPLE, everywhere=True)
Code = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[^\x00]*$")]
Codes = Annotated[tuple[Code, ...], Meta(max_length=1_000)]
Title = Annotated[str, Meta(max_length=80, pattern=r"^[^\x00]*$")]
NewPassword = Annotated[str, Meta(max_length=LENGTH_MAX, description="Empty: none yet")]


class UserBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person is and may see; `shops` and `warehouses` by code, null: all of them."""

    title: Title = ""
    language: Literal["zh", "en"] = "zh"
    roles: Codes = ()
    shops: Codes | None = None
    warehouses: Codes | None = None
    is_active: bool = True


class NewUserBody(UserBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new person; he is asked to change the password that you give."""

    name: Annotated[str, Meta(pattern=r"^[^\s\x00:|/]{1,40}$", description="How he signs in; told in timelines as user:<name>")]
    password: NewPassword = ""
    awaits_provider: Annotated[bool, Meta(description="The provider's next person of this name is he")] = False


class UserPasswordBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A password for somebody who has forgotten his."""

    password: Annotated[str, Meta(max_length=LENGTH_MAX)]


class UserView(Struct, frozen=True, kw_only=True):
    """A person. `provider`: whether the provider vouches for him (linked), will at his first sign-in (awaited), or does not (none)."""

    id: str
    version: int
    name: str
    title: str
    language: str
    is_active: bool
    must_change_password: bool
    has_password: bool
    provider: Literal["none", "awaited", "linked"]
    created_at: datetime
    signed_in_at: datetime | None
    roles: tuple[str, ...]
    shops: tuple[str, ...] | None
    warehouses: tuple[str, ...] | None


class RoleBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A name for some rights."""

    code: Annotated[str, Meta(pattern=r"^[a-z0-9_-]{1,40}$")]
    name: Title = ""
    rights: Annotated[tuple[Right, ...], Meta(max_length=100)] = ()


class RoleView(Struct, frozen=True, kw_only=True):
    """A role, and how many people have it."""

    id: str
    version: int
    code: str
    name: str
    rights: tuple[str, ...]
    people: int


class RightView(Struct, frozen=True, kw_only=True):
    """A right, in words."""

    code: Right
    zh: str
    en: str


@get("/users", opt=PEOPLE, sync_to_thread=True, summary="List people", tags=["people"])
def get_users(services: Given, sort_by: SortedBy = "", cursor: Cursor = "", limit: Limit = 50) -> Page[UserView]:
    """Everybody, active or not."""
    with services.database.transaction() as tx:
        found = find(tx, sorts.USERS, sort_by, cursor, limit, {"id": None, "issuer": services.settings.oidc_issuer})
    return found.page(as_views(UserView, found.rows))


def _one(services: HandlerContext, tx: Tx, person_id: int) -> UserView:
    named = {"id": person_id, "after": -1, "limit": 1, "issuer": services.settings.oidc_issuer}
    found = as_views(UserView, tx.execute(queries.list_people, named))
    if not found:
        raise Refused(Reason.NOT_FOUND)
    return found[0]


@post("/users", opt=PEOPLE, status_code=201, sync_to_thread=True, summary="Add a person", tags=["people"])
def post_user(services: Given, once: Post, data: JSONBody[NewUserBody], idempotency_key: IdempotencyKey = "") -> Response[UserView]:
    """With roles, and what he may see."""
    del idempotency_key
    if data.password and not signs_in_by_password(data.name, is_for_all=services.settings.password_sign_in):
        raise invalid("password", Reason.PASSWORD_SIGN_IN_OFF)

    def work(tx: Tx) -> UserView:
        person_id = add_person(tx, services.ids, data.name, data.password, _told(data), once.now)
        if data.awaits_provider:
            _await(services, tx, person_id)
        return _one(services, tx, person_id)

    return once.answer(work, status=201)


@put("/users/{person_id:int}", opt=PEOPLE, sync_to_thread=True, summary="Change a person", tags=["people"])
def put_user(services: Given, person_id: RecordId, data: JSONBody[UserBody], if_match: IfMatch = "") -> Response[UserView]:
    """Whole; the name stays, for timelines know it. Whoever is not active any more is signed out everywhere."""
    version = seen(if_match)
    with services.database.transaction() as tx:
        change_person(tx, person_id, _told(data), version)
        changed = _one(services, tx, person_id)
    return Response(content=changed, headers=etag(changed.version))


def _told(data: UserBody) -> PersonChange:
    return PersonChange(
        title=data.title, language=data.language, roles=data.roles, shops=data.shops, warehouses=data.warehouses, is_active=data.is_active
    )


@post("/users/{person_id:int}/password", opt=PEOPLE, status_code=204, sync_to_thread=True, summary="Set somebody's password", tags=["people"])
def post_user_password(services: Given, person_id: RecordId, data: JSONBody[UserPasswordBody]) -> None:
    """He is signed out everywhere and asked to change it."""
    with services.database.transaction() as tx:
        person = _one(services, tx, person_id)
        if not signs_in_by_password(person.name, is_for_all=services.settings.password_sign_in):
            raise Refused(Reason.PASSWORD_SIGN_IN_OFF)
        set_password(tx, person_id, data.password, must_change=True)


@post(
    "/users/{person_id:int}/provider",
    opt=PEOPLE,
    status_code=204,
    sync_to_thread=True,
    summary="Let somebody sign in by the provider",
    tags=["people"],
)
def post_user_provider(services: Given, person_id: RecordId) -> None:
    """The next one who comes from the provider under this name is this person, from then on by the provider's own number for him."""
    with services.database.transaction() as tx:
        _one(services, tx, person_id)
        _await(services, tx, person_id)


def _await(services: HandlerContext, tx: Tx, person_id: int) -> None:
    if services.provider is None:
        raise Refused(Reason.SIGN_IN_PROVIDER_OFF)
    await_link(tx, services.provider.provider, person_id)


@delete(
    "/users/{person_id:int}/provider",
    opt=PEOPLE,
    status_code=204,
    sync_to_thread=True,
    summary="End somebody's sign-in by the provider",
    tags=["people"],
)
def delete_user_provider(services: Given, person_id: RecordId) -> None:
    """He is signed out everywhere; his password, if he has one, goes on."""
    with services.database.transaction() as tx:
        _one(services, tx, person_id)
        unlink(tx, person_id)


@get("/roles", opt=PEOPLE, sync_to_thread=True, summary="List roles", tags=["people"])
def get_roles(services: Given, sort_by: SortedBy = "", cursor: Cursor = "", limit: Limit = 50) -> Page[RoleView]:
    """Roles with their rights."""
    with services.database.transaction() as tx:
        found = find(tx, sorts.ROLES, sort_by, cursor, limit, {"id": None})
    return found.page(as_views(RoleView, found.rows))


def _roles(tx: Tx, role_id: int | None, after: int, limit: int) -> list[RoleView]:
    return as_views(RoleView, tx.execute(queries.list_roles, {"id": role_id, "after": after, "limit": limit}))


@post("/roles", opt=PEOPLE, status_code=201, sync_to_thread=True, summary="Add a role", tags=["people"])
def post_role(services: Given, once: Post, data: JSONBody[RoleBody], idempotency_key: IdempotencyKey = "") -> Response[RoleView]:
    """A name for some rights."""
    del idempotency_key

    def work(tx: Tx) -> RoleView:
        (role_id,) = services.ids.take(1)
        row = {"id": role_id, "code": data.code, "name": data.name, "rights": sorted(set(data.rights))}
        if tx.execute(queries.add_role, row).fetchone() is None:
            raise invalid("code", Reason.DUPLICATE_KEY)
        return _roles(tx, role_id, -1, 1)[0]

    return once.answer(work, status=201)


@put("/roles/{role_id:int}", opt=PEOPLE, sync_to_thread=True, summary="Change a role", tags=["people"])
def put_role(services: Given, role_id: RecordId, data: JSONBody[RoleBody], if_match: IfMatch = "") -> Response[RoleView]:
    """Whole; its code stays. It counts from the next request of those who have it."""
    version = seen(if_match)
    with services.database.transaction() as tx:
        change_role(tx, role_id, data.code, data.name, data.rights, version)
        changed = _roles(tx, role_id, -1, 1)[0]
    return Response(content=changed, headers=etag(changed.version))


@get("/rights", opt=SIGNED_IN, sync_to_thread=False, summary="List rights", tags=["people"])
def get_rights() -> list[RightView]:
    """The closed list of rights, in words."""
    return [RightView(code=right, zh=RIGHT_WORDS[right][0], en=RIGHT_WORDS[right][1]) for right in Right]


ROUTER = Router(
    "/",
    route_handlers=[
        get_users,
        post_user,
        put_user,
        post_user_password,
        post_user_provider,
        delete_user_provider,
        get_roles,
        post_role,
        put_role,
        get_rights,
    ],
)
