"""The steps an order's timeline tells, in words. A step not named here is shown by its own name."""

from typing import Final

from paidan.kernel.reasons import Words

W = Words
STEPS: Final[dict[str, Words]] = {
    "received": W("收到订单", "Received"),
    "platform_changed": W("平台更新", "Changed by the platform"),
    "bundle_unpacked": W("组合装拆分", "Bundle unpacked"),
    "held": W("挂起", "Held"),
    "hold_closed": W("挂起自动解除", "Hold closed by itself"),
    "hold_released": W("人工放行", "Hold released by hand"),
    "edited": W("人工修改", "Edited by hand"),
    "cancel_asked": W("申请取消", "Cancellation asked for"),
    "unmerge_asked": W("申请取消合单", "Un-merge asked for"),
    "sourced": W("分仓完成", "Sourced"),
    "backordered": W("缺货等待", "Backordered"),
    "unplanned": W("撤销发货计划", "Fulfilment un-planned"),
    "release_stopped": W("下发被挂起", "Release stopped by a hold"),
    "released": W("下发仓库", "Released to the warehouse"),
    "recall_asked": W("申请拦截", "Recall asked for"),
    "recalled": W("拦截成功", "Recalled"),
    "recall_refused": W("仓库拒绝拦截", "Recall refused by the warehouse"),
    "accepted": W("仓库接单", "Accepted by the warehouse"),
    "rejected": W("仓库拒单", "Rejected by the warehouse"),
    "shipped": W("已发货", "Shipped"),
    "delivered": W("已签收", "Delivered"),
    "told_platform": W("已回传平台", "Told to the platform"),
    "cancelled": W("已取消", "Cancelled"),
}


def step_words(step: str, language: str) -> str:
    """The step as people say it, in `zh` or `en`."""
    known = STEPS.get(step)
    if known is None:
        return step
    return known.zh if language == "zh" else known.en
