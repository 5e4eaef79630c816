import { BarChart } from 'echarts/charts'
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components'
import { init, use as register } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import { useEffect, useRef } from 'react'
import { useIsDark } from '@/frame/preferences'
import { instant, money, number } from '@/i18n/format'
import type { Bucket, Series, Step } from './bars'
import styles from './dashboard.module.css'

register([BarChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer])

interface Props {
  label: string
  buckets: Bucket[]
  series: Series[]
  step: Step
  /** Of amounts; null: orders are counted. */
  currency: string | null
  onOpen: (bucket: Bucket, code: string | null) => void
}

/** Told apart by people who see colours differently as well (Okabe and Ito's palette). */
const COLOURS = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00', '#f0e442']
const LABEL_EVERY_H = { 1: 3, 6: 24, 24: 24 } as const

/** What the axis says of a stretch: the day where one begins, else the hour. */
function axisLabel(at: number): string {
  const [day = '', time = ''] = instant(new Date(at).toISOString()).split(' ')
  return time === '00:00' ? day : time
}

function optionOf({ buckets, series, step, currency }: Props, isDark: boolean) {
  const text = isDark ? '#a9b2c0' : '#535d6e'
  const line = isDark ? '#2b3038' : '#e3e6eb'
  const told = (value: unknown) => (currency === null ? number(Number(value)) : money(Number(value), currency))
  return {
    color: COLOURS,
    animation: false,
    textStyle: { color: text },
    grid: { left: 8, right: 8, top: 12, bottom: 32, containLabel: true },
    legend: {
      type: 'scroll',
      bottom: 0,
      textStyle: { color: text },
      pageTextStyle: { color: text },
      itemWidth: 12,
      itemHeight: 8,
    },
    tooltip: { trigger: 'axis', renderMode: 'richText', confine: true, valueFormatter: told },
    xAxis: {
      type: 'category',
      data: buckets.map(({ at }) => {
        const whole = instant(new Date(at).toISOString())
        return step === 24 ? whole.slice(0, -6) : whole
      }),
      axisLabel: {
        color: text,
        hideOverlap: true,
        interval:
          step === 24
            ? 'auto'
            : (place: number) => new Date(buckets[place]?.at ?? 0).getHours() % LABEL_EVERY_H[step] === 0,
        formatter: (_: string, place: number) => axisLabel(buckets[place]?.at ?? 0),
      },
      axisLine: { lineStyle: { color: line } },
    },
    yAxis: {
      type: 'value',
      minInterval: 1,
      axisLabel: { color: text, formatter: (value: number) => told(value).replace(/\.00$/, '') },
      splitLine: { lineStyle: { color: line } },
    },
    series: series.map(({ name, values }) => ({ name, type: 'bar', stack: 'all', cursor: 'pointer', data: values })),
  }
}

/** Bars on one another; a click on one opens its orders, a click beside them those of the whole stretch. */
export default function HoursChart(props: Props) {
  const place = useRef<HTMLDivElement>(null)
  const isDark = useIsDark()
  const { label, buckets, series, step, currency, onOpen } = props
  const open = useRef(onOpen)
  useEffect(() => {
    open.current = onOpen
  })
  useEffect(() => {
    if (!place.current) return
    const chart = init(place.current)
    chart.setOption(optionOf({ label, buckets, series, step, currency, onOpen: open.current }, isDark))
    chart.on('click', ({ dataIndex, seriesIndex }) => {
      const [bucket, one] = [buckets[dataIndex], series[seriesIndex ?? -1]]
      if (bucket && one) open.current(bucket, one.code)
    })
    chart.getZr().on('click', ({ target, offsetX, offsetY }) => {
      const point = [offsetX, offsetY]
      if (target || !chart.containPixel({ gridIndex: 0 }, point)) return
      const [index = -1] = chart.convertFromPixel({ gridIndex: 0 }, point)
      const bucket = buckets[index]
      if (bucket) open.current(bucket, null)
    })
    const watcher = new ResizeObserver(() => {
      chart.resize()
    })
    watcher.observe(place.current)
    return () => {
      watcher.disconnect()
      chart.dispose()
    }
  }, [label, buckets, series, step, currency, isDark])
  return <div ref={place} role="img" aria-label={label} className={styles.chart} />
}
