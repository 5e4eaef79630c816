import { BarChart } from 'echarts/charts'
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components'
import { init, use as register } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import { useEffect, useRef } from 'react'
import { useIsDark } from '@/frame/preferences'
import { money, number } from '@/i18n/format'
import { useWords } from '@/i18n/words'
import type { Dashboard } from './shapes'
import { dashboardWords } from './words'
import styles from './dashboard.module.css'

register([BarChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer])

type Hours = Dashboard['hours']

interface Props {
  hours: Hours
  measure: 'orders' | 'paid_minor'
}

/** Told apart by people who see colours differently as well (Okabe and Ito's palette). */
const COLOURS = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00', '#f0e442']

function optionOf(hours: Hours, measure: Props['measure'], isDark: boolean) {
  const instants = [...new Set(hours.map((hour) => hour.hour))].sort()
  const shops = [...new Set(hours.map((hour) => hour.shop))].sort()
  const text = isDark ? '#a9b2c0' : '#535d6e'
  const line = isDark ? '#2b3038' : '#e3e6eb'
  const found = new Map(hours.map((hour) => [`${hour.shop} ${hour.hour}`, hour]))
  return {
    color: COLOURS,
    animation: false,
    textStyle: { color: text },
    grid: { left: 8, right: 8, top: 12, bottom: 32, containLabel: true },
    legend: { bottom: 0, textStyle: { color: text }, itemWidth: 12, itemHeight: 8 },
    tooltip: {
      trigger: 'axis',
      renderMode: 'richText',
      valueFormatter: (value: unknown) => (measure === 'orders' ? number(Number(value)) : money(Number(value) * 100)),
    },
    xAxis: {
      type: 'category',
      data: instants.map((at) => `${String(new Date(at).getHours()).padStart(2, '0')}:00`),
      axisLabel: { color: text },
      axisLine: { lineStyle: { color: line } },
    },
    yAxis: { type: 'value', axisLabel: { color: text }, splitLine: { lineStyle: { color: line } } },
    series: shops.map((shop) => ({
      name: shop,
      type: 'bar',
      stack: 'all',
      data: instants.map((at) => {
        const hour = found.get(`${shop} ${at}`)
        return measure === 'orders' ? (hour?.orders ?? 0) : (hour?.paid_minor ?? 0) / 100
      }),
    })),
  }
}

export default function HoursChart({ hours, measure }: Props) {
  const t = useWords(dashboardWords)
  const place = useRef<HTMLDivElement>(null)
  const isDark = useIsDark()
  useEffect(() => {
    if (!place.current || hours.length === 0) return
    const chart = init(place.current)
    chart.setOption(optionOf(hours, measure, isDark))
    const watcher = new ResizeObserver(() => {
      chart.resize()
    })
    watcher.observe(place.current)
    return () => {
      watcher.disconnect()
      chart.dispose()
    }
  }, [hours, measure, isDark])
  if (hours.length === 0) return <p className="dim">{t('noHours')}</p>
  return (
    <div ref={place} role="img" aria-label={t(measure === 'orders' ? 'hours' : 'money')} className={styles.chart} />
  )
}
