import { CompassOutlined } from '@ant-design/icons'
import { lazy } from 'react'
import { Link, Route, Routes } from 'react-router'
import { EmptyState } from '@/frame/empty-state'
import { Shell } from '@/frame/shell'
import { frameWords } from '@/frame/words'
import { useWords } from '@/i18n/words'

const Dashboard = lazy(() => import('@/dashboard/page'))
const Orders = lazy(() => import('@/orders/list-page'))
const Order = lazy(() => import('@/orders/order-page'))
const Fulfilments = lazy(() => import('@/fulfilments/page'))
const Exceptions = lazy(() => import('@/exceptions/page'))
const Prints = lazy(() => import('@/prints/page'))
const Stock = lazy(() => import('@/stock/page'))
const Documents = lazy(() => import('@/stock/documents-page'))
const Products = lazy(() => import('@/masters/products-page'))
const Listings = lazy(() => import('@/masters/listings-page'))
const Shops = lazy(() => import('@/masters/shops-page'))
const Warehouses = lazy(() => import('@/masters/warehouses-page'))
const Carriers = lazy(() => import('@/masters/carriers-page'))
const Connections = lazy(() => import('@/connections/page'))
const Bans = lazy(() => import('@/masters/bans-page'))
const Comparisons = lazy(() => import('@/stock/comparisons-page'))
const Imports = lazy(() => import('@/imports/page'))
const Health = lazy(() => import('@/health/page'))
const Messages = lazy(() => import('@/health/messages-page'))
const People = lazy(() => import('@/people/page'))
const Settings = lazy(() => import('@/settings/page'))
const Guide = lazy(() => import('@/settings/guide-page'))

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
    <EmptyState icon={<CompassOutlined />} title={t('notFound')} text={t('notFoundHint')}>
      <Link to="/">{t('goHome')}</Link>
    </EmptyState>
  )
}
