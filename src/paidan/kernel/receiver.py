"""Whom a parcel goes to: a value that lives in memory only, between the door and the seal."""

from msgspec import Struct


class Receiver(Struct, frozen=True, kw_only=True):
    """Where the parcel goes, as the platform tells. `masked` when name and phone come with asterisks; then `oaid` stands for them."""

    name: str
    phone: str
    country: str = "CN"  # ISO 3166-1 alpha-2
    province: str = ""
    city: str = ""
    district: str = ""
    town: str = ""
    detail: str = ""
    zip_code: str = ""
    oaid: str = ""
    masked: bool = False

    def __repr__(self) -> str:
        """Nothing personal, wherever it may be printed."""
        return "Receiver(…)"
