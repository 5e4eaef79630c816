// Keeps the phone page itself, so that it opens without a network. Its data are the page's own business: nothing of /api is kept here.
const CACHE = 'pda'
const PAGE = '/pda'

/** Keeps this page and what it loads; what an older page loaded goes, with what that fetched later (the reader of barcodes). */
async function store(answer) {
  const cache = await caches.open(CACHE)
  const text = await answer.clone().text()
  const assets = [...text.matchAll(/(?:src|href)="([^"]*\/assets\/[^"]+)"/g)].map((found) => found[1])
  const kept = (await cache.keys()).map((old) => new URL(old.url).pathname)
  if (!assets.every((asset) => kept.includes(asset)))
    for (const old of kept) if (old !== PAGE && !assets.includes(old)) await cache.delete(old)
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
  const kept = await cache.match(request)
  if (kept) return kept
  const answer = await fetch(request)
  if (answer.ok) await cache.put(request, answer.clone())
  return answer
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
