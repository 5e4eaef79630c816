"""The words on papers, zh and en."""

from collections.abc import Mapping
from typing import Final

from paidan.printing.papers import Kind

TITLES: Final[Mapping[Kind, tuple[str, str]]] = {
    Kind.PICK_LIST: ("拣货单", "Pick list"),
    Kind.PACKING_LIST: ("装箱单", "Packing list"),
    Kind.LABEL: ("面单", "Parcel label"),
}
_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "and_more": ("等，另有 {} 种", "and {} more"),
    "barcode": ("条码", "Barcode"),
    "basket": ("篮号", "Basket"),
    "baskets": ("篮号×数量", "Basket × units"),
    "box_of": ("第 {} 箱 / 共 {} 箱", "Box {} of {}"),
    "carrier": ("快递公司", "Carrier"),
    "checked_by": ("复核", "Checked by"),
    "cod": ("代收货款", "COD"),
    "fulfilment": ("发货单号", "Fulfilment"),
    "fulfilments": ("发货单数", "Fulfilments"),
    "goods": ("货品", "Goods"),
    "name": ("品名", "Name"),
    "no_waybill": ("暂无运单号，条码为发货单号", "No waybill yet: the barcode is the fulfilment number"),
    "order": ("订单号", "Order"),
    "orders": ("订单号", "Orders"),
    "packed_by": ("装箱", "Packed by"),
    "page_of": ("第 {} 页 / 共 {} 页", "Page {} of {}"),
    "picked_by": ("拣货", "Picked by"),
    "place": ("货位", "Place"),
    "placed_at": ("下单时间", "Placed"),
    "platform_no": ("平台单号", "Platform no."),
    "printed": ("打印", "Printed"),
    "quantity": ("数量", "Quantity"),
    "receiver": ("收件人", "Receiver"),
    "receiver_short": ("收", "To"),
    "run": ("批次", "Batch"),
    "sender_short": ("寄", "From"),
    "shop": ("店铺", "Shop"),
    "sku": ("货号", "SKU"),
    "skus": ("货品种数", "SKUs"),
    "sorting": ("分拣篮", "Baskets"),
    "times": ("第 {} 次打印", "Print no. {}"),
    "total": ("合计", "Total"),
    "units": ("件数", "Units"),
    "unit_count": ("共 {} 件", "{} units"),
    "warehouse": ("仓库", "Warehouse"),
    "waybill": ("运单号", "Waybill"),
}


def words_of(kind: Kind, language: str) -> dict[str, str]:
    """Every word of a paper in `zh` or `en`; `{}` stands for a figure."""
    n = 0 if language == "zh" else 1
    return {"title": TITLES[kind][n], **{name: both[n] for name, both in _WORDS.items()}}
