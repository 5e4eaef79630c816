"""Who calls: a person with a session, or an API key. What he may do, and which shops and warehouses he sees."""

from typing import Any

from msgspec import Struct

from paidan.entrypoints.api.people.rights import Right


class Caller(Struct, frozen=True, kw_only=True):
    """Who calls. `name` is told in timelines as `user:<name>`; `shops` and `warehouses` None: he sees all of them."""

    name: str
    rights: frozenset[Right]
    shops: tuple[int, ...] | None = None
    warehouses: tuple[int, ...] | None = None
    key_id: int | None = None
    person_id: int | None = None
    session_id: int | None = None
    title: str = ""
    language: str = "zh"
    csrf: str = ""
    must_change_password: bool = False
    has_password: bool = False

    @property
    def owner(self) -> str:
        """How rows that belong to him name him: `person:<id>` or `key:<id>`."""
        return f"key:{self.key_id}" if self.person_id is None else f"person:{self.person_id}"

    @property
    def actor(self) -> str:
        """How timelines and documents name him."""
        return f"user:{self.name}"

    @property
    def sees_all(self) -> bool:
        """Whether nothing is kept from him by shop or warehouse."""
        return self.shops is None and self.warehouses is None

    @property
    def sees(self) -> dict[str, Any]:
        """Parameters `shops` and `warehouses` of every statement that reads what has a shop or a warehouse."""
        return {"shops": None if self.shops is None else list(self.shops), "warehouses": None if self.warehouses is None else list(self.warehouses)}

    @property
    def shops_seen(self) -> list[int] | None:
        """Shops of which he may read what is of no order (feeds, what it shows). None: all; who is limited to warehouses alone: none."""
        if self.shops is None:
            return None if self.warehouses is None else []
        return list(self.shops)

    def may(self, right: Right) -> bool:
        """Whether he has it."""
        return right in self.rights
