"""What a warehouse is told of a fulfilment: read with those that travel with it, then put into the protocol's words when it is sent."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct, field

from paidan.counterparts.qimen.messages import Contact, DeliveryLine, DeliveryOrder
from paidan.fulfilment.items import Article
from paidan.fulfilment.links import WmsLink
from paidan.kernel.receiver import Receiver
from paidan.network.load import Network, Shop, Warehouse
from paidan.orders.fulfilment_no import fulfilment_no
from paidan.parties.store import unseal_receivers
from paidan.runtime.database import Tx
from paidan.runtime.queries import load_queries
from paidan.runtime.rows import array
from paidan.runtime.sealing import Sealer

queries = load_queries("paidan.fulfilment")

# Qimen's names of platforms; GW is one's own site.
PLATFORM_CODES = {"taobao": "TB", "direct": "GW"}
NOT_TOLD = "-"  # the protocol wants a text where a platform gives none

_remarks = msgspec.json.Decoder(tuple[str, str]).decode


class ConsignedLine(Struct, frozen=True, kw_only=True):
    """Units of one line to be sent, and what was paid for the whole line."""

    fulfilment_id: int
    line_no: int
    sku_id: int
    quantity: int
    line_quantity: int
    price_minor: int
    payable_minor: int
    line_ref: str

    @property
    def paid_minor(self) -> int:
        """What was paid for these units; a share of the line, rounded down."""
        return self.payable_minor * self.quantity // max(self.line_quantity, 1)


class ConsignedOrder(Struct, frozen=True, kw_only=True):
    """What one order adds to a consignment. Remarks may hold personal data: the repr shows the id only."""

    fulfilment_id: int
    order_id: int
    platform_order_no: str
    shop_id: int
    placed_at: datetime
    paid_at: datetime | None
    created_at: datetime
    freight_minor: int
    buyer_message: str = ""
    seller_message: str = ""
    is_urgent: bool = False

    def __repr__(self) -> str:
        return f"ConsignedOrder({self.order_id})"


class Consignment(Struct, kw_only=True):
    """A delivery order in the making: the leader's fulfilment, all orders and lines that travel with it, the receiver in clear."""

    fulfilment_id: int
    state: int
    attempt: int
    wms_ref: str
    warehouse_id: int
    carrier_id: int
    receiver_id: int
    is_cod: bool
    orders: list[ConsignedOrder] = field(default_factory=list)
    lines: list[ConsignedLine] = field(default_factory=list)
    receiver: Receiver | None = None

    @property
    def number(self) -> str:
        """The number the warehouse knows it by."""
        return fulfilment_no(self.fulfilment_id, self.attempt)


def load_consignments(tx: Tx, fulfilment_ids: Sequence[int], sealer: Sealer) -> dict[int, Consignment]:
    """Consignments by their leader's id, in three statements. A fulfilment that travels with another has none of its own."""
    found: dict[int, Consignment] = {}
    leader_by_id: dict[int, int] = {}
    rows = tx.execute(queries.consignments, {"ids": array(sorted(set(fulfilment_ids)))}, binary=True).fetchall()
    for leader_id, *rest in sorted(rows, key=lambda row: (row[0] != row[1], row[1])):
        leader_by_id[rest[0]] = leader_id
        _add_order(found, leader_id, rest, sealer)
    for row in tx.execute(queries.consigned_lines, {"ids": sorted(leader_by_id)}, binary=True):
        line = ConsignedLine(**dict(zip(ConsignedLine.__struct_fields__, row, strict=True)))
        if leader_by_id[line.fulfilment_id] in found:
            found[leader_by_id[line.fulfilment_id]].lines.append(line)
    receivers = unseal_receivers(tx, [consignment.receiver_id for consignment in found.values()], sealer)
    for consignment in found.values():
        consignment.receiver = receivers.get(consignment.receiver_id)
    return found


def _add_order(found: dict[int, Consignment], leader_id: int, row: Sequence[Any], sealer: Sealer) -> None:
    fulfilment_id, state, attempt, wms_ref, warehouse_id, carrier_id, receiver_id, is_cod, is_first = row[:9]
    order_id, platform_order_no, shop_id, _currency, placed_at, paid_at, created_at, freight_minor, remarks, edits = row[9:]
    if fulfilment_id == leader_id:
        found[leader_id] = Consignment(
            fulfilment_id=leader_id,
            state=state,
            attempt=attempt,
            wms_ref=wms_ref,
            warehouse_id=warehouse_id,
            carrier_id=carrier_id,
            receiver_id=receiver_id,
            is_cod=is_cod,
        )
    if leader_id not in found:
        return
    buyer, seller = _remarks(sealer.unseal(remarks, bound_to=f"sales_order.remarks:{order_id}")) if remarks else ("", "")
    found[leader_id].orders.append(
        ConsignedOrder(
            fulfilment_id=fulfilment_id,
            order_id=order_id,
            platform_order_no=platform_order_no,
            shop_id=shop_id,
            placed_at=placed_at,
            paid_at=paid_at,
            created_at=created_at,
            freight_minor=freight_minor if is_first else 0,
            buyer_message=buyer,
            seller_message=seller,
            is_urgent=bool((edits or {}).get("urgent")),
        )
    )


def delivery_order(consignment: Consignment, link: WmsLink, network: Network, articles: Mapping[int, Article], now: datetime) -> DeliveryOrder:
    """The protocol's delivery order. Amounts: total = item - discount + freight, all of it to be collected (COD) or received before."""
    first, orders = consignment.orders[0], consignment.orders
    shop, warehouse = network.shops.get(first.shop_id), network.warehouses[consignment.warehouse_id]
    item_minor = sum(max(line.price_minor * line.quantity, line.paid_minor) for line in consignment.lines)
    paid_minor = sum(line.paid_minor for line in consignment.lines)
    freight_minor = sum(order.freight_minor for order in orders)
    carrier = network.carriers.get(consignment.carrier_id)
    platform = shop.platform if shop else ""
    receiver = consignment.receiver
    if receiver is None:
        raise LookupError(f"the receiver of {consignment.number} is gone")
    return DeliveryOrder(
        delivery_order_code=consignment.number,
        warehouse_code=warehouse.code,
        order_flags=("COD",) if consignment.is_cod else (),
        source_platform_code=PLATFORM_CODES.get(platform, "OTHERS"),
        source_platform_name=platform,
        created_at=now,
        placed_at=min(order.placed_at for order in orders),
        paid_at=first.paid_at,
        operated_at=now,
        shop_nick=_shop_name(shop),
        total_minor=paid_minor + freight_minor,
        item_minor=item_minor,
        discount_minor=item_minor - paid_minor,
        freight_minor=freight_minor,
        ar_minor=paid_minor + freight_minor if consignment.is_cod else 0,
        got_minor=0 if consignment.is_cod else paid_minor + freight_minor,
        logistics_code=carrier.code if carrier else "OTHER",
        logistics_name=carrier.name if carrier else "",
        sender=_sender(link, shop, warehouse),
        receiver=_contact(receiver),
        is_urgent=any(order.is_urgent for order in orders),
        buyer_message=_joined([order.buyer_message for order in orders]),
        seller_message=_joined([order.seller_message for order in orders]),
        owner_code=link.qimen.owner_code,
        oaid_order_source_code=first.platform_order_no if receiver.oaid else "",
        lines=_lines(consignment, link, articles),
    )


def _lines(consignment: Consignment, link: WmsLink, articles: Mapping[int, Article]) -> tuple[DeliveryLine, ...]:
    """Prices are per unit, rounded down; a line's exact sum is in the head's amounts."""
    number_by_fulfilment = {order.fulfilment_id: order.platform_order_no for order in consignment.orders}
    lines = []
    for line in consignment.lines:
        item = articles[line.sku_id].item
        actual_minor = line.payable_minor // max(line.line_quantity, 1)
        discount_minor = max(line.price_minor - actual_minor, 0)
        lines.append(
            DeliveryLine(
                order_line_no=f"{line.fulfilment_id}-{line.line_no}",
                source_order_code=number_by_fulfilment.get(line.fulfilment_id, ""),
                sub_source_order_code=line.line_ref,
                owner_code=link.qimen.owner_code,
                item_code=item.item_code,
                item_id=item.item_id,
                item_name=item.item_name,
                plan_qty=line.quantity,
                retail_price_minor=actual_minor + discount_minor,
                actual_price_minor=actual_minor,
                discount_minor=discount_minor,
            )
        )
    return tuple(lines)


def _shop_name(shop: Shop | None) -> str:
    return (shop.account_ref or shop.name or shop.code) if shop else NOT_TOLD


def _sender(link: WmsLink, shop: Shop | None, warehouse: Warehouse) -> Contact:
    return Contact(
        name=link.sender_name or (shop.name if shop else warehouse.name) or NOT_TOLD,
        mobile=link.sender_mobile or NOT_TOLD,
        province=warehouse.province or NOT_TOLD,
        city=warehouse.city or warehouse.province or NOT_TOLD,
        area=warehouse.district,
        detail_address=warehouse.detail or warehouse.name or NOT_TOLD,
    )


def _contact(receiver: Receiver) -> Contact:
    return Contact(
        name=receiver.name or NOT_TOLD,
        mobile=receiver.phone or NOT_TOLD,
        zip_code=receiver.zip_code,
        country_code=receiver.country,
        province=receiver.province or receiver.country,
        city=receiver.city or receiver.province or receiver.country,
        area=receiver.district,
        town=receiver.town,
        detail_address=receiver.detail or NOT_TOLD,
        oaid=receiver.oaid,
    )


def _joined(texts: Sequence[str]) -> str:
    return "；".join(dict.fromkeys(text for text in texts if text))
