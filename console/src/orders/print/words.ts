import { defineWords } from '@/i18n/words'

export const printWords = defineWords('print', {
  title: ['打印 {{count}} 单', 'Print {{count}} order', 'Print {{count}} orders'],
  paper: ['单据', 'Paper'],
  pick_list: ['拣货单', 'Pick list'],
  packing_list: ['装箱单', 'Packing list'],
  label: ['面单', 'Parcel label'],
  format: ['格式', 'Format'],
  hint: [
    '只打印仓库已有的发货单；面单含收件人明文，会留下记录。',
    'Only what a warehouse has is printed; labels show the receiver and are logged.',
  ],
  print: ['打印', 'Print'],
  again: ['仍要重新打印', 'Print again'],
  reprint: ['这些已经打印过：{{numbers}}', 'Printed before: {{numbers}}'],
  done: ['已生成 {{count}} 张', '{{count}} paper is ready', '{{count}} papers are ready'],
  close: ['关闭', 'Close'],
  checking: ['正在核对哪些能打印…', 'Looking which can be printed…'],
  will: ['{{count}} 单将打印', '{{count}} order will be printed', '{{count}} orders will be printed'],
  printMany: ['打印 {{count}} 单', 'Print {{count}} order', 'Print {{count}} orders'],
  nothing: ['没有可打印的', 'Nothing to print'],
  alsoBeforeCount: [
    '连同已打印过的 {{count}} 单再打一次',
    'Print the {{count}} that was printed before again, too',
    'Print the {{count}} that were printed before again, too',
  ],
  alsoBefore: ['连同已打印过的再打一次', 'Print those printed before again, too'],
  later: [
    '关闭窗口不影响打印；文件稍后也可以在“打印记录”里下载。',
    'It goes on when this is closed; the file can be fetched from the page Prints later, too.',
  ],
  jobs: ['打印文件', 'Files'],
  jobOf: ['{{paper}} · {{count}} 单', '{{paper}} · {{count}} order', '{{paper}} · {{count}} orders'],
  jobRunning: ['{{done}} / {{total}}', '{{done}} of {{total}}'],
  fetch: ['下载', 'Download'],
})
