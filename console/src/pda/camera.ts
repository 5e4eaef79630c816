/** What reads barcodes: the browser itself (Android; not yet in every TypeScript library), or our own reader. */
interface Detector {
  detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]>
}
interface DetectorMaker {
  new (options?: { formats: string[] }): Detector
  getSupportedFormats(): Promise<string[]>
}

const FORMATS = ['ean_13', 'ean_8', 'code_128', 'code_39', 'qr_code', 'upc_a']
const EVERY_MS = 200
const SAME_AGAIN_MS = 1_500

export function hasCamera(): boolean {
  return 'mediaDevices' in navigator
}

/** The browser's own where it reads what stands on parcels; else ours, which is fetched now and by nobody else. */
async function makeDetector(): Promise<Detector> {
  const { BarcodeDetector } = window as unknown as { BarcodeDetector?: DetectorMaker }
  const formats = (await BarcodeDetector?.getSupportedFormats().catch(() => [])) ?? []
  const known = FORMATS.filter((format) => formats.includes(format))
  if (BarcodeDetector && known.includes('ean_13') && known.includes('code_128'))
    return new BarcodeDetector({ formats: known })
  const ours = await import('./decoder')
  return ours.makeDetector()
}

/** Shows the camera in `video` and tells each code once while it stays in sight; gives what stops it. `isWanted`: nobody has stopped it meanwhile. */
export async function startCamera(
  video: HTMLVideoElement,
  onCode: (code: string) => void,
  isWanted: () => boolean,
): Promise<() => void> {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } })
  const end = () => {
    for (const track of stream.getTracks()) track.stop()
  }
  try {
    const detector = await makeDetector()
    if (!isWanted()) return end
    video.srcObject = stream
    video.muted = true
    await video.play()
    return watch(detector, video, onCode, end)
  } catch (error) {
    end()
    throw error
  }
}

function watch(
  detector: Detector,
  video: HTMLVideoElement,
  onCode: (code: string) => void,
  end: () => void,
): () => void {
  let last = ''
  let lastAt = 0
  let isLooking = false
  let isOver = false
  const look = async () => {
    // A slow phone is not asked again before it has answered; a frame that can't be read is followed by another one.
    if (isLooking) return
    isLooking = true
    const [found] = await detector.detect(video).catch(() => [])
    isLooking = false
    if (!found || isOver) return
    const isSame = found.rawValue === last && Date.now() - lastAt < SAME_AGAIN_MS
    lastAt = Date.now()
    if (isSame) return
    last = found.rawValue
    onCode(found.rawValue)
  }
  const timer = window.setInterval(() => void look(), EVERY_MS)
  return () => {
    isOver = true
    window.clearInterval(timer)
    end()
  }
}
