import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

/** The server replaces this word in both HTML files by the nonce of each answer. */
const NONCE = 'PAIDAN_CSP_NONCE'
const server = process.env.PAIDAN_URL ?? 'http://127.0.0.1:8350'
const key = process.env.PAIDAN_KEY
const proxy = {
  '/api': { target: server, changeOrigin: true, headers: key ? { authorization: `Bearer ${key}` } : {} },
}

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Tests of plain functions share one page and one reading of the modules: to make them for each file takes longer than the tests. */
export default defineConfig({
  base: '/console/',
  plugins: [react()],
  resolve: { alias: { '@': here('./src') } },
  html: { cspNonce: NONCE },
  build: {
    outDir: process.env.PAIDAN_CONSOLE_OUT ?? 'dist',
    emptyOutDir: true,
    target: 'es2022',
    manifest: true,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 800,
    rolldownOptions: { input: { index: here('./index.html'), pda: here('./pda.html') } },
  },
  server: { proxy },
  preview: { proxy },
  test: {
    projects: [
      { extends: true, test: { name: 'plain', environment: 'jsdom', isolate: false, include: ['src/**/*.test.ts'] } },
      {
        extends: true,
        test: {
          name: 'drawn',
          environment: 'jsdom',
          setupFiles: ['./src/testing/setup.ts'],
          include: ['src/**/*.test.tsx'],
        },
      },
    ],
  },
})
