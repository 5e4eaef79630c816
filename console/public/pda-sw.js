// Keeps the phone page itself, so that it opens without a network. Its data are the page's own business: nothing of /api is kept here.
const CACHE = 'pda'
const PAGE = '/pda'

/** Keeps this page and what it loads; what an older page loaded goes. */
async function store(answer) {
  const cache = await caches.open(CACHE)
  const text = await answer.clone().text()
  const assets = [...text.matchAll(/(?:src|href)="([^"]*\/assets\/[^"]+)"/g)].map((found) => found[1])
  for (const old of await cache.keys()) {
    const { pathname } = new URL(old.url)
    if (pathname !== PAGE && !assets.includes(pathname)) await cache.delete(old)
  }
  await cache.put(PAGE, answer)
  for (const asset of assets) if (!(await cache.match(asset))) await cache.add(asset)
}

async function freshPage(request) {
  try {
    const answer = await fetch(request)
    if (answer.ok) await store(answer.clone())
    return answer
  } catch (error) {
    const cache = await caches.open(CACHE)
    const kept = await cache.match(PAGE)
    if (kept) return kept
    throw error
  }
}

async function keptAsset(request) {
  const cache = await caches.open(CACHE)
  return (await cache.match(request)) ?? fetch(request)
}

self.addEventListener('install', (event) => {
  self.skipWaiting()
  event.waitUntil(fetch(PAGE).then(store))
})
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))
self.addEventListener('fetch', (event) => {
  const { pathname } = new URL(event.request.url)
  if (event.request.mode === 'navigate') event.respondWith(freshPage(event.request))
  else if (event.request.method === 'GET' && pathname.includes('/assets/')) event.respondWith(keptAsset(event.request))
})
