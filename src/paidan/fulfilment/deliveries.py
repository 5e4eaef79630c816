"""All deliveries of this capability, for the relay."""

from paidan.counterparts.kuaidi100.client import Kuaidi100Client
from paidan.counterparts.qimen.client import QimenClient
from paidan.fulfilment.calls import WmsCaller
from paidan.fulfilment.carrier_subscribe import CarrierSubscribe
from paidan.fulfilment.links import LinkCache
from paidan.fulfilment.stock_questions import WmsStock
from paidan.fulfilment.wms_create import WmsCreate
from paidan.fulfilment.wms_entry import WmsEntry
from paidan.fulfilment.wms_recall import WmsRecall
from paidan.kernel.clock import Clock
from paidan.network.load import NetworkCache
from paidan.runtime.calling import Caller
from paidan.runtime.ids import IdSource
from paidan.runtime.outbox import Delivery
from paidan.runtime.sealing import Sealer


def deliveries(*, caller: Caller, clock: Clock, ids: IdSource, sealer: Sealer, network: NetworkCache, links: LinkCache) -> list[Delivery]:
    """wms.create, wms.recall, wms.stock, wms.entry, carrier.subscribe, calling through one HTTP port."""
    wms = WmsCaller(QimenClient(caller), clock)
    return [
        WmsCreate(caller=wms, clock=clock, ids=ids, sealer=sealer, network=network, links=links),
        WmsRecall(caller=wms, clock=clock, ids=ids, sealer=sealer, network=network, links=links),
        WmsStock(caller=wms, clock=clock, ids=ids, network=network, links=links),
        WmsEntry(caller=wms, clock=clock, ids=ids, sealer=sealer, network=network, links=links),
        CarrierSubscribe(client=Kuaidi100Client(caller), clock=clock, sealer=sealer, network=network, links=links),
    ]
