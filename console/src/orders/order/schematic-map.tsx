import { useWords } from '@/i18n/words'
import { orderWords } from '../words'
import { useIsPhone } from '@/grid/use-phone'
import { spotsOf, type Spot } from './map-labels'
import { seatOf } from './provinces'
import styles from './schematic-map.module.css'

interface Dot {
  label: string
  longitude: number
  latitude: number
  kind: 'chosen' | 'other' | 'refused'
}

interface Props {
  dots: readonly Dot[]
  target: { province: string; label: string }
}

const WIDTH = 560
const HEIGHT = 250
const EDGE = 46
const LETTER = 11
const LETTER_PHONE = 15

/** Dots by coordinates, nothing else: where goods could come from and where they go. No borders are drawn. */
export function SchematicMap({ dots, target }: Props) {
  const t = useWords(orderWords)
  const isPhone = useIsPhone()
  const placed = dots.filter((dot) => dot.longitude !== 0 || dot.latitude !== 0)
  const seat = seatOf(target.province)
  const points = [...placed.map((dot) => [dot.longitude, dot.latitude] as const), ...(seat ? [seat] : [])]
  if (points.length < 2) return null
  const put = projection(points)
  const aim = seat ? put(seat) : null
  // Drawn half as wide on a phone: fewer names, but ones that can be read. The chosen one's first, then the target's.
  const size = isPhone ? LETTER_PHONE : LETTER
  const rank = (dot: Dot) => ['chosen', 'other', 'refused'].indexOf(dot.kind)
  const places = [...placed]
    .sort((one, other) => rank(one) - rank(other))
    .map((dot) => {
      const [x, y] = put([dot.longitude, dot.latitude])
      return { dot, x, y, label: isPhone && dot.kind === 'refused' ? '' : dot.label }
    })
  const spots = spotsOf(aim ? [{ x: aim[0], y: aim[1], label: target.label }, ...places] : places, size)
  const aimSpot = aim && spots.shift()
  return (
    <figure className={styles.map}>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={t('map')}>
        {aim &&
          placed
            .filter((dot) => dot.kind === 'chosen')
            .map((dot) => {
              const [x, y] = put([dot.longitude, dot.latitude])
              return <line key={dot.label} className={styles.way} x1={x} y1={y} x2={aim[0]} y2={aim[1]} />
            })}
        {places.map(({ dot, x, y, label }, at) => (
          <g key={dot.label} className={styles[dot.kind]}>
            <circle cx={x} cy={y} r={dot.kind === 'chosen' ? 6 : 4} />
            <Name label={label} spot={spots[at]} size={size} />
          </g>
        ))}
        {aim && (
          <g className={styles.target}>
            <rect x={aim[0] - 5} y={aim[1] - 5} width={10} height={10} transform={`rotate(45 ${aim[0]} ${aim[1]})`} />
            <Name label={target.label} spot={aimSpot} size={size} />
          </g>
        )}
      </svg>
      <figcaption>{t('map')}</figcaption>
    </figure>
  )
}

function Name({ label, spot, size }: { label: string; spot?: Spot | null; size: number }) {
  return (
    spot && (
      <text x={spot.x} y={spot.y} textAnchor={spot.anchor} fontSize={size}>
        {label}
      </text>
    )
  )
}

type Point = readonly [longitude: number, latitude: number]

/** Degrees to places in the picture, with room around; equal scale both ways at China's latitudes. */
function projection(points: readonly Point[]): (point: Point) => [x: number, y: number] {
  const xs = points.map(([longitude]) => longitude * 0.82)
  const ys = points.map(([, latitude]) => -latitude)
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)]
  const scale = Math.min((WIDTH - 2 * EDGE) / (right - left || 1), (HEIGHT - 2 * EDGE) / (bottom - top || 1))
  const shiftX = (WIDTH - (right - left) * scale) / 2
  const shiftY = (HEIGHT - (bottom - top) * scale) / 2
  return ([longitude, latitude]) => [shiftX + (longitude * 0.82 - left) * scale, shiftY + (-latitude - top) * scale]
}
