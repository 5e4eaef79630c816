"""A warehouse management system that speaks Qimen: one instance runs several warehouses of a day of trade."""

from paidan.world.wms.config import WmsConfig
from paidan.world.wms.simulator import Wms

__all__ = ["Wms", "WmsConfig"]
