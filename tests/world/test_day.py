from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest

from paidan.parties.addresses.parse import Confidence, narrow, parse_address, region_keys
from paidan.world.baskets import consumer_baskets, household_quantity
from paidan.world.day import Shares, expected_hands_off, is_to_ship, make_day, needs_person, planted_secrets
from paidan.world.goods import ean13, fen
from paidan.world.network_plan import FOREIGN_SHOP, WHOLESALE_SHOP
from paidan.world.people import FOREIGN_PREFIX, MOBILE_PREFIX
from paidan.world.retail import load_retail
from paidan.world.script import Day, ScriptOrder

OPENS_AT = datetime(2026, 11, 10, 16, 0, tzinfo=UTC)  # midnight in China
ORDERS = 12_000


@pytest.fixture(scope="module")
def day() -> Day:
    return make_day(1, ORDERS, opens_at=OPENS_AT)


def goods_lines(order: ScriptOrder) -> int:
    return sum(not line.is_service for line in order.lines)


def shipping(day: Day) -> list[ScriptOrder]:
    return [order for order in day.orders if is_to_ship(order)]


def test_the_packaged_set_is_whole() -> None:
    retail = load_retail()
    assert (len(retail.line_code), retail.starts[-1], sum(retail.line_quantity)) == (541_909, 541_909, 5_176_450)
    assert len(set(retail.invoice_no)) == 25_900
    assert sum(no.startswith("C") for no in set(retail.invoice_no)) == 3_836


def test_the_same_seed_gives_the_same_day_and_another_seed_another() -> None:
    assert make_day(7, 300, opens_at=OPENS_AT) == make_day(7, 300, opens_at=OPENS_AT)
    assert make_day(7, 300, opens_at=OPENS_AT).orders != make_day(8, 300, opens_at=OPENS_AT).orders


def test_a_day_has_the_orders_asked_for_within_its_hours_by_unique_numbers(day: Day) -> None:
    assert len(day.orders) == ORDERS == len({order.order_no for order in day.orders})
    assert all(first.placed_at <= second.placed_at for first, second in pairwise(day.orders))
    assert all(day.opens_at <= order.placed_at < day.closes_at for order in day.orders)
    assert {order.shop for order in make_day(3, 50, opens_at=OPENS_AT).orders} == {shop.code for shop in day.shops}


def test_a_naive_opening_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        make_day(1, 50, opens_at=datetime(2026, 11, 10))  # noqa: DTZ001 - the point of the test


def test_the_evening_is_the_peak(day: Day) -> None:
    by_hour = Counter((order.placed_at + timedelta(hours=8)).hour for order in day.orders)
    assert by_hour.most_common(1)[0][0] == 20


def test_consumers_buy_a_few_lines_and_traders_whole_invoices(day: Day) -> None:
    consumer = [goods_lines(order) for order in day.orders if order.shop != WHOLESALE_SHOP]
    trade = [goods_lines(order) for order in day.orders if order.shop == WHOLESALE_SHOP]
    assert set(consumer) == {1, 2, 3, 4}
    assert sum(consumer) / len(consumer) == pytest.approx(1.8, abs=0.1)
    assert sum(trade) / len(trade) == pytest.approx(18.5, abs=3)
    assert len(trade) / ORDERS == pytest.approx(0.02, abs=0.005)


@pytest.mark.parametrize(("quantity", "bought"), [(1, 1), (11, 1), (12, 2), (47, 2), (48, 3), (199, 3), (200, 4), (80_000, 4)])
def test_households_buy_less_than_traders(quantity: int, bought: int) -> None:
    assert household_quantity(quantity) == bought


def test_baskets_lose_no_line_of_the_set() -> None:
    retail = load_retail()
    baskets = consumer_baskets(retail, Random(1), abroad=True)
    home = {"United Kingdom", "Unspecified"}
    abroad = [i for i, no in enumerate(retail.invoice_no) if no[0] not in "CA" and retail.country[i] not in home]
    wanted: Counter[int] = Counter()
    for i in abroad:
        wanted.update(retail.line_code[retail.starts[i] : retail.starts[i + 1]])
    found: Counter[int] = Counter()
    while found.total() < wanted.total():
        found.update(piece.code for piece in next(baskets).pieces)
    assert found == wanted


def test_shares_of_planted_causes_are_as_documented(day: Day) -> None:
    causes = Counter(cause for order in day.orders for cause in set(order.planted))
    share = {cause: count / ORDERS for cause, count in causes.items()}
    assert share["remark_unread"] == pytest.approx(0.02, abs=0.005)
    assert share["listing_unmapped"] == pytest.approx(0.003, abs=0.002)
    assert share["address_unparsed"] == pytest.approx(0.003, abs=0.002)
    assert share["refund_requested"] == pytest.approx(0.017, abs=0.006)
    assert share["closed_unpaid"] == pytest.approx(0.0125, abs=0.005)
    assert share["buyer_cancelled"] == pytest.approx(0.012, abs=0.006)
    withdrawn = [order for order in day.orders if order.refund_withdrawn_at is not None]
    assert withdrawn
    assert all(order.refund_asked_at and order.refund_asked_at < order.refund_withdrawn_at for order in withdrawn if order.refund_withdrawn_at)
    assert any(order.is_cod for order in day.orders)


def test_cancellations_come_at_every_moment(day: Day) -> None:
    after = [(order.cancelled_at - order.paid_at).total_seconds() for order in day.orders if order.cancelled_at and order.paid_at]
    assert all(seconds > 0 for seconds in after)
    assert min(after) < 60
    assert any(60 <= seconds < 600 for seconds in after)
    assert any(1200 <= seconds < 13_000 for seconds in after)
    assert max(after) > 90_000
    assert any(order.cancelled_at and not order.paid_at for order in day.orders)


def test_some_buyers_order_again_within_minutes_to_the_same_address(day: Day) -> None:
    groups: dict[tuple[str, str], list[ScriptOrder]] = {}
    for order in day.orders:
        groups.setdefault((order.shop, order.buyer), []).append(order)
    sizes = Counter(len(group) for group in groups.values())
    follow_ups = sum((size - 1) * count for size, count in sizes.items())
    assert follow_ups / ORDERS == pytest.approx(0.045, abs=0.01)
    assert set(sizes) == {1, 2, 3}
    for group in groups.values():
        assert all(later.placed_at - earlier.placed_at <= timedelta(minutes=7) for earlier, later in pairwise(group))
        assert len({order.receiver for order in group if "address_unparsed" not in order.planted}) <= 1


def test_money_is_plain_and_never_negative(day: Day) -> None:
    for order in day.orders:
        amounts = [line.price_minor * line.quantity - line.discount_minor for line in order.lines]
        assert all(line.price_minor == 0 for line in order.lines if line.quantity <= 0)
        assert all(amount >= 0 for amount in amounts), order.order_no
        assert sum(amounts) > 0
        assert goods_lines(order) >= 1
    assert fen(2550) == 2346


def test_odd_lines_of_the_set_travel_as_services(day: Day) -> None:
    lines = [line for order in day.orders for line in order.lines]
    services = [line for line in lines if line.is_service]
    assert {"POST", "DOT", "M"} <= {line.merchant_code for line in services}
    assert any(line.quantity < 0 for line in services)
    assert any(not line.title for line in lines)
    assert all(line.quantity > 0 for line in lines if not line.is_service)


def test_every_line_has_its_listing_and_only_planted_ones_lack_a_sku(day: Day) -> None:
    listings = {(listing.shop, listing.item_ref, listing.sku_ref): listing for listing in day.listings}
    skus = {sku.code: sku for sku in day.skus}
    assert len(listings) == len(day.listings)
    for order in day.orders:
        for line in order.lines:
            listing = listings[order.shop, line.item_ref, line.sku_ref]
            assert listing.merchant_code == line.merchant_code
            assert (line.merchant_code in skus) != ("listing_unmapped" in order.planted and line is order.lines[0])


def test_barcodes_check_and_stay_in_the_store(day: Day) -> None:
    assert ean13("400638133393") == "4006381333931"  # the example of GS1's check digit pages
    assert len({sku.barcode for sku in day.skus}) == len(day.skus)
    assert all(ean13(sku.barcode[:12]) == sku.barcode and sku.barcode.startswith("20") for sku in day.skus)


def test_bundles_are_made_of_other_plain_skus(day: Day) -> None:
    skus = {sku.code: sku for sku in day.skus}
    bundles = [sku for sku in day.skus if sku.parts]
    assert 30 <= len(bundles) <= 40
    assert all(not skus[part].parts and count >= 1 for sku in bundles for part, count in sku.parts)
    assert all(sku.weight_g > 0 and sku.volume_cm3 > 0 for sku in day.skus if sku.goods_class != "service")


def test_ordinary_skus_are_there_and_scarce_ones_are_short(day: Day) -> None:
    skus = {sku.code: sku for sku in day.skus}
    wanted: Counter[str] = Counter()
    for order in shipping(day):
        for line in order.lines:
            if not line.is_service and line.merchant_code in skus:
                for part, count in skus[line.merchant_code].parts or ((line.merchant_code, 1),):
                    wanted[part] += count * line.quantity
    opening: Counter[str] = Counter()
    for row in day.stock:
        if row.arrives_at is None:
            opening[row.sku] += row.quantity
    assert {code for code in wanted if opening[code] < wanted[code]} == day.scarce
    assert len(day.scarce) / len(wanted) == pytest.approx(0.02, abs=0.002)
    late = {row.sku for row in day.stock if row.arrives_at}
    assert late < day.scarce
    assert all(1 <= count <= 4 for count in Counter(row.sku for row in day.stock if row.arrives_at is None).values())


def test_listings_show_what_is_sellable(day: Day) -> None:
    opening: Counter[str] = Counter()
    for row in day.stock:
        if row.arrives_at is None:
            opening[row.sku] += row.quantity
    shown = {(listing.shop, listing.merchant_code): listing.display_quantity for listing in day.listings}
    plain = {sku.code for sku in day.skus if not sku.parts and sku.goods_class != "service"}
    assert all(quantity == opening[code] for (shop, code), quantity in shown.items() if code in plain and shop != FOREIGN_SHOP)
    assert all(quantity <= opening[code] for (shop, code), quantity in shown.items() if code in plain)


def test_addresses_are_understood_but_the_lost_ones(day: Day) -> None:
    for order in day.orders:
        receiver = order.receiver
        parsed = parse_address(receiver.province, receiver.city, receiver.district, receiver.detail, receiver.country, zip_code=receiver.zip_code)
        if "address_unparsed" in order.planted:
            assert parsed.confidence is Confidence.FAILED, order.receiver
        else:
            assert parsed.confidence is not Confidence.FAILED, order.receiver
            assert parsed.detail == narrow(receiver.detail)


def test_some_warehouse_and_some_carrier_serve_every_order(day: Day) -> None:
    tiers = {(tier.warehouse, tier.region) for tier in day.tiers}
    for order in day.orders[::7]:
        receiver = order.receiver
        keys = set(region_keys(parse_address(receiver.province, receiver.city, receiver.district, receiver.detail, receiver.country)))
        serving = [place.code for place in day.warehouses if keys.intersection(place.serves)]
        assert serving
        assert all(any((place, key) in tiers or ("*", key) in tiers for key in keys) for place in serving)
    assert len({(tier.carrier, tier.warehouse, tier.region) for tier in day.tiers}) == len(day.tiers)


def test_nobody_in_the_day_can_be_a_real_person(day: Day) -> None:
    for order in day.orders:
        prefix = FOREIGN_PREFIX if order.shop == FOREIGN_SHOP else MOBILE_PREFIX
        assert order.receiver.phone.startswith(prefix)
        assert len(order.receiver.phone) == (13 if order.shop == FOREIGN_SHOP else 11)
    phones = {(order.receiver.phone, order.receiver.name) for order in day.orders}
    assert len({phone for phone, _ in phones}) == len(phones)
    assert {day.orders[0].receiver.phone, day.orders[-1].receiver.name} <= planted_secrets(day)


def test_expected_hands_off_counts_planted_causes_among_orders_to_ship(day: Day) -> None:
    share = sum(not needs_person(order) for order in shipping(day)) / len(shipping(day))
    assert expected_hands_off(day) == share == pytest.approx(0.968, abs=0.008)
    calm = Shares(remark=0, unmapped=0, lost_address=0, refund=0)
    assert expected_hands_off(make_day(5, 400, opens_at=OPENS_AT, shares=calm)) == 1


def test_a_short_day_for_tests_has_the_scarcity_asked_for() -> None:
    small = make_day(2, 300, opens_at=OPENS_AT, short_share=0.08)
    plain = [sku for sku in small.skus if not sku.parts and sku.goods_class != "service"]
    assert len(small.scarce) / len(plain) >= 0.06
    assert not make_day(2, 60, opens_at=OPENS_AT, short_share=0).scarce
