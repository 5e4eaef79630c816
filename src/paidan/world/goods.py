"""SKUs, bundles and listings from the stock codes of the set. Every figure follows from the code, so it is the same on every day."""

from collections.abc import Iterable
from typing import Final
from zlib import crc32

from paidan.world.network_plan import SHOPS
from paidan.world.retail import Retail, is_service
from paidan.world.script import ScriptListing, ScriptSku

FEN_PER_POUND: Final = 920  # 1 GBP = 9.20 CNY, fixed for ever
BUNDLES: Final = 40
IN_STORE_PREFIX: Final = "20"  # GS1 keeps 20 to 29 for numbers inside a company
ITEM_BASE, VARIANT_BASE = 600_000_000_000, 4_800_000_000_000
UNMAPPED_CODES: Final = ("", "OLD-0001", "OLD-0002", "")  # merchant codes of listings nobody mapped: empty, or of goods long gone


def ean13(body: str) -> str:
    """Twelve digits with their GS1 check digit (weights 1 and 3 from the left, to the next ten)."""
    total = sum(int(digit) * (1 + 2 * (i % 2)) for i, digit in enumerate(body))
    return body + str(-total % 10)


def fen(price_milli: int) -> int:
    """GBP/1000 in fen, half up."""
    return (price_milli * FEN_PER_POUND + 500) // 1000


def pence(price_milli: int) -> int:
    """GBP/1000 in pence, half up."""
    return (price_milli + 5) // 10


def weight_g(code: str, price_milli: int) -> int:
    """Grams: 30 to 209 by the code's CRC-32, and 80 g for each pound of price, 6 kg at most."""
    return min(30 + crc32(code.encode()) % 180 + price_milli * 80 // 1000, 6000)


def volume_cm3(code: str, grams: int) -> int:
    """Cubic centimetres: 2 to 6 for each gram by the code's CRC-32."""
    return grams * (2 + crc32(code.encode()[::-1]) % 5)


def bundle_parts(retail: Retail) -> dict[int, tuple[tuple[int, int], ...]]:
    """The bundles: every third of the 120 most bought goods named SET; two or three parts, 1 or 2 each, out of goods that are no bundle."""
    goods = [i for i, code in enumerate(retail.codes) if not is_service(code) and retail.prices[i]]
    goods.sort(key=lambda i: (-retail.popularity[i], retail.codes[i]))
    bundles = [i for i in goods if "SET" in retail.names[i].split()][: 3 * BUNDLES : 3]
    plain = [i for i in goods[:1500] if i not in set(bundles)]
    found = {}
    for bundle in bundles:
        start = crc32(retail.codes[bundle].encode())
        parts = dict.fromkeys(plain[(start + step * 389) % len(plain)] for step in range(2 + start % 2))
        found[bundle] = tuple((part, 1 + (start >> shift) % 2) for shift, part in enumerate(parts))
    return found


def sku(retail: Retail, index: int, bundles: dict[int, tuple[tuple[int, int], ...]]) -> ScriptSku:
    """The SKU of a code. A bundle weighs what its parts weigh; a service weighs nothing and has the class `service`."""
    code, price = retail.codes[index], retail.prices[index]
    parts = bundles.get(index, ())
    if is_service(code):
        grams, volume, kind = 0, 0, "service"
    elif parts:
        grams = sum(weight_g(retail.codes[part], retail.prices[part]) * count for part, count in parts)
        volume, kind = volume_cm3(code, grams), "normal"
    else:
        grams = weight_g(code, price)
        volume, kind = volume_cm3(code, grams), ("fragile" if {"GLASS", "CERAMIC", "PORCELAIN"} & set(retail.names[index].split()) else "normal")
    return ScriptSku(
        code=code,
        name=retail.names[index],
        barcode=ean13(f"{IN_STORE_PREFIX}{index:010d}"),
        weight_g=grams,
        volume_cm3=volume,
        goods_class=kind,
        price_minor=max(fen(price), 1),
        parts=tuple((retail.codes[part], count) for part, count in parts),
    )


def item_and_variant(shop: int, index: int, code: str) -> tuple[str, str]:
    """The platform's ids of a listing: variants of one five-digit code are one item."""
    family = int(code[:5]) if code[:5].isdigit() else 100_000 + index
    return str(ITEM_BASE + shop * 10_000_000 + family), str(VARIANT_BASE + shop * 10_000_000 + index)


def unmapped_ids(shop: int, number: int) -> tuple[str, str]:
    """The platform's ids of an unmapped listing."""
    return str(ITEM_BASE + shop * 10_000_000 + 9_000_000 + number), str(VARIANT_BASE + shop * 10_000_000 + 9_000_000 + number)


def listings(
    retail: Retail, used: Iterable[tuple[str, int]], sellable: dict[tuple[str, str], int], unmapped: Iterable[tuple[str, int, str]]
) -> tuple[ScriptListing, ...]:
    """The listings of all shops: `used` (shop, code index) show what is sellable, `unmapped` (shop, number, title) always show enough."""
    numbers = {shop.code: i for i, shop in enumerate(SHOPS)}
    found = []
    for shop, index in sorted(used):
        code = retail.codes[index]
        item, variant = item_and_variant(numbers[shop], index, code)
        shown = 99_999 if is_service(code) else sellable.get((shop, code), 0)
        found.append(ScriptListing(shop=shop, item_ref=item, sku_ref=variant, merchant_code=code, title=retail.names[index], display_quantity=shown))
    for shop, number, title in sorted(unmapped):
        item, variant = unmapped_ids(numbers[shop], number)
        merchant_code = UNMAPPED_CODES[number]
        found.append(ScriptListing(shop=shop, item_ref=item, sku_ref=variant, merchant_code=merchant_code, title=title, display_quantity=99_999))
    return tuple(found)
