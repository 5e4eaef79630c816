"""The platforms Paidan knows. A new one: a folder beside this file, and a line here."""

from typing import Final

from paidan.channels.direct import orders as direct
from paidan.channels.platform import Channel
from paidan.channels.sheet import orders as sheet
from paidan.channels.shopify import channel as shopify
from paidan.channels.taobao import channel as taobao
from paidan.kernel.errors import SetupError

CHANNELS: Final[dict[str, Channel]] = {
    "taobao": taobao.CHANNEL,
    "shopify": shopify.CHANNEL,
    "direct": direct.CHANNEL,
    "sheet": sheet.CHANNEL,
}


def channel_of(platform: str) -> Channel:
    """The adapter of a platform. Raises SetupError."""
    try:
        return CHANNELS[platform]
    except KeyError:
        raise SetupError(f"no platform is called {platform!r}; known: {', '.join(CHANNELS)}") from None
