import { defineWords } from '@/i18n/words'

export const printWords = defineWords('print', {
  title: ['打印 {{count}} 单', 'Print {{count}} order', 'Print {{count}} orders'],
  paper: ['单据', 'Paper'],
  pick_list: ['拣货单', 'Pick list'],
  packing_list: ['装箱单', 'Packing list'],
  label: ['面单', 'Parcel label'],
  format: ['格式', 'Format'],
  hint: [
    '只打印仓库已有的发货单；面单含收货人明文，会留下记录。',
    'Only what a warehouse has is printed; labels show the receiver and are logged.',
  ],
  print: ['打印', 'Print'],
  again: ['仍要重新打印', 'Print again'],
  reprint: ['这些已经打印过：{{numbers}}', 'Printed before: {{numbers}}'],
  done: ['已生成 {{count}} 张', '{{count}} paper is ready', '{{count}} papers are ready'],
  close: ['关闭', 'Close'],
})
