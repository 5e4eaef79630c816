import { DoubleLeftOutlined, DoubleRightOutlined } from '@ant-design/icons'
import { NavLink } from 'react-router'
import { useMay } from '@/api/me'
import { useWords } from '@/i18n/words'
import { PLACES } from './nav'
import { setPreferences } from './preferences'
import { frameWords } from './words'
import styles from './rail.module.css'

/** All pages this person may see, in groups. */
export function Rail({ isNarrow }: { isNarrow: boolean }) {
  const t = useWords(frameWords)
  const may = useMay()
  return (
    <div className={styles.rail} data-narrow={isNarrow}>
      <NavLink to="/" className={styles.brand} aria-label={t('product')}>
        <img src={`${import.meta.env.BASE_URL}favicon.svg`} alt="" width={26} height={26} />
        {!isNarrow && <span>{t('product')}</span>}
      </NavLink>
      {PLACES.map((group) => {
        const places = group.places.filter((place) => !place.rights || place.rights.some(may))
        return places.length === 0 ? null : (
          <div key={group.word} className={styles.group}>
            {!isNarrow && <div className={styles.heading}>{t(group.word)}</div>}
            {places.map((place) => (
              <NavLink
                key={place.path}
                to={place.path}
                end={place.path === '/'}
                className={styles.place}
                title={isNarrow ? t(place.word) : undefined}
                aria-label={isNarrow ? t(place.word) : undefined}
              >
                <span className={styles.icon}>{place.icon}</span>
                {!isNarrow && t(place.word)}
              </NavLink>
            ))}
          </div>
        )
      })}
      <button
        type="button"
        className={styles.fold}
        aria-label={isNarrow ? t('wide') : t('narrow')}
        onClick={() => {
          setPreferences({ isRailNarrow: !isNarrow })
        }}
      >
        {isNarrow ? <DoubleRightOutlined /> : <DoubleLeftOutlined />}
      </button>
    </div>
  )
}
