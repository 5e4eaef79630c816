"""Fulfilments whose every parcel has arrived: delivered, with all that travelled with them."""

from collections.abc import Sequence

from paidan.fulfilment.decide import deliver
from paidan.fulfilment.load import Work
from paidan.orders.parcels import arrived_fulfilments
from paidan.runtime.database import Tx


def deliver_arrived(tx: Tx, work: Work, leader_ids: Sequence[int], actor: str) -> None:
    """Deliver those of these groups, taken up in `work`, of which no parcel is under way any more. One statement; none for nothing."""
    under_way = {parcel.fulfilment_id for parcel in work.parcels}  # told in this very moment
    asked = [leader_id for leader_id in leader_ids if leader_id not in under_way]
    for leader_id, at in (arrived_fulfilments(tx, asked) if asked else {}).items():
        group = work.groups.get(leader_id)
        if group is not None:
            deliver(work, group, at, actor)
