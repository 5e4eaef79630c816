import { language } from '@/i18n/start'
import type { Pair } from '@/i18n/words'

/** What people call the fields that a refusal names where no form with labels of its own is open. */
const FIELD_NAMES: Readonly<Record<string, Pair>> = {
  f: ['筛选', 'Filter'],
  filters: ['筛选', 'Filters'],
  sort: ['排序', 'Sort'],
  group: ['分组', 'Group'],
  columns: ['列', 'Columns'],
  cursor: ['翻页位置', 'Place in the list'],
  limit: ['每页行数', 'Rows per page'],
  'If-Match': ['版本', 'Version'],
  name: ['名称', 'Name'],
  title: ['显示名', 'Shown as'],
  code: ['编码', 'Code'],
  kind: ['类型', 'Kind'],
  state: ['状态', 'State'],
  note: ['说明', 'Note'],
  remark: ['备注', 'Remark'],
  text: ['内容', 'Text'],
  reason: ['原因', 'Reason'],
  until: ['暂缓到', 'Until'],
  expires_at: ['到期时间', 'Ends at'],
  placed_at: ['下单时间', 'Placed at'],
  placed_from: ['下单时间（起）', 'Placed from'],
  placed_until: ['下单时间（止）', 'Placed until'],
  order_no: ['订单号', 'Order no.'],
  order_nos: ['订单号', 'Order numbers'],
  lines: ['商品行', 'Lines'],
  gifts: ['赠品', 'Gifts'],
  sku: ['SKU 编码', 'SKU'],
  quantity: ['数量', 'Quantity'],
  shop: ['店铺', 'Shop'],
  shop_key: ['授权凭证', 'Credentials of the shop'],
  warehouse: ['仓库', 'Warehouse'],
  warehouse_code: ['仓库', 'Warehouse'],
  carrier: ['快递公司', 'Carrier'],
  carrier_code: ['快递公司', 'Carrier'],
  tracking_no: ['运单号', 'Waybill'],
  connection_code: ['连接', 'Connection'],
  secrets: ['密钥', 'Secrets'],
  password: ['密码', 'Password'],
  present: ['现在的密码', 'Present password'],
  new: ['新密码', 'New password'],
  scopes: ['权限范围', 'Scopes'],
  roles: ['角色', 'Roles'],
  flag: ['旗帜', 'Flag'],
  province: ['省', 'Province'],
  city: ['市', 'City'],
  district: ['区县', 'District'],
  detail: ['详细地址', 'Street and number'],
  phone: ['电话', 'Phone'],
}

/** The place's own field in words; of `lines[2].quantity` it is the quantity of the third line. Undefined: nobody has a word for it. */
export function fieldNamed(place: string): string | undefined {
  const steps = place.replace(/\[\d+\]/g, '').split('.')
  const pair = FIELD_NAMES[steps.at(-1) ?? '']
  if (!pair) return undefined
  const index = /\[(\d+)\]/.exec(place)?.[1]
  const row = index === undefined ? '' : String(Number(index) + 1)
  if (language() === 'zh') return row ? `第 ${row} 行${pair[0]}` : pair[0]
  return row ? `${pair[1]} (line ${row})` : pair[1]
}
