import type { components } from '@/api/schema'
import { money, number, weight } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import { bulkWords } from './words'
import styles from './bulk.module.css'

type Parcel = components['schemas']['ParcelToBe']

/** What one order would leave as: nothing of it is done yet. */
export function ParcelsToBe({ parcels }: { parcels: readonly Parcel[] }) {
  const t = useWords(bulkWords)
  return (
    <section aria-label={t('comesOut')}>
      <p className="dim">{t('comesOut')}</p>
      <ul className={styles.parcels}>
        {parcels.map((parcel, index) => (
          <li key={index}>
            <div>
              <strong className={parcel.no ? 'mono' : undefined}>{parcel.no || t('newParcel')}</strong>{' '}
              <span>
                {parcel.warehouse_name} → {parcel.carrier_name}
              </span>{' '}
              <span className="dim">
                {weight(parcel.weight_g)} · {money(parcel.freight_minor)}
              </span>
            </div>
            {parcel.lines.map((line) => (
              <div key={line.line_no}>
                {line.sku_name} <span className="mono dim">{line.sku_code}</span> × {number(line.quantity)}
              </div>
            ))}
          </li>
        ))}
      </ul>
    </section>
  )
}
