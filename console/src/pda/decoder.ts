import {
  BarcodeFormat,
  BinaryBitmap,
  DecodeHintType,
  HybridBinarizer,
  MultiFormatOneDReader,
  QRCodeReader,
  type Reader,
  RGBLuminanceSource,
} from '@zxing/library'

/** Reads barcodes where the browser can't: iPhones, Firefox. Plain JavaScript, fetched only when somebody opens the camera there. */
const FORMATS = [
  BarcodeFormat.EAN_13,
  BarcodeFormat.EAN_8,
  BarcodeFormat.CODE_128,
  BarcodeFormat.CODE_39,
  BarcodeFormat.QR_CODE,
  BarcodeFormat.UPC_A,
]
/** A frame is made this wide at most: enough for a label held near, and read in time on a small phone. */
const WIDTH_MAX = 960

const HINTS = new Map<DecodeHintType, unknown>([
  [DecodeHintType.POSSIBLE_FORMATS, FORMATS],
  [DecodeHintType.TRY_HARDER, true],
])
/** Bars first: parcels and goods have them; then the square ones. */
const READERS: readonly Reader[] = [new MultiFormatOneDReader(HINTS), new QRCodeReader()]

/** So many of a thousand pixels may be darker than what counts as the darkest, or lighter than the lightest: dust and glare. */
const STRAY = 5
/** Bars are ink: as dark as this part of the way from the darkest to the lightest. A desk or a hand beside the label is lighter. */
const INK = 0.3

/**
 * The code in a picture of four bytes a pixel (red, green, blue, opacity); null when there is none that can be read.
 * `isInkOnly`: nothing but ink counts as dark. Beside a narrow margin of paper a grey desk would be taken for a bar.
 */
export function readCode(pixels: Uint8ClampedArray, width: number, height: number, isInkOnly = false): string | null {
  const grey = new Uint8ClampedArray(width * height)
  for (let at = 0; at < grey.length; at++) {
    const [red = 0, green = 0, blue = 0] = pixels.subarray(at * 4, at * 4 + 3)
    grey[at] = (red + green * 2 + blue) / 4
  }
  if (isInkOnly) keepInk(grey)
  const picture = new BinaryBitmap(new HybridBinarizer(new RGBLuminanceSource(grey, width, height)))
  for (const reader of READERS) {
    try {
      return reader.decode(picture, HINTS).getText()
    } catch {
      // Nothing it knows in this frame: the next reader looks, or another frame follows.
    }
  }
  return null
}

/** Makes all white that is not as dark as ink. */
function keepInk(grey: Uint8ClampedArray): void {
  const counts = new Uint32Array(256)
  for (const light of grey) counts[light] = (counts[light] ?? 0) + 1
  const stray = (grey.length * STRAY) / 1_000
  const edge = (lights: readonly number[]) => {
    let passed = 0
    return lights.find((light) => (passed += counts[light] ?? 0) > stray) ?? 0
  }
  const darkest = edge([...counts.keys()])
  const lightest = edge([...counts.keys()].reverse())
  const ink = darkest + (lightest - darkest) * INK
  for (let at = 0; at < grey.length; at++) if ((grey[at] ?? 0) > ink) grey[at] = 255
}

/** The same way of asking as the browser's own reader of barcodes. */
export function makeDetector() {
  const canvas = document.createElement('canvas')
  const drawn = canvas.getContext('2d', { willReadFrequently: true })
  // By turns: a slow phone looks at each frame in one way only.
  let isInkOnly = true
  return {
    async detect(video: HTMLVideoElement): Promise<{ rawValue: string }[]> {
      if (!drawn || video.videoWidth === 0) return []
      const scale = Math.min(1, WIDTH_MAX / video.videoWidth)
      canvas.width = Math.round(video.videoWidth * scale)
      canvas.height = Math.round(video.videoHeight * scale)
      drawn.drawImage(video, 0, 0, canvas.width, canvas.height)
      const { data } = drawn.getImageData(0, 0, canvas.width, canvas.height)
      isInkOnly = !isInkOnly
      const rawValue = readCode(data, canvas.width, canvas.height, isInkOnly)
      return rawValue === null ? [] : [{ rawValue }]
    },
  }
}
