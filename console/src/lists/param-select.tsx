import { Select } from 'antd'
import { useSearchParams } from 'react-router'

interface Props {
  /** The parameter of the address that holds the choice. */
  name: string
  label: string
  options: { value: string; label: string }[]
}

/** A choice that filters a list and stands in the page's address. */
export function ParamSelect({ name, label, options }: Props) {
  const [params, setParams] = useSearchParams()
  return (
    <Select
      allowClear
      showSearch
      optionFilterProp="label"
      aria-label={label}
      placeholder={label}
      value={params.get(name) ?? undefined}
      onChange={(value: string | undefined) => {
        const next = new URLSearchParams(params)
        if (value) next.set(name, value)
        else next.delete(name)
        setParams(next, { replace: true })
      }}
      options={options}
      style={{ width: 190 }}
    />
  )
}
