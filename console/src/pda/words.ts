/** The scan page speaks both languages too; it is small, so it brings no library for that. */
const WORDS = {
  title: ['扫码作业', 'Scan page'],
  ship: ['验货发货', 'Verify and ship'],
  receive: ['扫码收货', 'Receive'],
  back: ['返回', 'Back'],
  scan: ['扫描或输入，回车确认', 'Scan or type, then Enter'],
  scanFulfilment: ['扫发货单号或运单号', 'Scan a fulfilment or waybill'],
  scanDocument: ['扫入库单号', 'Scan an entry order'],
  scanGoods: ['扫商品条码', 'Scan goods'],
  camera: ['摄像头', 'Camera'],
  noCamera: ['这台设备不支持摄像头扫码', 'This device cannot scan by camera'],
  wrong: ['不在这一单里：{x}', 'Not in this one: {x}'],
  enough: ['已够数：{x}', 'Enough already: {x}'],
  done: ['全部扫完', 'All scanned'],
  send: ['确认发货', 'Ship it'],
  book: ['确认收货', 'Book it'],
  tracking: ['运单号', 'Waybill'],
  sent: ['已发货 {x}', '{x} is shipped'],
  booked: ['已收货 {x}', '{x} is received'],
  queued: ['离线，已存 {x} 条，联网后自动发送', 'Offline: {x} kept, sent when online'],
  notFound: ['没有找到 {x}', '{x} is not found'],
  signIn: ['请先登录', 'Sign in first'],
  toSignIn: ['去登录', 'Sign in'],
  refused: ['被拒绝：{x}', 'Refused: {x}'],
  units: ['{x} 件', '{x} units'],
  console: ['工作台', 'Console'],
} as const satisfies Record<string, readonly [string, string]>

export type Word = keyof typeof WORDS

const stored = localStorage.getItem('paidan.language')
const at = (stored ?? (navigator.language.startsWith('en') ? 'en' : 'zh')) === 'en' ? 1 : 0

export function say(word: Word, x: string | number = ''): string {
  return WORDS[word][at].replace('{x}', String(x))
}

export const LANGUAGE = at === 1 ? 'en' : 'zh'
