"""What our readers find in a message (映射), beside the message as it came. Read now, by today's readers; nothing is written."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec
from msgspec import Struct

from paidan.channels.registry import CHANNELS
from paidan.counterparts.forms import read_form
from paidan.counterparts.kuaidi100.push import read_param
from paidan.counterparts.qimen.parse import REPORTS, parse_report
from paidan.entrypoints.api.masking import masked
from paidan.fulfilment.door import PUSH
from paidan.fulfilment.links import CARRIER, WMS
from paidan.intake.landing import ORDERS
from paidan.intake.load import SHOP
from paidan.kernel.errors import BadInput
from paidan.kernel.reasons import Reason, words
from paidan.runtime.messages import IN, StoredMessage
from paidan.runtime.strict_json import SIZE_MAX

Read = Callable[[bytes], Any]

BEYOND: Final = "extend_props"
CODECS: Final[Mapping[str, Read]] = {platform: channel.codec.parse for platform, channel in CHANNELS.items()}


class ReadAs(Struct, frozen=True, kw_only=True):
    """`facts`: what was read, personal data hidden; null where `reason` says why it can't be read, and `place` where."""

    facts: Any = None
    reason: Reason | None = None
    text: str = ""
    place: str = ""


def mapping_of(message: StoredMessage, platform: str, language: str) -> ReadAs | None:
    """What our reader makes of the message; `platform` is that of the shop it came from ("" for any other). None: it is not for a reader."""
    read = _reader(message, platform)
    if read is None:
        return None
    try:
        facts = _known(msgspec.to_builtins(read(message.body)))
    except BadInput as bad:
        return ReadAs(reason=bad.reason, text=words(bad.reason, language), place=bad.detail)
    return ReadAs(facts=json.loads(masked(json.dumps(facts, ensure_ascii=False).encode())))


def _known(facts: Any) -> Any:
    """Without what a counterpart says beyond its protocol: such fields have no names by which anything personal could be told."""
    if isinstance(facts, dict):
        return {name: _known(value) for name, value in facts.items() if name != BEYOND}
    return [_known(value) for value in facts] if isinstance(facts, list | tuple) else facts


def _reader(message: StoredMessage, platform: str) -> Read | None:
    if message.direction != IN:
        return None
    if message.counterpart.startswith(SHOP):
        return CODECS.get(platform) if message.kind == ORDERS.kind else None
    if message.counterpart.startswith(WMS):
        return (lambda body: parse_report(message.kind, body)) if message.kind in REPORTS else None
    if message.counterpart.startswith(CARRIER) and message.kind == PUSH:
        return lambda body: read_param(read_form(body, SIZE_MAX).get("param", ""))
    return None
