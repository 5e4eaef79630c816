"""What kuaidi100's codes mean for a parcel: default rows that an operator may edit, and the rule by which a parcel's state moves.

Codes: vendor status table (states 0-14 and the detailed codes of `resultv2=4`; the customs codes 10-13 are a number range of their own).
"""

from collections.abc import Iterable, Mapping
from typing import Final

from paidan.counterparts.kuaidi100.tracking import TrackingEvent
from paidan.kernel.states import ParcelState as P

PARCEL_STATE_BY_CODE: Final[Mapping[str, P]] = {
    "101": P.CREATED,
    "102": P.CREATED,
    "1": P.PICKED_UP,
    "103": P.PICKED_UP,
    "0": P.IN_TRANSIT,
    "1002": P.IN_TRANSIT,
    "1003": P.IN_TRANSIT,
    "7": P.IN_TRANSIT,
    "1001": P.ARRIVED_CITY,
    "8": P.CUSTOMS,
    "10": P.CUSTOMS,
    "11": P.CUSTOMS,
    "12": P.CUSTOMS,
    "13": P.CUSTOMS_EXCEPTION,
    "5": P.OUT_FOR_DELIVERY,
    "501": P.AVAILABLE_FOR_PICKUP,
    "204": P.DELIVERY_FAILED,
    "206": P.DELIVERY_FAILED,
    "207": P.DELIVERY_FAILED,
    "2": P.STALLED,  # "problem" without a detailed code: somebody should look
    "201": P.STALLED,
    "202": P.STALLED,
    "205": P.STALLED,
    "208": P.STALLED,
    "14": P.REFUSED,
    "203": P.REFUSED,
    "6": P.RETURNING,
    "4": P.RETURNED,
    "209": P.DAMAGED,
    "3": P.DELIVERED,
    "301": P.DELIVERED,
    "302": P.DELIVERED,
    "303": P.DELIVERED,
    "304": P.DELIVERED,
    "210": P.CANCELLED,
    "401": P.CANCELLED,
}

FINAL_STATES: Final = frozenset({P.DELIVERED, P.RETURNED, P.CANCELLED})
_ON_ITS_WAY_AGAIN = (P.IN_TRANSIT, P.OUT_FOR_DELIVERY, P.DELIVERED)
# A parcel moves forward by the number of its state, and besides like this:
TURNS: Final[frozenset[tuple[P, P]]] = frozenset(
    {(state, again) for state in (P.RETURNING, P.REFUSED, P.STALLED) for again in _ON_ITS_WAY_AGAIN}
    | {(P.STALLED, P.AVAILABLE_FOR_PICKUP), (P.STALLED, P.DELIVERY_FAILED), (P.STALLED, P.ARRIVED_CITY)}
    | {(P.DELIVERY_FAILED, P.OUT_FOR_DELIVERY), (P.DELIVERY_FAILED, P.AVAILABLE_FOR_PICKUP)}  # tried again
    | {(P.CUSTOMS, P.IN_TRANSIT), (P.CUSTOMS, P.ARRIVED_CITY), (P.CUSTOMS_EXCEPTION, P.CUSTOMS), (P.CUSTOMS_EXCEPTION, P.IN_TRANSIT)}
    | {(P.DAMAGED, P.RETURNING), (P.DAMAGED, P.RETURNED)},
)


def advance(state: P, code: str, states_by_code: Mapping[str, P] = PARCEL_STATE_BY_CODE) -> P:
    """Where a parcel in `state` stands after a code: forward or by a turn; a final state, an unknown code and a step back change nothing."""
    wanted = states_by_code.get(code)
    if wanted is None or state in FINAL_STATES:
        return state
    return wanted if wanted > state or (state, wanted) in TURNS else state


def standing(events: Iterable[TrackingEvent], states_by_code: Mapping[str, P] = PARCEL_STATE_BY_CODE) -> P:
    """Where a parcel stands after all its events, in the order they happened: the same, however often and in whatever order they arrived."""
    state = P.CREATED
    for event in sorted(events, key=lambda event: (event.at, states_by_code.get(event.code, P.CREATED))):
        state = advance(state, event.code, states_by_code)
    return state
