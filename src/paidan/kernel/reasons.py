"""The closed list of reasons: why something was refused, held, left waiting. Each has words in zh and en, and the next step."""

from enum import StrEnum
from typing import Final, NamedTuple


class Words(NamedTuple):
    """A reason in both languages, and what to do next."""

    zh: str
    en: str
    next_zh: str = ""
    next_en: str = ""


class Reason(StrEnum):
    """Closed: a new reason is added here, with words, and never re-used for another meaning."""

    # reading what came from outside
    BODY_UNREADABLE = "body_unreadable"
    BODY_TOO_LARGE = "body_too_large"
    ENCODING_WRONG = "encoding_wrong"
    SIGNATURE_WRONG = "signature_wrong"
    TIMESTAMP_WRONG = "timestamp_wrong"
    UNKNOWN_FIELD = "unknown_field"
    FIELD_MISSING = "field_missing"
    FIELD_INVALID = "field_invalid"
    PERSONAL_IN_ADDRESS = "personal_in_address"
    UNKNOWN_METHOD = "unknown_method"
    UNKNOWN_SHOP = "unknown_shop"
    UNKNOWN_WAREHOUSE = "unknown_warehouse"
    UNKNOWN_CARRIER = "unknown_carrier"
    UNKNOWN_SKU = "unknown_sku"
    UNKNOWN_ORDER = "unknown_order"
    UNKNOWN_FULFILMENT = "unknown_fulfilment"
    UNKNOWN_DOCUMENT = "unknown_document"
    UNKNOWN_PARCEL = "unknown_parcel"
    DUPLICATE_KEY = "duplicate_key"
    POISON = "poison"
    # audit
    PAYMENT_MISSING = "payment_missing"
    AMOUNTS_DISAGREE = "amounts_disagree"
    PRESALE_BALANCE_OPEN = "presale_balance_open"
    PLATFORM_FORBIDS = "platform_forbids"
    ADDRESS_UNPARSED = "address_unparsed"
    ADDRESS_UNDELIVERABLE = "address_undeliverable"
    LISTING_UNMAPPED = "listing_unmapped"
    BUNDLE_WITHOUT_PARTS = "bundle_without_parts"
    GOODS_OFF_SALE = "goods_off_sale"
    GOODS_FORBIDDEN_HERE = "goods_forbidden_here"
    REFUND_REQUESTED = "refund_requested"
    REMARK_UNREAD = "remark_unread"
    AMOUNT_UNUSUAL = "amount_unusual"
    DUPLICATE_PURCHASE = "duplicate_purchase"
    RULE_SAYS_HOLD = "rule_says_hold"
    HELD_BY_PERSON = "held_by_person"
    PLATFORM_CHANGED_AFTER_RELEASE = "platform_changed_after_release"
    EDIT_CONFLICT = "edit_conflict"
    UNITS_CONFLICT = "units_conflict"
    NOTHING_TO_SHIP = "nothing_to_ship"
    # sourcing and stock
    NO_WAREHOUSE_SERVES = "no_warehouse_serves"
    WAREHOUSE_NOT_FOR_SHOP = "warehouse_not_for_shop"
    NO_CARRIER_REACHES = "no_carrier_reaches"
    SHORT_OF_STOCK = "short_of_stock"
    SPLIT_CAP = "split_cap"
    DEARER = "dearer"
    FARTHER = "farther"
    WAREHOUSE_CLOSED = "warehouse_closed"
    WAREHOUSE_REJECTED_BEFORE = "warehouse_rejected_before"
    STOCK_TAKEN_MEANWHILE = "stock_taken_meanwhile"
    BALANCE_MISSING = "balance_missing"
    # fulfilment
    IN_MERGE_WINDOW = "in_merge_window"
    WAREHOUSE_REJECTED = "warehouse_rejected"
    WAREHOUSE_REFUSED_RECALL = "warehouse_refused_recall"
    ANSWER_UNKNOWN = "answer_unknown"
    COUNTERPART_REFUSED = "counterpart_refused"
    OVER_SHIPPED = "over_shipped"
    OUT_OF_ORDER = "out_of_order"
    ITEM_NOT_SYNCED = "item_not_synced"
    # cancellation
    BUYER_CANCELLED = "buyer_cancelled"
    CANCELLED_BY_PERSON = "cancelled_by_person"
    CLOSED_UNPAID = "closed_unpaid"
    EDITED_BY_PERSON = "edited_by_person"
    REFUNDED = "refunded"
    ALREADY_SHIPPED = "already_shipped"
    ALREADY_CANCELLED = "already_cancelled"
    ILLEGAL_MOVE = "illegal_move"
    NOTHING_TO_REPLAY = "nothing_to_replay"
    ALREADY_CLAIMED = "already_claimed"
    ALREADY_PRINTED = "already_printed"
    NOT_HELD = "not_held"
    ALREADY_HELD = "already_held"
    AT_THE_WAREHOUSE = "at_the_warehouse"
    NOTHING_TO_MERGE = "nothing_to_merge"
    NOT_MERGED = "not_merged"
    NOTHING_TO_SPLIT = "nothing_to_split"
    KEPT_WHOLE = "kept_whole"
    MORE_THAN_PLANNED = "more_than_planned"
    SPLITS_NOTHING_OFF = "splits_nothing_off"
    NOT_TO_BE_UNDONE = "not_to_be_undone"
    # editing
    UNKNOWN_LINE = "unknown_line"
    LINE_NOT_EDITABLE = "line_not_editable"
    MORE_THAN_BOUGHT = "more_than_bought"
    NOTHING_WOULD_BE_LEFT = "nothing_would_be_left"
    NOTHING_CHANGED = "nothing_changed"
    # printing
    NOTHING_TO_PRINT = "nothing_to_print"
    RECEIVER_ERASED = "receiver_erased"
    FONT_MISSING = "font_missing"
    TOO_MANY_AT_ONCE = "too_many_at_once"
    # lists
    TOO_MANY_TO_SORT = "too_many_to_sort"
    # scanning
    UNKNOWN_BARCODE = "unknown_barcode"
    NOT_IN_THIS_PARCEL = "not_in_this_parcel"
    SCANNED_ENOUGH = "scanned_enough"
    NOT_A_WAYBILL = "not_a_waybill"
    WAYBILL_TAKEN = "waybill_taken"
    CALLED_BACK = "called_back"
    NOT_WORKED_HERE = "not_worked_here"
    RECEIPT_CLOSED = "receipt_closed"
    # trying a shop's account
    SHOP_KEY_WRONG = "shop_key_wrong"
    SHOP_SESSION_WRONG = "shop_session_wrong"
    SHOP_PERMISSION_MISSING = "shop_permission_missing"
    SHOP_NOT_THERE = "shop_not_there"
    PLATFORM_UNREACHABLE = "platform_unreachable"
    PLATFORM_SILENT = "platform_silent"
    NOT_THE_PLATFORM = "not_the_platform"
    ADDRESS_NOT_CALLED = "address_not_called"
    # people and doors
    VERSION_CONFLICT = "version_conflict"
    VERSION_MISSING = "version_missing"
    IDEMPOTENCY_CONFLICT = "idempotency_conflict"
    IDEMPOTENCY_IN_FLIGHT = "idempotency_in_flight"
    NOT_ALLOWED = "not_allowed"
    NOT_SIGNED_IN = "not_signed_in"
    SIGN_IN_WRONG = "sign_in_wrong"
    CSRF_WRONG = "csrf_wrong"
    PASSWORD_NOT_OWN = "password_not_own"  # noqa: S105 - a reason, no password
    PASSWORD_UNCHANGED = "password_unchanged"  # noqa: S105 - a reason, no password
    PASSWORD_WEAK = "password_weak"  # noqa: S105 - a reason, no password
    LAST_ADMINISTRATOR = "last_administrator"
    LAST_ADMINISTRATOR_KEPT = "last_administrator_kept"
    PASSWORD_SIGN_IN_OFF = "password_sign_in_off"  # noqa: S105 - a reason, no password
    NO_PASSWORD = "no_password"  # noqa: S105 - a reason, no password
    PERSON_SWITCHED_OFF = "person_switched_off"
    SIGN_IN_PROVIDER_OFF = "sign_in_provider_off"
    SIGN_IN_PROVIDER_AWAY = "sign_in_provider_away"
    SIGN_IN_REFUSED_THERE = "sign_in_refused_there"
    SIGN_IN_EXPIRED = "sign_in_expired"
    SIGN_IN_TOKEN_WRONG = "sign_in_token_wrong"  # noqa: S105 - a reason, no token
    SIGN_IN_NAME_MISSING = "sign_in_name_missing"
    SIGN_IN_NAME_TAKEN = "sign_in_name_taken"
    SIGN_IN_NO_ROLE = "sign_in_no_role"
    SIGN_IN_ADDRESS_UNKNOWN = "sign_in_address_unknown"
    NOT_FOUND = "not_found"
    TOO_MANY_REQUESTS = "too_many_requests"
    UNAVAILABLE = "unavailable"
    INTERNAL = "internal"


W = Words
WORDS: Final[dict[Reason, Words]] = {
    Reason.BODY_UNREADABLE: W("报文无法解析", "The body cannot be read", "请检查格式与编码后重发", "Check format and encoding, then send again"),
    Reason.BODY_TOO_LARGE: W("报文过大", "The body is too large", "请拆分后重发", "Split it and send again"),
    Reason.ENCODING_WRONG: W("编码不正确", "The encoding is wrong", "请使用 UTF-8", "Use UTF-8"),
    Reason.SIGNATURE_WRONG: W("签名不正确", "The signature is wrong", "请核对密钥与签名算法", "Check secret and signing method"),
    Reason.TIMESTAMP_WRONG: W("时间戳超出允许范围", "The timestamp is outside the window", "请校准时钟", "Set the clock right"),
    Reason.UNKNOWN_FIELD: W("字段不认识", "A field is unknown", "请删除或改正该字段", "Remove or correct the field"),
    Reason.FIELD_MISSING: W("缺少必填字段", "A required field is missing", "请填写后重试", "Fill it in and try again"),
    Reason.FIELD_INVALID: W("字段值无效", "A field's value is invalid", "请改正后重试", "Correct it and try again"),
    Reason.PERSONAL_IN_ADDRESS: W(
        "手机号不能写在网址或视图里", "A phone must not stand in an address or a saved view", "请在查找框里输入手机号", "Type it into the search box"
    ),
    Reason.UNKNOWN_METHOD: W("方法不支持", "The method is not supported"),
    Reason.UNKNOWN_SHOP: W("店铺不存在", "There is no such shop", "请先建立店铺", "Create the shop first"),
    Reason.UNKNOWN_WAREHOUSE: W("仓库不存在", "There is no such warehouse", "请先建立仓库", "Create the warehouse first"),
    Reason.UNKNOWN_CARRIER: W("快递公司不存在", "There is no such carrier", "请先建立快递公司", "Create the carrier first"),
    Reason.UNKNOWN_SKU: W("货品不存在", "There is no such SKU", "请先建立货品", "Create the SKU first"),
    Reason.UNKNOWN_ORDER: W(
        "订单不存在", "There is no such order", "核对单号；无权查看的店铺也不显示", "Check the number; orders of shops you may not see are not shown"
    ),
    Reason.UNKNOWN_FULFILMENT: W("发货单不存在", "There is no such fulfilment"),
    Reason.UNKNOWN_DOCUMENT: W("单据不存在", "There is no such document"),
    Reason.UNKNOWN_PARCEL: W("包裹不存在", "There is no such parcel"),
    Reason.DUPLICATE_KEY: W(
        "重复：已经有一个相同的", "There is one like it already", "换一个，或去掉重复的", "Choose another, or take one of the two out"
    ),
    Reason.POISON: W("处理出错，已隔离", "Processing failed; set aside whole", "请查看报文并重放", "Look at the message and replay it"),
    Reason.PAYMENT_MISSING: W("未付款", "Not paid yet", "等待买家付款", "Waits for the buyer's payment"),
    Reason.AMOUNTS_DISAGREE: W("金额不符", "The amounts do not add up", "核对平台金额后放行", "Compare with the platform, then release"),
    Reason.PRESALE_BALANCE_OPEN: W("预售尾款未付", "The presale balance is open", "等待付尾款", "Waits for the balance"),
    Reason.PLATFORM_FORBIDS: W("平台暂不允许发货", "The platform forbids shipping for now", "等待平台放行", "Waits for the platform"),
    Reason.ADDRESS_UNPARSED: W("地址无法解析", "The address cannot be parsed", "补全省市区", "Complete province, city, district"),
    Reason.ADDRESS_UNDELIVERABLE: W("地址无法送达", "The address cannot be reached", "改地址或换快递", "Change address or carrier"),
    Reason.LISTING_UNMAPPED: W("平台商品未匹配货品", "A listing is not mapped to a SKU", "在铺货匹配中建立对应", "Map the listing to a SKU"),
    Reason.BUNDLE_WITHOUT_PARTS: W("组合装没有子件", "A bundle has no parts", "在商品页填写子件", "Give the bundle its parts on the products page"),
    Reason.GOODS_OFF_SALE: W("货品已停售", "A SKU is off sale", "恢复销售或更换货品", "Put it on sale or replace it"),
    Reason.GOODS_FORBIDDEN_HERE: W("该地区禁运", "These goods may not be sent to this region", "改地址或取消", "Change address or cancel"),
    Reason.REFUND_REQUESTED: W("买家申请退款", "A refund is requested", "处理退款申请", "Decide on the refund request"),
    Reason.REMARK_UNREAD: W("有备注未读", "A remark has not been read", "阅读备注后放行", "Read the remark, then release"),
    Reason.AMOUNT_UNUSUAL: W("金额异常", "The amount is unusual", "确认后放行", "Confirm, then release"),
    Reason.DUPLICATE_PURCHASE: W("疑似重复购买", "Possibly bought twice", "与买家确认", "Ask the buyer"),
    Reason.RULE_SAYS_HOLD: W("规则拦截", "A rule says hold", "查看规则说明", "See the rule's note"),
    Reason.HELD_BY_PERSON: W("人工挂起", "Held by a person", "问过挂起人后解除挂起", "Ask who holds it, then release the hold"),
    Reason.PLATFORM_CHANGED_AFTER_RELEASE: W(
        "下发后平台有变更", "The platform changed the order after release", "决定是否拦截", "Decide whether to recall"
    ),
    Reason.EDIT_CONFLICT: W(
        "平台改了地址，与人工修改冲突",
        "The platform changed an address that was edited here",
        "改地址或恢复平台地址，选择保留哪一个",
        "Edit the address or take the platform's: choose which one stays",
    ),
    Reason.UNITS_CONFLICT: W(
        "平台取消了件数，与人工减量冲突",
        "The platform takes back units of a line that was cut here",
        "核对件数：改商品，或放行保持现状",
        "Compare the units: edit the goods, or release it as it is",
    ),
    Reason.NOTHING_TO_SHIP: W("没有需要发货的商品", "There is nothing to ship"),
    Reason.NO_WAREHOUSE_SERVES: W("没有仓库覆盖该地址", "No warehouse serves this address", "设置仓库覆盖区域", "Set the warehouse's areas"),
    Reason.NO_CARRIER_REACHES: W("没有快递可达", "No carrier reaches this address", "设置运费区域", "Set the freight tiers"),
    Reason.SHORT_OF_STOCK: W("缺货", "Short of stock", "等待到货", "Waits for stock"),
    Reason.SPLIT_CAP: W("超过拆单上限", "Would split more often than allowed"),
    Reason.DEARER: W("成本较高", "Costs more"),
    Reason.FARTHER: W("距离较远", "Is farther away"),
    Reason.WAREHOUSE_NOT_FOR_SHOP: W("该仓不为此店铺发货", "This warehouse does not serve this shop"),
    Reason.WAREHOUSE_CLOSED: W("仓库停用", "The warehouse is closed"),
    Reason.WAREHOUSE_REJECTED_BEFORE: W("该仓曾拒单", "This warehouse rejected it before"),
    Reason.STOCK_TAKEN_MEANWHILE: W("库存刚被占用，重新分仓", "Stock was taken meanwhile; it is sourced again"),
    Reason.BALANCE_MISSING: W("没有库存记录", "There is no stock record"),
    Reason.IN_MERGE_WINDOW: W("合单等待中", "Waits in the merge window"),
    Reason.WAREHOUSE_REJECTED: W("仓库拒单", "The warehouse rejected it", "自动改派其他仓库", "It is sourced again without that warehouse"),
    Reason.WAREHOUSE_REFUSED_RECALL: W("仓库拒绝拦截", "The warehouse refused the recall", "走退货流程", "Use a return instead"),
    Reason.ANSWER_UNKNOWN: W(
        "对方未应答，结果未知", "No answer; the result is unknown", "系统会先查询再重发", "It is asked before anything is sent again"
    ),
    Reason.COUNTERPART_REFUSED: W("对方拒绝", "The counterpart refused", "查看报文", "See the message"),
    Reason.OVER_SHIPPED: W("发货数量超过计划", "More was shipped than planned", "与仓库核对", "Check with the warehouse"),
    Reason.OUT_OF_ORDER: W("迟到的报文", "A late message; nothing to do"),
    Reason.ITEM_NOT_SYNCED: W("货品未同步到仓库", "The item is not known to the warehouse yet", "系统会先同步货品", "It is synchronised first"),
    Reason.BUYER_CANCELLED: W("买家取消", "Cancelled by the buyer"),
    Reason.CANCELLED_BY_PERSON: W("人工取消", "Cancelled by a person"),
    Reason.EDITED_BY_PERSON: W("人工修改", "Edited by hand"),
    Reason.CLOSED_UNPAID: W("未付款关闭", "Closed unpaid"),
    Reason.REFUNDED: W("已退款关闭", "Closed after a refund"),
    Reason.ALREADY_SHIPPED: W("已发货", "Already shipped", "请走退货流程", "Use a return instead"),
    Reason.ALREADY_CANCELLED: W("已取消", "Already cancelled"),
    Reason.ILLEGAL_MOVE: W("当前状态不允许此操作", "The current state does not allow this"),
    Reason.NOTHING_TO_REPLAY: W(
        "这条报文收到时已当场答复，没有可重放的内容",
        "This message was answered when it came: there is nothing to replay",
        "被拒的由对方重发",
        "One that was refused is sent again by its sender",
    ),
    Reason.ALREADY_CLAIMED: W("已被他人认领", "Somebody else has claimed it", "与认领人联系", "Ask who has claimed it"),
    Reason.ALREADY_PRINTED: W("已打印过", "Printed before", "确认后重新打印", "Confirm, then print again"),
    Reason.NOT_HELD: W("没有挂起，无需解除", "It is not held", "无需处理", "Nothing to do"),
    Reason.ALREADY_HELD: W("已人工挂起", "Somebody holds it already", "无需处理", "Nothing to do"),
    Reason.AT_THE_WAREHOUSE: W(
        "已下发仓库",
        "The warehouse has it already",
        "合了单的可取消合并；否则联系仓库，或取消订单（会请求拦截）",
        "Un-merge it where it was merged; else call the warehouse, or cancel the order: then it is asked back",
    ),
    Reason.NOTHING_TO_MERGE: W(
        "没有可合并的订单",
        "There is nothing it may travel with",
        "同一收件人、仓库、快递且未下发的订单才能合并",
        "Same receiver, warehouse and carrier, not released yet",
    ),
    Reason.NOT_MERGED: W("没有和别的订单合并", "It does not travel with another order", "无需处理", "Nothing to do"),
    Reason.NOTHING_TO_SPLIT: W(
        "没有可拆分的商品", "There is nothing to split", "未下发且有两件以上才能拆分", "It takes two units that are not released yet"
    ),
    Reason.KEPT_WHOLE: W(
        "订单设为不拆不合", "It is to be neither split nor merged", "先在“修改”里取消不拆不合", "Take that wish back first, under Edit"
    ),
    Reason.MORE_THAN_PLANNED: W(
        "超过待下发的件数",
        "More than waits to be released",
        "减少件数；已下发的要先请仓库退回",
        "Take fewer units; ask back first what a warehouse has",
    ),
    Reason.SPLITS_NOTHING_OFF: W(
        "全部选上等于没有拆", "All of it was chosen: nothing would stay behind", "至少留一件在原发货单", "Leave at least one unit where it is"
    ),
    Reason.NOT_TO_BE_UNDONE: W("已无法撤销", "It can no longer be undone", "请用反向操作", "Use the opposite action"),
    Reason.UNKNOWN_LINE: W("订单中没有这一行", "The order has no such line", "刷新后重试", "Reload and try again"),
    Reason.LINE_NOT_EDITABLE: W(
        "这一行不能这样修改",
        "This line cannot be changed this way",
        "组合装的子件随组合装修改；赠品只能换成单品；服务行不发货",
        "Parts follow their bundle; a gift is single goods; services are not shipped",
    ),
    Reason.MORE_THAN_BOUGHT: W("超过可发数量", "More than there is to ship", "要多发请添加赠品行", "To send more, add a gift line"),
    Reason.NOTHING_WOULD_BE_LEFT: W(
        "修改后没有可发的商品", "Nothing would be left to ship", "全部不发请取消订单", "To send nothing, cancel the order"
    ),
    Reason.NOTHING_CHANGED: W("没有改动", "Nothing was changed", "无需处理", "Nothing to do"),
    Reason.UNKNOWN_BARCODE: W(
        "条码不认识", "The barcode is unknown", "核对商品，或在货品资料中补录条码", "Check the goods, or add the barcode to its SKU"
    ),
    Reason.NOT_IN_THIS_PARCEL: W("不是这一单的商品", "It does not belong to this parcel", "拿出来，放回货架", "Take it out and put it back"),
    Reason.SCANNED_ENOUGH: W("数量已够，多扫了", "There are enough of it already", "拿出多余的商品", "Take the surplus out"),
    Reason.NOT_A_WAYBILL: W(
        "这是商品条码，不是运单号", "This is a barcode of goods, not a waybill", "请扫面单上的运单号", "Scan the waybill on the label"
    ),
    Reason.WAYBILL_TAKEN: W(
        "运单号已用在另一单", "Another fulfilment has this waybill", "核对面单是否贴错", "Check whether the label is on the right parcel"
    ),
    Reason.CALLED_BACK: W(
        "订单已拦截，不要发出", "It was called back: do not ship it", "商品放回货架，刷新任务", "Put the goods back and reload the tasks"
    ),
    Reason.NOT_WORKED_HERE: W("此仓由仓储系统作业", "A warehouse system works this warehouse", "请在仓储系统中操作", "Work with that system"),
    Reason.RECEIPT_CLOSED: W("入库单已收完", "The entry order is closed", "多出的货请建新入库单", "Make another entry order for what came more"),
    Reason.NOTHING_TO_PRINT: W(
        "没有可打印的内容",
        "There is nothing to print",
        "已下发且未被拦截的发货单才能打印",
        "Only what a warehouse has and was not asked back is printed",
    ),
    Reason.RECEIVER_ERASED: W("收件人信息已删除", "The receiver has been erased", "无法打印面单", "No label can be printed"),
    Reason.FONT_MISSING: W(
        "系统没有中文字体，无法打印中文",
        "No font with Chinese letters is installed",
        "安装 fonts-noto-cjk，或用 PAIDAN_PRINT_FONTS 指定字体目录",
        "Install fonts-noto-cjk, or name a folder with fonts by PAIDAN_PRINT_FONTS",
    ),
    Reason.TOO_MANY_AT_ONCE: W("一次数量过多", "Too many at once", "请分批进行", "Do it in several parts"),
    Reason.TOO_MANY_TO_SORT: W(
        "数据太多，不能按这一列排序",
        "There are too many rows to sort by this column",
        "先用筛选缩小范围，或换一列排序",
        "Narrow the list by a filter first, or sort by another column",
    ),
    Reason.SHOP_KEY_WRONG: W(
        "应用的 App Key 或密钥不正确",
        "The application's key or secret is wrong",
        "对照开放平台控制台，核对连接里的 App Key 和 App Secret",
        "Compare key and secret of the connection with the platform's console",
    ),
    Reason.SHOP_SESSION_WRONG: W(
        "店铺授权（session / access token）无效或已过期",
        "The shop's session or access token is not valid, or is over",
        "请店主在平台重新授权，再填入新的 session 或 token",
        "Let the shop's owner authorise again, then enter the new session or token",
    ),
    Reason.SHOP_PERMISSION_MISSING: W(
        "应用没有读取订单的权限",
        "The application may not read orders",
        "在平台为应用开通订单读取权限，再让店铺重新授权",
        "Get the right to read orders for the application, then authorise the shop again",
    ),
    Reason.SHOP_NOT_THERE: W(
        "平台上没有这家店铺，或店铺已停用",
        "The platform has no such shop, or it is frozen",
        "核对平台账号（Shopify 为 xxx.myshopify.com）和店铺状态",
        "Check the account at the platform (Shopify: name.myshopify.com) and whether the shop is open",
    ),
    Reason.PLATFORM_UNREACHABLE: W(
        "连不上平台",
        "The platform cannot be reached",
        "核对连接的网址；检查服务器能否上网、域名能否解析、端口是否开放",
        "Check the connection's address, then the server's network: names resolved, port open, way out",
    ),
    Reason.PLATFORM_SILENT: W(
        "已连上，但平台没有完整应答",
        "Reached, but the platform gave no whole answer",
        "稍后再试；核对连接的网址",
        "Try again; check the connection's address",
    ),
    Reason.NOT_THE_PLATFORM: W(
        "对方的应答不像是该平台",
        "What answers there does not speak as the platform does",
        "核对连接的网址是否为平台网关，中间有没有代理",
        "Check that the connection's address is the platform's own, with no proxy between",
    ),
    Reason.ADDRESS_NOT_CALLED: W(
        "不会呼叫这个网址",
        "That address is not called",
        "请用 https 的公网网址；内网与本机地址不允许",
        "Use https and a public address: private ones and this machine are not called",
    ),
    Reason.VERSION_CONFLICT: W("数据已被他人修改", "Somebody else changed it meanwhile", "刷新后重试", "Reload and try again"),
    Reason.VERSION_MISSING: W("缺少版本", "The version is missing", "读取 ETag 后用 If-Match 提交", "Read the ETag and send it as If-Match"),
    Reason.IDEMPOTENCY_CONFLICT: W("同一幂等键对应不同内容", "The idempotency key was used with another body", "请换新键", "Use a new key"),
    Reason.IDEMPOTENCY_IN_FLIGHT: W("同一幂等键的请求正在处理", "A request with this key is in flight", "稍后重试", "Try again shortly"),
    Reason.NOT_ALLOWED: W("没有权限", "Not allowed", "请管理员在“人员与权限”里授权", "Ask an administrator for the right"),
    Reason.NOT_SIGNED_IN: W("未登录", "Not signed in", "请登录或提供 API 密钥", "Sign in, or give an API key"),
    Reason.SIGN_IN_WRONG: W(
        "用户名或密码不正确", "Name or password is wrong", "检查后重试，或请管理员重设密码", "Try again, or ask an administrator for a new password"
    ),
    Reason.CSRF_WRONG: W("页面已过期", "The page is out of date", "刷新页面后重试", "Reload the page and try again"),
    Reason.PASSWORD_NOT_OWN: W(
        "这个密码是别人设的，请先换成您自己的",
        "Somebody else set this password: choose one of your own first",
        "在工作台登录后按提示修改密码（PUT /api/v1/me/password），再继续",
        "Sign in to the console and change it there (PUT /api/v1/me/password), then go on",
    ),
    Reason.PASSWORD_UNCHANGED: W("新密码与原密码相同", "The new password is the old one", "请换一个新的", "Choose another one"),
    Reason.PASSWORD_WEAK: W("密码太短", "The password is too short", "至少 10 个字符", "At least 10 characters"),
    Reason.LAST_ADMINISTRATOR: W(
        "至少要保留一位管理员", "There must be at least one administrator", "先授权另一位", "Give the right to somebody else first"
    ),
    Reason.LAST_ADMINISTRATOR_KEPT: W(
        "统一登录已不再授予您管理权限；因为您是最后一位管理员，原有角色予以保留",
        "The provider no longer makes you an administrator; as you are the last one, you keep your roles",
        "先让另一位成为管理员",
        "Make somebody else an administrator first",
    ),
    Reason.PASSWORD_SIGN_IN_OFF: W(
        "这里不用密码登录",
        "Nobody signs in by a password here",
        "请用统一登录；只有首位管理员仍可用密码",
        "Sign in by the provider; only the first administrator still has a password",
    ),
    Reason.NO_PASSWORD: W(
        "此账号没有密码",
        "This account has no password",
        "您通过统一登录进入，密码在那边修改",
        "You sign in by a provider: change your password there",
    ),
    Reason.PERSON_SWITCHED_OFF: W("账号已停用", "This account is switched off", "请联系管理员启用", "Ask an administrator to switch it on"),
    Reason.SIGN_IN_PROVIDER_OFF: W("没有设置统一登录", "No provider for sign-ins is set up", "请用账号和密码登录", "Sign in with name and password"),
    Reason.SIGN_IN_PROVIDER_AWAY: W(
        "统一登录服务没有正常应答",
        "The provider does not answer as it should",
        "稍后再试；仍然如此，请管理员运行 paidan doctor",
        "Try again in a moment; if it stays so, the administrator should run paidan doctor",
    ),
    Reason.SIGN_IN_REFUSED_THERE: W(
        "统一登录没有放行", "The provider did not let you through", "重新登录，并在那边同意", "Sign in again, and agree over there"
    ),
    Reason.SIGN_IN_EXPIRED: W("这次登录已失效", "This attempt to sign in is over", "请从本页重新开始", "Begin again from this page"),
    Reason.SIGN_IN_TOKEN_WRONG: W(
        "统一登录给出的身份凭证不可信",
        "What the provider vouches for cannot be trusted",
        "再试一次；仍然如此，请管理员核对设置与时钟",
        "Try once more; if it stays so, the administrator should check settings and clocks",
    ),
    Reason.SIGN_IN_NAME_MISSING: W(
        "统一登录没有给出可用的账号名",
        "The provider tells no name that can be used here",
        "请管理员核对 PAIDAN_OIDC_NAME_CLAIMS 与 PAIDAN_OIDC_SCOPES",
        "The administrator should check PAIDAN_OIDC_NAME_CLAIMS and PAIDAN_OIDC_SCOPES",
    ),
    Reason.SIGN_IN_NAME_TAKEN: W(
        "此账号名已属于本系统的另一个账号",
        "Your name belongs to another account here",
        "如果就是您，请管理员在“人员与权限”里允许该账号用统一登录",
        "If it is yours, ask an administrator to let that account sign in by the provider (page People)",
    ),
    Reason.SIGN_IN_NO_ROLE: W(
        "您在这里没有任何角色", "You have no role here", "请管理员把您加入相应的组，或分配角色", "Ask an administrator for a group or a role"
    ),
    Reason.SIGN_IN_ADDRESS_UNKNOWN: W(
        "系统不知道自己的网址，无法使用统一登录",
        "Paidan does not know its own address, so no provider can lead back to it",
        "请管理员设置 PAIDAN_PUBLIC_URL",
        "The administrator should set PAIDAN_PUBLIC_URL",
    ),
    Reason.NOT_FOUND: W("不存在", "Not found"),
    Reason.TOO_MANY_REQUESTS: W("请求过于频繁", "Too many requests", "稍后重试", "Try again later"),
    Reason.UNAVAILABLE: W("暂时不可用", "Unavailable for the moment", "稍后重试", "Try again later"),
    Reason.INTERNAL: W("内部错误", "Internal error", "请联系管理员", "Tell the administrator"),
}


def words(reason: Reason, language: str = "zh") -> str:
    """The reason as a sentence in `zh` or `en`."""
    return WORDS[reason].zh if language.startswith("zh") else WORDS[reason].en


def next_step(reason: Reason, language: str = "zh") -> str:
    """What to do about it, in `zh` or `en`; empty when nothing is to be done."""
    return WORDS[reason].next_zh if language.startswith("zh") else WORDS[reason].next_en
