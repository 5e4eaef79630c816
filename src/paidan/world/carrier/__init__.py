"""The carriers of the world and a tracking service in the manner of kuaidi100 that watches their parcels."""

from paidan.world.carrier.config import CarrierConfig
from paidan.world.carrier.tracking import Carrier

__all__ = ["Carrier", "CarrierConfig"]
