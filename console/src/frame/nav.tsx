import {
  AlertOutlined,
  ApiOutlined,
  AppstoreOutlined,
  BarChartOutlined,
  CarOutlined,
  DatabaseOutlined,
  DiffOutlined,
  HeartOutlined,
  HomeOutlined,
  ImportOutlined,
  InboxOutlined,
  LinkOutlined,
  MailOutlined,
  PrinterOutlined,
  SendOutlined,
  SettingOutlined,
  ShopOutlined,
  ShoppingOutlined,
  StopOutlined,
  TeamOutlined,
} from '@ant-design/icons'
import type { ReactNode } from 'react'
import type { Right } from '@/api/me'
import type { frameWords } from './words'

type Word = (typeof frameWords)['keys'][number]

export interface Place {
  path: string
  word: Word
  icon: ReactNode
  /** Shown to those who have one of these; without: to everybody. */
  rights?: readonly Right[]
}

export interface PlaceGroup {
  word: Word
  places: readonly Place[]
}

/** The left rail, the palette and the crawl of the tests know the pages from here. */
export const PLACES: readonly PlaceGroup[] = [
  {
    word: 'work',
    places: [
      { path: '/', word: 'dashboard', icon: <BarChartOutlined /> },
      { path: '/orders', word: 'orders', icon: <ShoppingOutlined /> },
      { path: '/fulfilments', word: 'fulfilments', icon: <SendOutlined /> },
      { path: '/exceptions', word: 'exceptions', icon: <AlertOutlined /> },
      { path: '/prints', word: 'prints', icon: <PrinterOutlined />, rights: ['print'] },
    ],
  },
  {
    word: 'goods',
    places: [
      { path: '/stock', word: 'stock', icon: <DatabaseOutlined /> },
      { path: '/documents', word: 'documents', icon: <InboxOutlined /> },
      { path: '/comparisons', word: 'comparisons', icon: <DiffOutlined /> },
      { path: '/products', word: 'products', icon: <AppstoreOutlined /> },
      { path: '/listings', word: 'listings', icon: <LinkOutlined /> },
    ],
  },
  {
    word: 'network',
    places: [
      { path: '/shops', word: 'shops', icon: <ShopOutlined /> },
      { path: '/warehouses', word: 'warehouses', icon: <HomeOutlined /> },
      { path: '/carriers', word: 'carriers', icon: <CarOutlined /> },
      { path: '/bans', word: 'bans', icon: <StopOutlined /> },
      { path: '/connections', word: 'connections', icon: <ApiOutlined /> },
    ],
  },
  {
    word: 'house',
    places: [
      { path: '/imports', word: 'imports', icon: <ImportOutlined />, rights: ['import'] },
      { path: '/health', word: 'health', icon: <HeartOutlined /> },
      { path: '/messages', word: 'messages', icon: <MailOutlined />, rights: ['messages'] },
      { path: '/people', word: 'people', icon: <TeamOutlined />, rights: ['people'] },
      { path: '/settings', word: 'settings', icon: <SettingOutlined /> },
    ],
  },
]
