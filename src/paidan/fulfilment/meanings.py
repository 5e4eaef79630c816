"""What a warehouse's words mean for us: the defaults of the adapter, changed by the rows operators have written (state_translation)."""

from collections.abc import Mapping
from typing import Final

from paidan.counterparts.kuaidi100.translate import PARCEL_STATE_BY_CODE
from paidan.counterparts.qimen.translate import DELIVERY_STATUS, PROCESS_STATUS, StatusRow, next_state, rows_of
from paidan.fulfilment.load import AT_WAREHOUSE
from paidan.kernel.states import FulfilmentState as F
from paidan.kernel.states import ParcelState
from paidan.network.load import Network

MASK: Final = "mask"
# From where a move that an operator has chosen is taken: never backwards, never out of an end.
_ONLY_FROM: Final[Mapping[F, tuple[int, ...]]] = {
    F.ACCEPTED: (F.RELEASED,),
    F.REJECTED: tuple(AT_WAREHOUSE),
    F.CANCELLED: tuple(AT_WAREHOUSE),
    F.DELIVERED: (F.SHIPPED,),
}


class Meanings:
    """The words of both protocols at one version of the network."""

    def __init__(self, network: Network) -> None:
        self.version = network.version
        self.process = _rows(network, "process_status", rows_of(PROCESS_STATUS))
        self.delivery = _rows(network, "order_status", rows_of(DELIVERY_STATUS))
        self.masked = _masked(network, "qimen", "process_status")
        self.tracking = _tracking(network)
        self.tracking_masked = _masked(network, "kuaidi100", "tracking")


def told_state(rows: Mapping[str, StatusRow], code: str, state: int) -> int | None:
    """The state a word tells of a fulfilment in this one; None: nothing to move. What cancels an order cancels the rest of one shipped in part."""
    if state == F.PART_SHIPPED and next_state(rows, code, F.ACCEPTED) == F.CANCELLED:
        return F.CANCELLED
    return next_state(rows, code, state)


def _own(network: Network, protocol: str, subject: str) -> dict[str, str]:
    return {code: meaning for (p, s, code), meaning in network.translations.items() if (p, s) == (protocol, subject)}


def _rows(network: Network, subject: str, defaults: dict[str, StatusRow]) -> dict[str, StatusRow]:
    rows = dict(defaults)
    for code, meaning in _own(network, "qimen", subject).items():
        state = F.__members__.get(meaning.upper())
        moves_to, only_from = (int(state), _ONLY_FROM.get(state, ())) if state is not None else (0, ())
        rows[code.upper()] = StatusRow(protocol=subject, code=code.upper(), moves_to=moves_to, only_from=only_from, zh="", en="")
    return rows


def _masked(network: Network, protocol: str, subject: str) -> frozenset[str]:
    """Codes that are shown to nobody."""
    return frozenset(code.upper() for code, meaning in _own(network, protocol, subject).items() if meaning == MASK)


def _tracking(network: Network) -> dict[str, ParcelState]:
    states = dict(PARCEL_STATE_BY_CODE)
    for code, meaning in _own(network, "kuaidi100", "tracking").items():
        state = ParcelState.__members__.get(meaning.upper())
        states.pop(code, None)
        if state is not None:
            states[code] = state
    return states
