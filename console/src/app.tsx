import { QueryClient, QueryClientProvider, useQueryClient } from '@tanstack/react-query'
import { App as Antd, ConfigProvider, theme as themes } from 'antd'
import en from 'antd/locale/en_US'
import zh from 'antd/locale/zh_CN'
import { useEffect, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { BrowserRouter } from 'react-router'
import { setSession } from '@/api/client'
import { MeContext, ME_KEY, useMeQuery } from '@/api/me'
import { ApiProblem } from '@/api/problems'
import { FirstPassword } from '@/frame/first-password'
import { Gate } from '@/frame/gate'
import { PageSkeleton } from '@/frame/page'
import { useIsDark, usePreferences } from '@/frame/preferences'
import { ProblemView } from '@/frame/problem-view'
import { nonceStyles } from '@/frame/style-nonce'
import { SignIn } from '@/frame/sign-in'
import { SignInTold } from '@/frame/sign-in-told'
import { Toasts } from '@/frame/toasts'
import { frameWords } from '@/frame/words'
import { useWords } from '@/i18n/words'
import { Pages } from '@/pages'

const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? ''
nonceStyles(nonce)

const cache = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (count, error) => !(error instanceof ApiProblem) && count < 2,
      refetchOnWindowFocus: true,
      networkMode: 'always',
    },
    // Without a network it fails, and that is told: what somebody gave up waiting for is never sent later.
    mutations: { networkMode: 'always' },
  },
})

/** What the stylesheet says for the dark theme, so that both agree. */
const DARK = {
  colorBgContainer: '#191c21',
  colorBgElevated: '#22262d',
  colorBorder: '#404753',
  colorBorderSecondary: '#2b3038',
}
const FONT = getComputedStyle(document.documentElement).getPropertyValue('--font')

function Theme({ children }: { children: ReactNode }) {
  const { i18n } = useTranslation()
  const { isCompact } = usePreferences()
  const isDark = useIsDark()
  const algorithms = [isDark ? themes.darkAlgorithm : themes.defaultAlgorithm]
  return (
    <ConfigProvider
      csp={{ nonce }}
      locale={i18n.language === 'en' ? en : zh}
      componentSize={isCompact ? 'small' : 'medium'}
      button={{ autoInsertSpace: false }}
      theme={{
        algorithm: algorithms,
        token: {
          ...(isDark ? DARK : {}),
          colorPrimary: isDark ? '#86a8f9' : '#2f5fd0',
          colorTextLightSolid: isDark ? '#0d1526' : '#ffffff',
          // antd's own red is too light to be read on white.
          colorError: isDark ? '#ff9c80' : '#b3361b',
          colorLink: isDark ? '#86a8f9' : '#2f5fd0',
          colorBgBase: isDark ? '#191c21' : '#ffffff',
          colorTextBase: isDark ? '#e7eaf0' : '#1b2230',
          colorTextPlaceholder: isDark ? '#939dad' : '#667082',
          colorTextDescription: isDark ? '#a9b2c0' : '#535d6e',
          colorSuccess: isDark ? '#5ccfae' : '#08705a',
          borderRadius: 7,
          fontFamily: FONT,
          motionDurationMid: '0.12s',
          motionDurationSlow: '0.16s',
        },
        components: {
          // A button under the mouse is read as well as before: antd's own lighter blue is not, on white.
          Button: isDark ? {} : { defaultHoverColor: '#2f5fd0', defaultHoverBorderColor: '#2f5fd0' },
          // What is chosen in a menu stands on blue: in the dark its own blue is not light enough.
          Dropdown: isDark ? { colorPrimary: '#a9c1ff' } : {},
          // An empty box is seen as one: antd's own edge is too faint for that.
          Checkbox: { colorBorder: isDark ? '#7d8796' : '#8a94a6' },
          Modal: { titleFontSize: 16 },
          Tooltip: { colorBgSpotlight: '#1b2230' },
        },
      }}
    >
      <Antd component={false}>{children}</Antd>
    </ConfigProvider>
  )
}

function SignedIn() {
  const me = useMeQuery()
  const client = useQueryClient()
  const csrf = me.data?.csrf
  useEffect(() => {
    setSession(csrf ?? '', () => void client.resetQueries({ queryKey: ME_KEY }))
  }, [client, csrf])
  if (me.isPending) return <PageSkeleton />
  if (me.isError) {
    const isNobody = me.error instanceof ApiProblem && me.error.body.status === 401
    return isNobody ? <SignIn /> : <NoAnswer problem={me.error} onAgain={() => void me.refetch()} />
  }
  return (
    <MeContext value={me.data}>
      <SignInTold />
      {me.data.must_change_password ? <FirstPassword /> : <Pages />}
    </MeContext>
  )
}

function NoAnswer(props: { problem: unknown; onAgain: () => void }) {
  const t = useWords(frameWords)
  return (
    <Gate title={t('product')}>
      <ProblemView {...props} />
    </Gate>
  )
}

export function App() {
  return (
    <QueryClientProvider client={cache}>
      <Theme>
        <BrowserRouter basename="/console">
          <SignedIn />
          <Toasts />
        </BrowserRouter>
      </Theme>
    </QueryClientProvider>
  )
}
