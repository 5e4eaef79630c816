"""What sign-ins by the provider work with: made once for an API process, from the settings."""

from msgspec import Struct

from paidan.entrypoints.api.people.openid.configuration import Provider, read_provider
from paidan.entrypoints.api.people.openid.published import Calls, Published
from paidan.kernel.clock import Clock
from paidan.runtime.clocks import SystemClock
from paidan.runtime.http import HttpCaller
from paidan.runtime.settings import Settings


class ProviderDoor(Struct, frozen=True, kw_only=True):
    """The provider, the way to him, what he publishes, and the clock his tokens go by: the real one, for people live in real time."""

    provider: Provider
    calls: Calls
    published: Published
    clock: Clock
    timeout_s: float


def open_door(settings: Settings, *, calls: Calls | None = None, clock: Clock | None = None) -> ProviderDoor | None:
    """The door; None when no provider is configured. Raises SetupError for a configuration that can't work.

    A provider in the merchant's own network, and one without TLS, is called only where the settings allow loopback.
    """
    provider = read_provider(settings)
    if provider is None:
        return None
    calls = calls or HttpCaller(allow_loopback=settings.allow_loopback, pool_size=4, timeout_s_max=settings.call_timeout_s)
    published = Published(provider.issuer, calls, timeout_s=settings.call_timeout_s)
    return ProviderDoor(provider=provider, calls=calls, published=published, clock=clock or SystemClock(), timeout_s=settings.call_timeout_s)
