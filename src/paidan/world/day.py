"""Makes a day of trade from one seed: `make_day(1, 20_000, opens_at=…)`. Pure: the same arguments give the same day, on every machine.

How an order comes about (each rule lives where it is named): its instant by the hours of the day (HOURS), its shop by SHOP_WEIGHTS
(network_plan.py), its basket out of the real invoices (baskets.py), its goods, prices and listing (goods.py), its buyer (people.py), what goes
wrong with it (Shares). Stock follows from what is asked for (stocking.py).
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import accumulate, chain
from operator import attrgetter
from random import Random
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from paidan.world import goods, people, stocking
from paidan.world.baskets import Basket, Piece, consumer_baskets, wholesale_baskets
from paidan.world.network_plan import CARRIERS, FOREIGN_SHOP, POLL_SHOP, SHOP_WEIGHTS, SHOPS, WAREHOUSES, WHOLESALE_SHOP, tiers
from paidan.world.retail import Retail, load_retail
from paidan.world.script import Day, ScriptLine, ScriptOrder, ScriptReceiver, ScriptSku

# Orders per hour of China time, 0 to 23 o'clock; the evening peak is 20 to 21.
HOURS: Final = (22, 12, 7, 5, 4, 6, 12, 22, 36, 50, 60, 55, 52, 48, 46, 46, 46, 44, 50, 66, 100, 92, 70, 42)
CHINA: Final = timedelta(hours=8)
HUMAN_CAUSES: Final = frozenset({"remark_unread", "listing_unmapped", "address_unparsed"})
REMARKS: Final = (
    "请改成蓝色的",
    "送人的，麻烦写张贺卡",
    "请和上一单一起发",
    "发票抬头请写公司",
    "能不能换个包装",
    "please gift-wrap",
    "要两个不同颜色",
)
SELLER_REMARKS: Final = ("客户要求周末送", "补发一件小样", "注意检查易碎")
FOLLOW_UPS_MAX: Final = 2


class Shares(Struct, frozen=True, kw_only=True):
    """Shares of orders, drawn apart from each other's: an order has one cause at most. What the set cancels comes on top (about 1.4 %)."""

    remark: float = 0.02
    unmapped: float = 0.003
    lost_address: float = 0.003
    refund: float = 0.01
    refund_withdrawn: float = 0.4  # of those
    unpaid: float = 0.01
    cod: float = 0.003
    follow_up: float = 0.05  # the same buyer orders again within minutes
    discount: float = 0.2  # of lines
    freight: float = 0.15


# Moments of a cancellation: name → (weight, seconds after payment, from and to). Before payment it is counted from the order.
MOMENTS: Final = {
    "before_pay": (15, 60, 1500),
    "before_audit": (20, 1, 20),
    "reserved": (25, 60, 600),
    "released": (25, 1200, 10_800),
    "shipped": (15, 93_600, 144_000),
}


def make_day(seed: int, orders: int, *, opens_at: datetime, short_share: float = 0.02, shares: Shares | None = None) -> Day:
    """A day of `orders` orders in the 24 hours from `opens_at` (aware). `short_share` is the share of SKUs made scarce."""
    if opens_at.tzinfo is None:
        raise ValueError("opens_at must be aware of its time zone")
    retail = load_retail()
    maker = OrderMaker(retail, seed, opens_at, opens_at + timedelta(days=1), shares or Shares())
    made = tuple(sorted(maker.make(orders), key=attrgetter("placed_at", "order_no")))
    skus = skus_of(retail, maker.used)
    sku_by_code = {sku.code: sku for sku in skus}
    every = stocking.demand_of(made, sku_by_code, shipping_only=False)
    live = stocking.demand_of(made, sku_by_code, shipping_only=True)
    rng = Random(f"{seed}:stock")
    scarce = stocking.choose_scarce(live, short_share, rng)
    plain = [sku.code for sku in skus if not sku.parts and sku.goods_class != "service"]
    stock = stocking.stock_of(plain, every, live, scarce, opens_at, rng)
    return Day(
        seed=seed,
        opens_at=opens_at,
        closes_at=opens_at + timedelta(days=1),
        skus=skus,
        shops=SHOPS,
        listings=goods.listings(retail, maker.used, stocking.sellable_of(stock, sku_by_code), maker.unmapped),
        warehouses=WAREHOUSES,
        carriers=CARRIERS,
        tiers=tiers(),
        stock=stock,
        orders=made,
        scarce=scarce,
    )


def skus_of(retail: Retail, used: set[tuple[str, int]]) -> tuple[ScriptSku, ...]:
    """The SKUs of all codes used, and the parts of the bundles among them, by code."""
    bundles = goods.bundle_parts(retail)
    indexes = {index for _, index in used}
    indexes |= {part for index in indexes for part, _ in bundles.get(index, ())}
    return tuple(goods.sku(retail, index, bundles) for index in sorted(indexes, key=retail.codes.__getitem__))


def instants(count: int, opens_at: datetime, rng: Random) -> Iterator[datetime]:
    """`count` instants of the day, ascending, as thick as HOURS says; whole seconds."""
    first = (opens_at + CHINA).hour
    weights = [HOURS[(first + i) % 24] for i in range(24)]
    edges = [0, *accumulate(weights)]
    hour = 0
    for i in range(count):
        at = (i + rng.random()) / count * edges[-1]
        while edges[hour + 1] <= at:
            hour += 1
        yield opens_at + timedelta(seconds=int(3600 * (hour + (at - edges[hour]) / weights[hour])))


def shop_sequence(count: int, rng: Random) -> list[str]:
    """The shop of each order; every shop has one order at least when there are enough."""
    codes = list(SHOP_WEIGHTS)
    sequence = rng.choices(codes, list(SHOP_WEIGHTS.values()), k=count)
    if count >= 2 * len(codes):
        for i, code in enumerate(codes):
            sequence[(2 * i + 1) * count // (2 * len(codes))] = code
    return sequence


class OrderMaker:
    """Makes the orders one after the other. Remembers which listings were used."""

    def __init__(self, retail: Retail, seed: int, opens_at: datetime, closes_at: datetime, shares: Shares) -> None:
        self.retail = retail
        self.seed = seed
        self.opens_at = opens_at
        self.last_at = closes_at - timedelta(seconds=1)
        self.shares = shares
        self.rng = Random(f"{seed}:orders")
        self.used: set[tuple[str, int]] = set()
        self.unmapped: set[tuple[str, int, str]] = set()
        self.shop_numbers = {shop.code: i for i, shop in enumerate(SHOPS)}
        self.ids = {(i, index): goods.item_and_variant(i, index, code) for i in range(len(SHOPS)) for index, code in enumerate(retail.codes)}
        home = consumer_baskets(retail, Random(f"{seed}:home"), abroad=False)
        self.baskets = dict.fromkeys(SHOP_WEIGHTS, home)
        self.baskets[WHOLESALE_SHOP] = wholesale_baskets(retail, Random(f"{seed}:trade"))
        self.baskets[FOREIGN_SHOP] = consumer_baskets(retail, Random(f"{seed}:abroad"), abroad=True)
        self.previous: dict[str, ScriptOrder] = {}
        self.follow_ups: dict[str, int] = {}

    def make(self, count: int) -> Iterator[ScriptOrder]:
        """All orders, almost in order of time."""
        shops = shop_sequence(count, self.rng)
        for number, placed_at in enumerate(instants(count, self.opens_at, self.rng)):
            yield self.order(number, shops[number], placed_at)

    def order(self, number: int, shop: str, placed_at: datetime) -> ScriptOrder:
        """Order `number` of the day."""
        basket, before = next(self.baskets[shop]), self.followed(shop)
        if before is not None:
            receiver, buyer = before.receiver, before.buyer
            placed_at = min(before.placed_at + timedelta(seconds=self.rng.randrange(60, 420)), self.last_at)
        else:
            receiver, buyer = self.receiver(shop, number, basket), f"b{self.seed % 1000:03d}{number:08d}"
        plain = ScriptOrder(
            shop=shop,
            order_no=self.order_no(shop, number),
            buyer=buyer,
            placed_at=placed_at,
            paid_at=min(placed_at + timedelta(seconds=self.rng.randrange(4, 400)), self.last_at),
            ship_by_at=placed_at + timedelta(hours=72 if shop in {FOREIGN_SHOP, WHOLESALE_SHOP} else 48),
            receiver=receiver,
            lines=priced(tuple(self.line(shop, piece) for piece in basket.pieces)),
            freight_minor=self.freight(shop),
        )
        fate = self.taken_back(plain) if basket.is_taken_back else self.fate(plain, number, basket)
        if fate is plain:
            self.previous[shop] = plain  # only an order without troubles is followed by another
            if before is None:
                self.follow_ups[shop] = 0
        return fate

    def followed(self, shop: str) -> ScriptOrder | None:
        """The order whose buyer comes again, at most twice; None when a new buyer comes."""
        before = self.previous.get(shop)
        if before is None or shop in {FOREIGN_SHOP, WHOLESALE_SHOP} or self.follow_ups[shop] >= FOLLOW_UPS_MAX:
            return None
        if self.rng.random() >= self.shares.follow_up:
            return None
        self.follow_ups[shop] += 1
        return before

    def receiver(self, shop: str, number: int, basket: Basket) -> ScriptReceiver:
        """Who gets it."""
        if shop == FOREIGN_SHOP:
            return people.foreign_receiver(self.seed, number, basket.country, self.rng)
        return people.chinese_receiver(self.seed, number, self.rng)

    def order_no(self, shop: str, number: int) -> str:
        """The platform's number: 19 digits at Taobao, 13 at Shopify; unique in the day whatever the shop."""
        if shop == FOREIGN_SHOP:
            return str(5_000_000_000_000 + self.seed % 900 * 1_000_000_000 + number * 7)
        return str(2_000_000_000_000_000_000 + self.seed % 900 * 1_000_000_000_000_000 + number * 10_007)

    def freight(self, shop: str) -> int:
        """What the buyer pays for carriage, in the shop's currency."""
        if shop == FOREIGN_SHOP:
            return 499
        return self.rng.choice((600, 800, 1000, 1200)) if self.rng.random() < self.shares.freight else 0

    def line(self, shop: str, piece: Piece) -> ScriptLine:
        """A piece of the basket as a line of the shop."""
        self.used.add((shop, piece.code))
        item, variant = self.ids[self.shop_numbers[shop], piece.code]
        price = goods.pence(piece.price_milli) if shop == FOREIGN_SHOP else goods.fen(piece.price_milli)
        is_reduced = not piece.is_service and self.rng.random() < self.shares.discount
        return ScriptLine(
            item_ref=item,
            sku_ref=variant,
            merchant_code=self.retail.codes[piece.code],
            title=self.retail.descriptions[piece.description].strip(),
            quantity=piece.quantity,
            price_minor=price,
            discount_minor=price * piece.quantity * self.rng.choice((5, 10, 12)) // 100 if is_reduced else 0,
            is_service=piece.is_service,
        )

    def taken_back(self, order: ScriptOrder) -> ScriptOrder:
        """The set cancels this purchase: the platform closes it at one of the moments, half of the time after a refund request."""
        moment = self.rng.choices(list(MOMENTS), [weight for weight, _, _ in MOMENTS.values()])[0]
        _, earliest, latest = MOMENTS[moment]
        after = timedelta(seconds=self.rng.randrange(earliest, latest))
        if moment == "before_pay" or order.paid_at is None:
            return replace(order, paid_at=None, cancelled_at=order.placed_at + after, planted=("closed_unpaid",))
        asked_at = order.paid_at + after
        if self.rng.random() < 0.5:  # noqa: PLR2004 - half of the time
            return replace(order, cancelled_at=asked_at, planted=("buyer_cancelled",))
        closed_at = asked_at + timedelta(seconds=self.rng.randrange(60, 1800))
        return replace(order, refund_asked_at=asked_at, cancelled_at=closed_at, planted=("buyer_cancelled", "refund_requested"))

    def fate(self, order: ScriptOrder, number: int, basket: Basket) -> ScriptOrder:
        """One trouble at most; the very order when none."""
        shares, chance = self.shares, self.rng.random()
        for share, trouble in (
            (shares.remark, self.remarked),
            (shares.unmapped, self.with_unmapped_listing),
            (shares.refund, self.refunded),
            (shares.unpaid, self.never_paid),
        ):
            if chance < share:
                return trouble(order)
            chance -= share
        if chance < shares.lost_address and order.shop != FOREIGN_SHOP:
            return replace(order, receiver=people.lost_receiver(self.seed, number, self.rng), planted=("address_unparsed",))
        # Only one shop offers cash on delivery, a fifth of the orders.
        if order.shop == POLL_SHOP and not basket.is_taken_back and self.rng.random() < 5 * shares.cod:
            return replace(order, is_cod=True, paid_at=None)
        return order

    def remarked(self, order: ScriptOrder) -> ScriptOrder:
        """The buyer, or now and then the shop's own staff, left a remark."""
        if self.rng.random() < 0.8:  # noqa: PLR2004 - mostly the buyer
            return replace(order, buyer_remark=self.rng.choice(REMARKS), planted=("remark_unread",))
        return replace(order, seller_remark=self.rng.choice(SELLER_REMARKS), planted=("remark_unread",))

    def with_unmapped_listing(self, order: ScriptOrder) -> ScriptOrder:
        """The first line was sold by a listing that nobody mapped."""
        number = self.rng.randrange(len(goods.UNMAPPED_CODES))
        title = f"老款清仓 {number + 1}"
        self.unmapped.add((order.shop, number, title))
        item, variant = goods.unmapped_ids(self.shop_numbers[order.shop], number)
        line = replace(order.lines[0], item_ref=item, sku_ref=variant, merchant_code=goods.UNMAPPED_CODES[number], title=title)
        return replace(order, lines=(line, *order.lines[1:]), planted=("listing_unmapped",))

    def refunded(self, order: ScriptOrder) -> ScriptOrder:
        """The buyer asks for his money within ten minutes; some withdraw within the hour, the others wait for a person."""
        asked_at = (order.paid_at or order.placed_at) + timedelta(seconds=self.rng.randrange(5, 600))
        if self.rng.random() < self.shares.refund_withdrawn:
            withdrawn_at = asked_at + timedelta(seconds=self.rng.randrange(300, 3600))
            return replace(order, refund_asked_at=asked_at, refund_withdrawn_at=withdrawn_at, planted=("refund_requested",))
        return replace(order, refund_asked_at=asked_at, planted=("refund_requested",))

    def never_paid(self, order: ScriptOrder) -> ScriptOrder:
        """Placed, never paid, closed by the platform within the day."""
        closed_at = order.placed_at + timedelta(seconds=self.rng.randrange(1800, 20_000))
        return replace(order, paid_at=None, cancelled_at=closed_at, planted=("closed_unpaid",))


def priced(lines: tuple[ScriptLine, ...]) -> tuple[ScriptLine, ...]:
    """The lines; when nothing would have to be paid, the first costs one fen or penny, the least that a platform sells for."""
    if any(line.price_minor for line in lines):
        return lines
    return (replace(lines[0], price_minor=1), *lines[1:])


def is_to_ship(order: ScriptOrder) -> bool:
    """Paid (or cash on delivery) and never closed by the platform."""
    return order.cancelled_at is None and (order.paid_at is not None or order.is_cod)


def needs_person(order: ScriptOrder) -> bool:
    """Was a cause planted that only a person resolves? A withdrawn refund resolves itself, a shortage waits for stock."""
    is_refund_open = order.refund_asked_at is not None and order.refund_withdrawn_at is None
    return is_refund_open or not HUMAN_CAUSES.isdisjoint(order.planted)


def expected_hands_off(day: Day) -> float:
    """Share of the orders to ship that should be released without a human touch, going by the planted causes alone (1.0 for none to ship)."""
    to_ship = [order for order in day.orders if is_to_ship(order)]
    return sum(not needs_person(order) for order in to_ship) / len(to_ship) if to_ship else 1.0


def planted_secrets(day: Day) -> frozenset[str]:
    """Every name, telephone number and street of the day, for a scan that must find none in clear."""
    receivers = (order.receiver for order in day.orders)
    return frozenset(chain.from_iterable((receiver.name, receiver.phone, receiver.detail) for receiver in receivers))
