"""A simulator of Taobao's open platform (TOP): gateway, trades, message service, order-push table, shipping, stock, OAID."""

from paidan.world.taobao.bulk import BulkTable
from paidan.world.taobao.platform import TaobaoPlatform, session_of

__all__ = ["BulkTable", "TaobaoPlatform", "session_of"]
