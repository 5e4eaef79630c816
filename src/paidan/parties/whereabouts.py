"""Where a receiver is, and the keys by which his orders meet. Pure; the digest is given."""

from collections.abc import Callable

from paidan.kernel.receiver import Receiver
from paidan.network.load import Shop
from paidan.orders.batch import Region
from paidan.parties.addresses.parse import ParsedAddress, Place, locate

Digest = Callable[[str, str], bytes]


def place_of(receiver: Receiver) -> Place | ParsedAddress:
    """The division and point of a receiver's address."""
    return locate(receiver.province, receiver.city, receiver.district, receiver.detail, receiver.country)


def region_of(place: Place | ParsedAddress, receiver: Receiver) -> Region:
    """The region sourcing works with."""
    return Region(
        country=receiver.country,
        adcode=place.adcode or "",
        province=place.province,
        city=place.city,
        district=place.district,
        longitude=place.longitude or 0.0,
        latitude=place.latitude or 0.0,
    )


def receiver_text(receiver: Receiver) -> str:
    """One person at one place, spelled one way; only ever digested.

    Where a platform gives a token for a masked receiver, the token is the person and the door: each of its interfaces masks in its own way.
    """
    if receiver.masked and receiver.oaid:
        return f"{receiver.country}\x1f{receiver.province}\x1f{receiver.city}\x1f{receiver.district}\x1f{receiver.oaid}"
    parts = (
        receiver.country,
        receiver.province,
        receiver.city,
        receiver.district,
        receiver.detail,
        receiver.name,
        receiver.phone,
        receiver.oaid,
    )
    return "".join("\0".join(parts).split()).replace("\0", "\x1f")  # blanks go, the ends of the parts stay


def key_of(receiver: Receiver, digest: Digest) -> bytes:
    """The keyed digest of one person at one place."""
    return digest("receiver", receiver_text(receiver))


def merge_key_of(receiver_key: bytes, shop: Shop, currency: str, digest: Digest) -> bytes:
    """The key under which orders to this receiver may travel together: of one shop, or one group of shops, in one currency."""
    return digest("merge", f"{shop.shop_group or shop.code}:{currency}:{receiver_key.hex()}")
