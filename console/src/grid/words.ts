import { defineWords } from '@/i18n/words'

export const gridWords = defineWords('grid', {
  columns: ['列', 'Columns'],
  columnsTitle: ['列的设置', 'Columns'],
  reset: ['恢复默认', 'Reset'],
  up: ['上移', 'Move up'],
  down: ['下移', 'Move down'],
  narrower: ['变窄', 'Narrow'],
  wider: ['变宽', 'Widen'],
  pin: ['固定', 'Keep in sight'],
  loadedOf: ['已加载 {{loaded}}', '{{loaded}} loaded'],
  onlyGroup: ['只看这组', 'Only these'],
  selectAll: ['选择已加载的全部行', 'Select all loaded rows'],
  selectRow: ['选择此行', 'Select this row'],
  copied: ['已复制 {{count}} 行', 'Copied {{count}} row', 'Copied {{count}} rows'],
  loading: ['加载中', 'Loading'],
  next: ['下一行', 'Next row'],
  previous: ['上一行', 'Previous row'],
  open: ['打开此行', 'Open the row'],
  select: ['选择/取消此行', 'Select or clear the row'],
  range: ['连选到此行', 'Select up to this row'],
})
