import { CompassOutlined } from '@ant-design/icons'
import type { ComponentType } from 'react'
import { Link, Route, Routes } from 'react-router'
import { EmptyState } from '@/frame/empty-state'
import { later } from '@/frame/later'
import { Page, PageSkeleton } from '@/frame/page'
import { Shell } from '@/frame/shell'
import { frameWords } from '@/frame/words'
import { useWords } from '@/i18n/words'

const page = (read: () => Promise<{ default: ComponentType }>) =>
  later(() => read().then((it) => it.default), { isModal: false, isAhead: false, meanwhile: <PageSkeleton /> })

const Dashboard = page(() => import('@/dashboard/page'))
const Orders = page(() => import('@/orders/list-page'))
const Order = page(() => import('@/orders/order-page'))
const Fulfilments = page(() => import('@/fulfilments/page'))
const Exceptions = page(() => import('@/exceptions/page'))
const Prints = page(() => import('@/prints/page'))
const Stock = page(() => import('@/stock/page'))
const Documents = page(() => import('@/stock/documents-page'))
const Products = page(() => import('@/masters/products-page'))
const Listings = page(() => import('@/masters/listings-page'))
const Shops = page(() => import('@/masters/shops-page'))
const Warehouses = page(() => import('@/masters/warehouses-page'))
const Carriers = page(() => import('@/masters/carriers-page'))
const Connections = page(() => import('@/connections/page'))
const Bans = page(() => import('@/masters/bans-page'))
const Comparisons = page(() => import('@/stock/comparisons-page'))
const Imports = page(() => import('@/imports/page'))
const Health = page(() => import('@/health/page'))
const Messages = page(() => import('@/health/messages-page'))
const People = page(() => import('@/people/page'))
const Settings = page(() => import('@/settings/page'))
const Guide = page(() => import('@/settings/guide-page'))

/** Every address of the console. Each page is fetched when it is first opened. */
export function Pages() {
  return (
    <Routes>
      <Route element={<Shell />}>
        <Route index element={<Dashboard />} />
        <Route path="orders" element={<Orders />} />
        <Route path="orders/:id" element={<Order />} />
        <Route path="fulfilments" element={<Fulfilments />} />
        <Route path="prints" element={<Prints />} />
        <Route path="exceptions" element={<Exceptions />} />
        <Route path="stock" element={<Stock />} />
        <Route path="documents" element={<Documents />} />
        <Route path="products" element={<Products />} />
        <Route path="listings" element={<Listings />} />
        <Route path="shops" element={<Shops />} />
        <Route path="warehouses" element={<Warehouses />} />
        <Route path="carriers" element={<Carriers />} />
        <Route path="connections" element={<Connections />} />
        <Route path="bans" element={<Bans />} />
        <Route path="comparisons" element={<Comparisons />} />
        <Route path="imports" element={<Imports />} />
        <Route path="health" element={<Health />} />
        <Route path="messages" element={<Messages />} />
        <Route path="people" element={<People />} />
        <Route path="settings" element={<Settings />} />
        <Route path="guide" element={<Guide />} />
        <Route path="*" element={<NotFound />} />
      </Route>
    </Routes>
  )
}

function NotFound() {
  const t = useWords(frameWords)
  return (
    <Page title={t('notFound')}>
      <EmptyState icon={<CompassOutlined />} title={t('notFoundHint')}>
        <Link to="/">{t('goHome')}</Link>
      </EmptyState>
    </Page>
  )
}
