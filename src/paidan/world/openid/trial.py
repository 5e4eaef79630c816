"""The pretend provider by itself, for trying sign-ins by hand: `python -m paidan.world.host paidan.world.openid.trial:setup`."""

from datetime import UTC, datetime
from typing import Any, Final

from paidan.world.host import HostSetup
from paidan.world.openid.provider import Member, OpenIdProvider

PORT: Final = 8351
MEMBERS: Final = (
    Member(subject="1001", claims={"preferred_username": "li.na", "name": "李娜", "groups": ["oms-clerks"]}),
    Member(subject="1002", claims={"preferred_username": "wang.wei", "name": "王伟", "groups": ["oms-admins"]}),
    Member(subject="1003", claims={"preferred_username": "zhao", "name": "Zhao (in no group)", "groups": []}),
)


def setup(config: dict[str, Any]) -> HostSetup:
    """Reads `client_id`, `client_secret`, `redirect_uris` and `port`; none is needed beside `./paidan up` as it comes."""
    provider = OpenIdProvider(
        client_id=config.get("client_id", "paidan"),
        client_secret=config.get("client_secret", "for-trials-only"),
        redirect_uris=config.get("redirect_uris", ["http://127.0.0.1:8350/api/v1/sign-in/provider/back"]),
        members=list(MEMBERS),
    )
    return HostSetup(simulators=[provider], start_at=datetime.now(UTC), ports={provider.name: config.get("port", PORT)})
