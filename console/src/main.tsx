import '@/frame/theme.css'
import '@/i18n/start'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app'

const BASE = '/console'

// The server shows the console at every address; ours begin with its name.
if (!window.location.pathname.startsWith(BASE)) {
  const path = window.location.pathname === '/' ? '/' : window.location.pathname
  window.history.replaceState(null, '', BASE + path + window.location.search)
}

const root = document.getElementById('root')
if (root)
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  )
