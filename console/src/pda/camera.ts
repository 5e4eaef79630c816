/** The browser's own reader of barcodes, where there is one (Android; not yet in every TypeScript library). */
interface Detector {
  detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]>
}
type DetectorMaker = new (options?: { formats: string[] }) => Detector

const FORMATS = ['ean_13', 'ean_8', 'code_128', 'code_39', 'qr_code', 'upc_a']
const EVERY_MS = 200
const SAME_AGAIN_MS = 1_500

export function hasCamera(): boolean {
  return 'BarcodeDetector' in window && 'mediaDevices' in navigator
}

/** Shows the camera in `video` and tells each code once while it stays in sight; gives what stops it. */
export async function startCamera(video: HTMLVideoElement, onCode: (code: string) => void): Promise<() => void> {
  const Maker = (window as unknown as { BarcodeDetector: DetectorMaker }).BarcodeDetector
  const detector = new Maker({ formats: FORMATS })
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } })
  video.srcObject = stream
  await video.play()
  let last = ''
  let lastAt = 0
  const look = async () => {
    // A frame that can't be read is followed by another one.
    const [found] = await detector.detect(video).catch(() => [])
    if (!found) return
    const isSame = found.rawValue === last && Date.now() - lastAt < SAME_AGAIN_MS
    lastAt = Date.now()
    if (isSame) return
    last = found.rawValue
    onCode(found.rawValue)
  }
  const timer = window.setInterval(() => void look(), EVERY_MS)
  return () => {
    window.clearInterval(timer)
    for (const track of stream.getTracks()) track.stop()
  }
}
