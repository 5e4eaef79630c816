"""Lists of people as files: who may sign in, who saw which receiver, who printed what. Each takes the rights of its page."""

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from paidan.entrypoints.api.exports.book import YES_NO, Cell
from paidan.entrypoints.api.exports.lists import Column, Exported, Key, Reading, by_id, choice
from paidan.entrypoints.api.lists import sorts
from paidan.entrypoints.api.pages import as_views
from paidan.entrypoints.api.people.reveals import RevealView
from paidan.entrypoints.api.people.rights import Right
from paidan.entrypoints.api.people.users import UserView
from paidan.entrypoints.api.prints import PrintView
from paidan.printing.papers import Kind
from paidan.runtime.database import Tx

SEPARATOR: Final = " · "
ALL: Final = {"zh": "全部", "en": "All"}
BY_PASSWORD: Final = {"zh": "密码", "en": "Password"}
BY_NOTHING: Final = {"zh": "尚无", "en": "Nothing yet"}
AWAITED: Final = {"zh": "{}（待首次登录）", "en": "{} (awaited)"}
WHICH: Final = {"in_force": {"zh": "现用", "en": "In force"}, "platform": {"zh": "平台原始", "en": "The platform's"}}
PAPERS: Final = {
    Kind.PICK_LIST: {"zh": "拣货单", "en": "Pick list"},
    Kind.PACKING_LIST: {"zh": "装箱单", "en": "Packing list"},
    Kind.LABEL: {"zh": "面单", "en": "Parcel label"},
}


def _newest(reading: Reading, key: Key | None, limit: int) -> dict[str, Any]:
    """Parameters of a log that runs backwards by id."""
    return {"after": key[0] if key else None, "actor": reading.asked.get("actor") or None, "limit": limit}


def _actor(row: Any, _: str) -> Cell:
    return str(row.actor).removeprefix("user:")


# ------------------------------------------------------------------ people


class Person(Struct, frozen=True, kw_only=True):
    """A person, and what the provider that vouches for some is called."""

    view: UserView
    provider: str

    @property
    def id(self) -> str:
        """Of the person."""
        return self.view.id


def _of(name: str) -> Any:
    return lambda person, _: getattr(person.view, name)


def _scope(name: str) -> Any:
    """Codes of the shops or warehouses that he sees."""

    def show(person: Person, language: str) -> Cell:
        codes = getattr(person.view, name)
        return ALL[language] if codes is None else SEPARATOR.join(codes)

    return show


def _ways(person: Person, language: str) -> Cell:
    """How he signs in, as the page tells it."""
    ways = [BY_PASSWORD[language]] if person.view.has_password else []
    if person.view.provider == "linked":
        ways.append(person.provider)
    if person.view.provider == "awaited":
        ways.append(AWAITED[language].format(person.provider))
    return SEPARATOR.join(ways) or BY_NOTHING[language]


USERS: Final = Exported(
    name="users",
    zh="账号",
    en="People",
    columns=(
        Column(name="name", zh="账号", en="Name", show=_of("name")),
        Column(name="title", zh="姓名", en="Shown as", show=_of("title")),
        Column(name="roles", zh="角色", en="Roles", show=lambda person, _: SEPARATOR.join(person.view.roles)),
        Column(name="shops", zh="可见店铺", en="Shops seen", show=_scope("shops")),
        Column(name="warehouses", zh="可见仓库", en="Warehouses seen", show=_scope("warehouses")),
        Column(name="ways", zh="登录方式", en="Signs in by", show=_ways),
        Column(name="signed_in_at", zh="最近登录", en="Last sign-in", show=_of("signed_in_at")),
        Column(name="is_active", zh="启用", en="Active", show=lambda person, language: YES_NO[language][person.view.is_active]),
    ),
    asks=(),
    select=sorts.USERS.select,
    listed=sorts.USERS,
    named=lambda _, reading, key, limit: {"id": None, "after": key[0] if key else 0, "issuer": reading.issuer, "limit": limit},
    views=lambda cursor, reading: [Person(view=view, provider=reading.provider) for view in as_views(UserView, cursor)],
    key=by_id,
    right=Right.PEOPLE,
    is_everywhere=True,
)

# ------------------------------------------------------------------ what they saw and printed

REVEALS: Final = Exported(
    name="reveals",
    zh="明文查看记录",
    en="Reveals",
    columns=(
        Column(name="at", zh="时间", en="At"),
        Column(name="actor", zh="谁", en="Who", show=_actor),
        Column(name="order", zh="订单", en="Order", of="order_no"),
        Column(name="which", zh="收件信息", en="Receiver", show=lambda row, language: WHICH[row.which][language]),
        Column(name="purpose", zh="用途", en="Purpose"),
        Column(name="address", zh="来源", en="From"),
    ),
    asks=("actor",),
    select=sorts.REVEALS.select,
    listed=sorts.REVEALS,
    named=lambda _, reading, key, limit: _newest(reading, key, limit),
    views=lambda cursor, _: as_views(RevealView, cursor),
    key=by_id,
    right=Right.PEOPLE,
    is_everywhere=True,
)


def _prints(_: Tx, reading: Reading, key: Key | None, limit: int) -> Mapping[str, Any]:
    kind = choice(reading.asked, "kind", tuple(Kind))
    return {**_newest(reading, key, limit), "kind": kind, "order_no": reading.asked.get("order_no") or None, **reading.caller.sees}


PRINTS: Final = Exported(
    name="prints",
    zh="打印记录",
    en="Prints",
    columns=(
        Column(name="at", zh="时间", en="At"),
        Column(name="kind", zh="单据", en="Paper", show=lambda row, language: PAPERS[row.kind][language]),
        Column(name="actor", zh="谁", en="Who", show=_actor),
        Column(name="is_again", zh="重复打印", en="Reprint"),
        Column(name="papers", zh="张数", en="Papers"),
        Column(name="fulfilments", zh="发货单", en="Fulfilments"),
        Column(name="order_nos", zh="订单", en="Orders", show=lambda row, _: SEPARATOR.join(row.order_nos)),
        Column(name="format", zh="格式", en="Format", show=lambda row, _: row.format.upper()),
    ),
    asks=("kind", "actor", "order_no"),
    select=sorts.PRINTS.select,
    listed=sorts.PRINTS,
    named=_prints,
    views=lambda cursor, _: as_views(PrintView, cursor),
    key=by_id,
    right=Right.PRINT,
)

PEOPLE: Final = (USERS, REVEALS, PRINTS)
