import { Radio } from 'antd'
import { FlagName, FLAGS, useFlagNames } from './flag-mark'
import styles from './flag-mark.module.css'

/** One of the flags, or none. */
export function FlagPicker({ value, onValue }: { value: number; onValue: (flag: number) => void }) {
  const { title, name } = useFlagNames()
  return (
    <Radio.Group
      aria-label={title}
      optionType="button"
      className={styles.choices}
      value={value}
      onChange={(event) => {
        onValue(Number(event.target.value))
      }}
      options={[...FLAGS, 0].map((flag) => ({ value: flag, label: <FlagName flag={flag} name={name(flag)} /> }))}
    />
  )
}
