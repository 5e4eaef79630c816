import { Select } from 'antd'
import { useSearchParams } from 'react-router'
import { usePut } from './use-put'

interface Props {
  /** The parameter of the address that holds the choice. */
  name: string
  label: string
  options: { value: string; label: string }[]
  width?: number
}

/** A choice that filters a list and stands in the page's address. */
export function ParamSelect({ name, label, options, width = 190 }: Props) {
  const [params] = useSearchParams()
  const put = usePut()
  return (
    <Select
      allowClear
      showSearch
      optionFilterProp="label"
      aria-label={label}
      placeholder={label}
      value={options.find((one) => one.value === params.get(name))?.value}
      onChange={(value: string | undefined) => {
        put({ [name]: value })
      }}
      options={options}
      style={{ width }}
    />
  )
}
