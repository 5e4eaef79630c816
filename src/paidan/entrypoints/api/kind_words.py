"""What the kinds of messages and calls mean, by the names that their protocols have for them. A name that is not here stands for itself."""

from collections.abc import Mapping
from typing import Final

from paidan.orders.story_words import Both

OURS: Final[Mapping[str, Both]] = {
    "order": ("订单", "order"),  # Shopify's query of one order has the same name
    "refund": ("退款单", "refund"),
    "read orders": ("读取变动订单(失败)", "reading changed orders (failed)"),
    "read created": ("读取新建订单(失败)", "reading new orders (failed)"),
    "read refunds": ("读取退款单(失败)", "reading refund cases (failed)"),
    "read bulk": ("读取推送库(失败)", "reading the push database (failed)"),
    "read push": ("补读通知的订单(失败)", "reading orders that notices name (failed)"),
}
TAOBAO: Final[Mapping[str, Both]] = {
    "taobao.trades.sold.increment.get": ("淘宝：列出变动订单", "Taobao: list changed orders"),
    "taobao.trades.sold.get": ("淘宝：列出新建订单", "Taobao: list new orders"),
    "taobao.trade.fullinfo.get": ("淘宝：读取订单详情", "Taobao: read an order"),
    "taobao.refunds.receive.get": ("淘宝：列出退款单", "Taobao: list refund cases"),
    "taobao.tmc.messages.consume": ("淘宝：领取通知", "Taobao: fetch notices"),
    "taobao.tmc.messages.confirm": ("淘宝：确认通知", "Taobao: confirm notices"),
    "taobao.tmc.user.permit": ("淘宝：开通通知", "Taobao: switch notices on"),
    "taobao.user.seller.get": ("淘宝：读取卖家账号", "Taobao: read the seller's account"),
    "taobao.top.oaid.merge": ("淘宝：能否合并发货", "Taobao: may receivers be merged"),
    "taobao.logistics.offline.send": ("淘宝：回传发货", "Taobao: tell what was shipped"),
    "taobao.logistics.online.send": ("淘宝：回传发货(货到付款)", "Taobao: tell what was shipped (cash on delivery)"),
    "alibaba.ascp.logistics.offline.send": ("淘宝：回传部分发货", "Taobao: tell a part that was shipped"),
    "taobao.logistics.consign.resend": ("淘宝：更换运单号", "Taobao: change the waybill"),
    "tmall.item.quantity.update": ("淘宝：按差量改库存", "Taobao: change stock by a difference"),
    "taobao.skus.quantity.update": ("淘宝：设置多个规格的库存", "Taobao: set the stock of variants"),
    "taobao.item.quantity.update": ("淘宝：设置平台商品的库存", "Taobao: set the stock of a listing"),
    "/router/batch": ("淘宝：批量调用", "Taobao: calls in one batch"),
    "taobao_trade_TradeCreate": ("淘宝通知：订单创建", "Taobao notice: order made"),
    "taobao_trade_TradeBuyerPay": ("淘宝通知：买家付款", "Taobao notice: buyer paid"),
    "taobao_trade_TradeBuyerStepPay": ("淘宝通知：分阶段付款", "Taobao notice: buyer paid a stage"),
    "taobao_trade_TradeChanged": ("淘宝通知：订单变动", "Taobao notice: order changed"),
    "taobao_trade_TradeClose": ("淘宝通知：订单关闭", "Taobao notice: order closed"),
    "taobao_trade_TradeCloseAndModifyDetailOrder": ("淘宝通知：子订单关闭", "Taobao notice: a line closed"),
    "taobao_trade_TradeMemoModified": ("淘宝通知：备注修改", "Taobao notice: remark changed"),
    "taobao_trade_TradeModifyFee": ("淘宝通知：改价", "Taobao notice: price changed"),
    "taobao_trade_TradeLogisticsAddressChanged": ("淘宝通知：地址修改", "Taobao notice: address changed"),
    "taobao_trade_TradePartlyRefund": ("淘宝通知：部分退款", "Taobao notice: partly refunded"),
    "taobao_trade_TradePartlySellerShip": ("淘宝通知：部分发货", "Taobao notice: partly shipped"),
    "taobao_trade_TradeSellerShip": ("淘宝通知：已发货", "Taobao notice: shipped"),
    "taobao_trade_TradeSuccess": ("淘宝通知：交易成功", "Taobao notice: order completed"),
    "taobao_refund_RefundCreated": ("淘宝通知：退款申请", "Taobao notice: refund requested"),
    "taobao_refund_RefundSuccess": ("淘宝通知：退款成功", "Taobao notice: refunded"),
    "taobao_refund_RefundClosed": ("淘宝通知：退款关闭", "Taobao notice: refund closed"),
    "taobao_refund_RefundSellerAgreeAgreement": ("淘宝通知：同意退款", "Taobao notice: refund agreed to"),
    "taobao_refund_RefundSellerRefuseAgreement": ("淘宝通知：拒绝退款", "Taobao notice: refund refused"),
    "taobao_refund_RefundBuyerModifyAgreement": ("淘宝通知：退款申请修改", "Taobao notice: refund request changed"),
    "taobao_item_ItemStockChanged": ("淘宝通知：库存变动", "Taobao notice: stock changed"),
}
SHOPIFY: Final[Mapping[str, Both]] = {
    "orders_changed": ("Shopify：列出变动订单", "Shopify: list changed orders"),
    "orders_created": ("Shopify：列出新建订单", "Shopify: list new orders"),
    "order_lines": ("Shopify：读取订单的更多行", "Shopify: read more lines of an order"),
    "order_fulfillments": ("Shopify：读取订单的更多发货", "Shopify: read more shipments of an order"),
    "order_to_ship": ("Shopify：读取待发货部分", "Shopify: read what is to be shipped"),
    "fulfillment_lines": ("Shopify：读取发货的更多行", "Shopify: read more lines of a shipment"),
    "fulfillment_order_lines": ("Shopify：读取待发货部分的更多行", "Shopify: read more lines that are to be shipped"),
    "fulfillment_create": ("Shopify：回传发货", "Shopify: tell what was shipped"),
    "fulfillment_create_idempotent": ("Shopify：回传发货(防重复)", "Shopify: tell once what was shipped"),
    "release_hold": ("Shopify：解除发货暂停", "Shopify: let a held shipment go"),
    "inventory_levels": ("Shopify：读取库存", "Shopify: read stock"),
    "inventory_set": ("Shopify：设置库存", "Shopify: set stock"),
    "inventory_adjust": ("Shopify：按差量改库存", "Shopify: change stock by a difference"),
    "greeting": ("Shopify：测试连接", "Shopify: try the connection"),
    "orders/create": ("Shopify 通知：订单创建", "Shopify notice: order made"),
    "orders/updated": ("Shopify 通知：订单变动", "Shopify notice: order changed"),
    "orders/paid": ("Shopify 通知：已付款", "Shopify notice: order paid"),
    "orders/cancelled": ("Shopify 通知：订单取消", "Shopify notice: order cancelled"),
    "orders/fulfilled": ("Shopify 通知：已发货", "Shopify notice: order shipped"),
    "orders/partially_fulfilled": ("Shopify 通知：部分发货", "Shopify notice: order partly shipped"),
    "orders/edited": ("Shopify 通知：订单编辑", "Shopify notice: order edited"),
    "orders/delete": ("Shopify 通知：订单删除", "Shopify notice: order deleted"),
    "refunds/create": ("Shopify 通知：退款", "Shopify notice: refund"),
    "order_transactions/create": ("Shopify 通知：收付款", "Shopify notice: payment"),
    "fulfillments/create": ("Shopify 通知：生成发货", "Shopify notice: shipment made"),
    "fulfillments/update": ("Shopify 通知：发货变动", "Shopify notice: shipment changed"),
}
QIMEN: Final[Mapping[str, Both]] = {
    "deliveryorder.create": ("下发发货单", "send a fulfilment to the warehouse"),
    "deliveryorder.batchcreate": ("批量下发发货单", "send fulfilments to the warehouse"),
    "deliveryorder.query": ("查询发货单", "ask about a fulfilment"),
    "order.cancel": ("拦截发货单", "recall a fulfilment"),
    "entryorder.create": ("下发入库单", "send an entry order to the warehouse"),
    "singleitem.synchronize": ("同步一个货品", "tell the warehouse a SKU"),
    "items.synchronize": ("同步货品", "tell the warehouse SKUs"),
    "combineitem.synchronize": ("同步组合装", "tell the warehouse a bundle"),
    "inventory.query": ("查询库存", "ask for stock"),
    "deliveryorder.confirm": ("发货确认", "shipment confirmed"),
    "deliveryorder.batchconfirm": ("批量发货确认", "shipments confirmed"),
    "deliveryorder.batchcreate.answer": ("批量下发的结果", "result of fulfilments sent"),
    "entryorder.confirm": ("入库确认", "goods received"),
    "orderprocess.report": ("作业进度", "progress in the warehouse"),
    "itemlack.report": ("缺货报告", "goods missing in the warehouse"),
    "stockchange.report": ("库存异动", "stock changed"),
    "inventory.report": ("盘点报告", "stock counted"),
    "orderexception.report": ("异常报告", "trouble in the warehouse"),
}
KUAIDI100: Final[Mapping[str, Both]] = {
    "poll": ("订阅物流", "subscribe to a parcel's track"),
    "query": ("查询物流", "ask for a parcel's track"),
    "push": ("物流轨迹", "a parcel's track"),
}
MESSAGE_KIND_WORDS: Final[Mapping[str, Both]] = {**OURS, **QIMEN, **KUAIDI100, **TAOBAO, **SHOPIFY}
"""By the kind that the message log keeps."""

OUTBOX_KIND_WORDS: Final[Mapping[str, Both]] = {
    "wms.create": ("下发发货单", "send a fulfilment"),
    "wms.recall": ("拦截发货单", "recall a fulfilment"),
    "wms.entry": ("下发入库单", "send an entry order"),
    "wms.stock": ("查询仓库库存", "ask a warehouse for its stock"),
    "carrier.subscribe": ("订阅物流", "subscribe to a parcel's track"),
    "shop.ship": ("回传发货", "tell a shop what was shipped"),
}
"""By the kind of a call that a counterpart must get."""
