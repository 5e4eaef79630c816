import { FlagOutlined } from '@ant-design/icons'
import { useMutation } from '@tanstack/react-query'
import { Button, Dropdown } from 'antd'
import { api } from '@/api/client'
import { useMay } from '@/api/me'
import { toastProblem } from '@/frame/toasts'
import { FlagMark, FlagName, FLAGS, useFlagNames } from '../flag-mark'
import type { Order } from '../shapes'
import { useOrderCommands } from './queries'

const OVER = new Set(['shipped', 'delivered', 'completed', 'cancelled'])

/** The order's flag; who may edit it chooses another one here. */
export function FlagButton({ order }: { order: Order }) {
  const { title, name } = useFlagNames()
  const may = useMay()
  const { refresh } = useOrderCommands(order)
  const { flag } = order.edits
  const put = useMutation({
    mutationFn: (wanted: number) =>
      api.POST('/api/v1/orders/{order_id}/edits', {
        params: { path: { order_id: Number(order.id) }, header: { 'If-Match': `"v${order.version}"` } },
        body: { flag: wanted },
      }),
    onError: toastProblem,
    onSettled: refresh,
  })
  if (!may('edit_order') || OVER.has(order.state)) return flag > 0 ? <FlagName flag={flag} name={name(flag)} /> : null
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        selectedKeys: [String(flag)],
        items: [...FLAGS, 0].map((one) => ({ key: one, label: <FlagName flag={one} name={name(one)} /> })),
        onClick: ({ key }) => {
          if (Number(key) !== flag) put.mutate(Number(key))
        },
      }}
    >
      <Button size="small" type="text" loading={put.isPending} aria-label={`${title}: ${name(flag)}`}>
        {flag > 0 ? (
          <>
            <FlagMark flag={flag} /> {name(flag)}
          </>
        ) : (
          <FlagOutlined title={title} />
        )}
      </Button>
    </Dropdown>
  )
}
