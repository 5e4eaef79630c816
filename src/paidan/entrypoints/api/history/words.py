"""The words of an order's history: a sentence for each step, said of whoever did it, and the names of what a step tells beside it.

A sentence follows the name of the actor. `{field}` is a field of the step's detail in words; a part in brackets is said only where all its fields
are known; a count may be followed by (one|many). A step without a sentence is told by its title (orders/story_words.py) and its fields.
"""

from collections.abc import Mapping
from typing import Final

from paidan.orders.story_words import Both

SENTENCES: Final[Mapping[str, Both]] = {
    "received": ("发来订单[：{lines} 行商品][，{status}]", "sent the order[: {lines} (line|lines)][, {status}]"),
    "platform_changed": ("更新了订单[：{status}]", "changed the order[: {status}]"),
    "platform_receiver_changed": ("改了收件人；我方修改仍然有效", "changed the receiver; our own edit stays in force"),
    "bundle_unpacked": ("把[第 {line} 行的]组合装拆成[ {parts} 种]单品", "unpacked the bundle[ of line {line}] into[ {parts}] goods"),
    "held": ("挂起了订单[：{reason}][（{stops}）]", "held the order[: {reason}][ ({stops})]"),
    "hold_released": ("放行[：{reason}]", "released the hold[: {reason}]"),
    "hold_closed": ("解除了挂起[：{reason}][（{cause}）]", "closed the hold[: {reason}][ ({cause})]"),
    "edited": ("改了[{changed}]", "changed[ {changed}]"),
    "receiver_edited": ("改了收件人[的{fields}]", "changed[ {fields} of] the receiver"),
    "receiver_restored": ("恢复了平台的收件人", "took the platform's receiver back"),
    "lines_edited": ("改了要发的商品", "changed the goods to be sent"),
    "cancel_asked": ("申请取消订单[：{note}]", "asked to cancel the order[: {note}]"),
    "cancelled": ("取消了订单[：{reason}]", "cancelled the order[: {reason}]"),
    "completed": ("订单完成：没有需要发的货", "completed the order: there was nothing to ship"),
    "merge_asked": ("要求现在就合单", "asked to merge now"),
    "merge_undone": ("撤销了合单", "undid the merge"),
    "unmerge_asked": ("要求单独发，不再合单", "asked to let it travel alone"),
    "merge_group": ("确认可以和同一买家的其他订单合单", "said that it may be merged with others of the same buyer"),
    "split_by_hand": ("拆单[：从 {fulfilment} 拆出 {part}][，{units}]", "split the order[: {part} out of {fulfilment}][, {units}]"),
    "split_undone": ("撤销拆单[：{part} 并回 {fulfilment}]", "undid the split[: {part} is in {fulfilment} again]"),
    "gift_added": ("加了赠品[ {sku}][ × {quantity}]", "added a gift[: {sku}][ × {quantity}]"),
    "gift_taken_back": ("取消了赠品[（第 {line} 行）]", "took the gift back[ (line {line})]"),
    "sourced": ("分仓[到 {parcels}][，成本 {cost}]", "sourced it[ from {parcels}][, cost {cost}]"),
    "backordered": ("没有仓库能发[：{reason}][，缺 {short}]", "found no warehouse that can send it[: {reason}][, short of {short}]"),
    "unplanned": ("取消了原来的分仓[ {fulfilment}][：{reason}]", "dropped the plan[ {fulfilment}][: {reason}]"),
    "released": ("下发了[发货单 {fulfilment}][，与 {company} 张订单合单]", "released[ {fulfilment}] to the warehouse[, merged with {company} more]"),
    "release_stopped": ("暂停下发[ {fulfilment}][：{reason}]", "stopped the release[ of {fulfilment}][: {reason}]"),
    "not_sent": ("没有下发就取消了[ {fulfilment}][：{reason}]", "took[ {fulfilment}] back before it was sent[: {reason}]"),
    "accepted": ("接了[发货单 {fulfilment}]", "took[ {fulfilment}]"),
    "rejected": ("拒了[发货单 {fulfilment}][：{reason}]", "rejected[ {fulfilment}][: {reason}]"),
    "dropped_by_warehouse": ("取消了[发货单 {fulfilment}][：{reason}]", "dropped[ {fulfilment}][: {reason}]"),
    "recall_asked": ("请仓库退回[ {fulfilment}][：{reason}]", "asked[ {fulfilment}] back from the warehouse[: {reason}]"),
    "recalled": ("退回了[发货单 {fulfilment}]", "gave[ {fulfilment}] back"),
    "recall_refused": ("不肯退回[ {fulfilment}][：{reason}]", "keeps[ {fulfilment}][: {reason}]"),
    "recall_unanswered": ("没有得到退回[ {fulfilment} ]的答复[：{reason}]", "got no answer on the recall[ of {fulfilment}][: {reason}]"),
    "packed": ("验货打包了[ {fulfilment}]", "verified and packed[ {fulfilment}]"),
    "printed": ("打印了[{kind}][ {fulfilment}][（第 {times} 次）]", "printed[ the {kind}][ of {fulfilment}][ (time no. {times})]"),
    "warehouse_step": ("仓内进度[：{status}]", "tells its progress[: {status}]"),
    "itemlack": ("拣货时发现缺货[ {fulfilment}]", "found goods missing when picking[ {fulfilment}]"),
    "orderexception": ("报告异常[ {fulfilment}]", "told of a trouble[ with {fulfilment}]"),
    "late": ("发来迟到的报文，未采用[ {fulfilment}]", "sent a message too late: it was not used[ for {fulfilment}]"),
    "shipped": ("发货[ {fulfilment}][，运单 {parcels}]", "shipped[ {fulfilment}][, waybill {parcels}]"),
    "shipped_short": ("少发了[ {units} 件][ {fulfilment}]", "shipped less than planned[: {units} (unit|units) missing][, {fulfilment}]"),
    "over_shipped": ("多发了[ {units}][，{fulfilment}]", "shipped more than planned[: {units}][, {fulfilment}]"),
    "tracking": ("运单[ {parcel} ]{state}", "tells of[ waybill] {parcel}: {state}"),
    "delivered": ("签收[ {fulfilment}]", "delivered[ {fulfilment}]"),
    "told_platform": ("已把发货告诉平台[，运单 {parcel}]", "told the platform that it is shipped[, waybill {parcel}]"),
    "platform_refused": ("不接受发货通知[：{reason}][，运单 {parcel}]", "refused the shipping notice[: {reason}][, waybill {parcel}]"),
}
FIELDS: Final[Mapping[str, Both]] = {
    "aim": ("目标", "Aim"),
    "at": ("时间", "At"),
    "by": ("由", "By"),
    "candidates": ("候选仓", "Candidates"),
    "carrier": ("快递", "Carrier"),
    "cause": ("原因", "Because"),
    "cost": ("成本", "Cost"),
    "fields": ("改了", "Changed"),
    "fulfilment": ("发货单", "Fulfilment"),
    "goes_out_again": ("重新下发", "Goes out again"),
    "is_final": ("最后一次发货", "Last shipment"),
    "kind": ("单据", "Paper"),
    "known": ("平台早已知道", "Known there before"),
    "last": ("发完", "All of it"),
    "leader": ("随发货单", "Travels in"),
    "line": ("行", "Line"),
    "lines": ("件数", "Units"),
    "note": ("说明", "Note"),
    "parcel": ("运单", "Waybill"),
    "parcels": ("包裹", "Parcels"),
    "part": ("拆出", "Part"),
    "parts": ("单品", "Goods"),
    "policy": ("分仓策略版本", "Version of the policy"),
    "quantity": ("数量", "Quantity"),
    "reason": ("原因", "Reason"),
    "short": ("缺", "Short of"),
    "sku": ("货品", "SKU"),
    "split": ("最好的拆法", "Best split"),
    "state": ("状态", "State"),
    "status": ("状态", "Status"),
    "stops": ("停下", "Stops"),
    "times": ("次数", "Times"),
    "units": ("件数", "Units"),
    "until": ("到期", "Until"),
    "warehouse": ("仓库", "Warehouse"),
    "with": ("同行", "Together with"),
}
EDITS: Final[Mapping[str, Both]] = {
    "warehouse_id": ("指定仓库", "wished warehouse"),
    "carrier_id": ("指定快递", "wished carrier"),
    "remark": ("内部备注", "our remark"),
    "urgent": ("加急", "urgent"),
    "sealed": ("不拆不合", "keep it alone"),
    "flag": ("旗帜", "flag"),
}
"""What an edit may change, by its name in the stored edits."""
RECEIVER_FIELDS: Final[Mapping[str, Both]] = {
    "name": ("姓名", "name"),
    "phone": ("电话", "phone"),
    "province": ("省", "province"),
    "city": ("市", "city"),
    "district": ("区县", "district"),
    "detail": ("详细地址", "street"),
    "zip_code": ("邮编", "zip code"),
}
PLATFORM_STATUSES: Final[Mapping[str, Both]] = {
    "UNPAID": ("未付款", "not paid"),
    "FORBIDDEN": ("已付款，平台暂不让发", "paid, not to be shipped yet"),
    "PAID": ("已付款", "paid"),
    "PART_SHIPPED": ("部分发货", "partly shipped"),
    "SHIPPED": ("已发货", "shipped"),
    "FINISHED": ("交易成功", "finished"),
    "CLOSED_UNPAID": ("未付款关闭", "closed unpaid"),
    "CLOSED_REFUNDED": ("退款关闭", "closed and refunded"),
}
CAUSES: Final[Mapping[str, Both]] = {"expired": ("到期自动解除", "it was over"), "system": ("原因已消失", "its cause has gone")}
AIMS: Final[Mapping[str, Both]] = {"cheapest": ("总成本最低", "lowest total cost"), "nearest": ("距离最近", "nearest")}
STOPS: Final[Mapping[int, Both | None]] = {1: None, 2: ("只停下发", "the release only")}
YES_NO: Final[tuple[Both, Both]] = (("否", "no"), ("是", "yes"))
NO_WISH: Final[Both] = ("按规则选择", "by the rules")
NONE: Final[Both] = ("无", "none")
WRITTEN: Final[Both] = ("有", "written")
REWRITTEN: Final[Both] = ("改写", "rewritten")
CHOSEN: Final[Both] = ("选中", "chosen")
ELSEWHERE: Final[Both] = ("其他仓库", "another warehouse")
ANOTHER: Final[Both] = ("其他订单", "another order")
RECEIVER: Final[Both] = ("收件人", "Receiver")
LINE: Final[Both] = ("第 {} 行", "Line {}")
GIFT: Final[Both] = ("赠品", "Gift")
ACTORS: Final[Mapping[str, Both]] = {
    "audit": ("审核规则「{}」", "Audit rule “{}”"),
    "rule": ("规则「{}」", "Rule “{}”"),
    "wms": ("仓库 {}", "Warehouse {}"),
    "carrier": ("快递", "The carrier"),
    "platform": ("平台", "The platform"),
    "system": ("系统", "The system"),
}
TOLD_BY_PLATFORM: Final = frozenset({"received", "platform_changed", "platform_receiver_changed"})
"""Steps of a pass that are the platform's doing."""
