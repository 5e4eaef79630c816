import { defineWords } from '@/i18n/words'

export const exportWords = defineWords('export', {
  export: ['导出', 'Export'],
  exportIt: ['导出这个列表', 'Export this list'],
  title: ['导出 Excel', 'Export to Excel'],
  running: [
    '正在写入 {{done}} / {{total}} 行',
    'Writing: {{done}} of {{total}} row',
    'Writing: {{done}} of {{total}} rows',
  ],
  ready: ['文件已备好：{{count}} 行', 'The file is ready: {{count}} row', 'The file is ready: {{count}} rows'],
  empty: ['没有符合条件的行，文件里只有表头。', 'Nothing matches: the file holds the headers only.'],
  background: ['关闭窗口不影响导出。', 'It goes on when this is closed.'],
  again: ['改好后可以直接再导入，列不用动。', 'Edit it and import it again; leave the columns as they are.'],
  toImport: ['去导入', 'To the import'],
  failed: [
    '文件没有生成，可以再试一次；仍不行请联系管理员。',
    'The file could not be made. Try again; if it fails again, tell your administrator.',
  ],
  retry: ['再试一次', 'Try again'],
  download: ['下载文件', 'Download the file'],
  close: ['关闭', 'Close'],
})
