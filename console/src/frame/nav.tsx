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
  /** How clerks type its Chinese name: pinyin, and its initials. */
  typed: string
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
      { path: '/', word: 'dashboard', typed: 'kanban kb', icon: <BarChartOutlined /> },
      { path: '/orders', word: 'orders', typed: 'dingdan dd', icon: <ShoppingOutlined /> },
      { path: '/fulfilments', word: 'fulfilments', typed: 'fahuodan fhd', icon: <SendOutlined /> },
      { path: '/exceptions', word: 'exceptions', typed: 'yichang yc', icon: <AlertOutlined /> },
      { path: '/prints', word: 'prints', typed: 'dayinjilu dyjl', icon: <PrinterOutlined />, rights: ['print'] },
    ],
  },
  {
    word: 'goods',
    places: [
      { path: '/stock', word: 'stock', typed: 'kucun kc', icon: <DatabaseOutlined /> },
      { path: '/documents', word: 'documents', typed: 'rukudan rkd', icon: <InboxOutlined /> },
      { path: '/comparisons', word: 'comparisons', typed: 'kucunduizhang kcdz', icon: <DiffOutlined /> },
      { path: '/products', word: 'products', typed: 'shangpin sp', icon: <AppstoreOutlined /> },
      { path: '/listings', word: 'listings', typed: 'puhuopipei phpp pipei', icon: <LinkOutlined /> },
    ],
  },
  {
    word: 'network',
    places: [
      { path: '/shops', word: 'shops', typed: 'dianpu dp', icon: <ShopOutlined /> },
      { path: '/warehouses', word: 'warehouses', typed: 'cangku ck', icon: <HomeOutlined /> },
      { path: '/carriers', word: 'carriers', typed: 'kuaidiyuyunfei kdyyf yunfei', icon: <CarOutlined /> },
      { path: '/bans', word: 'bans', typed: 'jinyun jy', icon: <StopOutlined /> },
      { path: '/connections', word: 'connections', typed: 'qudaoyulianjie qdylj lianjie', icon: <ApiOutlined /> },
    ],
  },
  {
    word: 'house',
    places: [
      { path: '/imports', word: 'imports', typed: 'daoru dr', icon: <ImportOutlined />, rights: ['import'] },
      { path: '/health', word: 'health', typed: 'jiankang jk', icon: <HeartOutlined /> },
      { path: '/messages', word: 'messages', typed: 'baowen bw', icon: <MailOutlined />, rights: ['messages'] },
      {
        path: '/people',
        word: 'people',
        typed: 'renyuanyuquanxian ryyqx quanxian',
        icon: <TeamOutlined />,
        rights: ['people'],
      },
      { path: '/settings', word: 'settings', typed: 'shezhi sz', icon: <SettingOutlined /> },
    ],
  },
]
