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

/** The code in a picture of four bytes a pixel (red, green, blue, opacity); null when there is none that can be read. */
export function readCode(pixels: Uint8ClampedArray, width: number, height: number): string | null {
  const grey = new Uint8ClampedArray(width * height)
  for (let at = 0; at < grey.length; at++) {
    const [red = 0, green = 0, blue = 0] = pixels.subarray(at * 4, at * 4 + 3)
    grey[at] = (red + green * 2 + blue) / 4
  }
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

/** The same way of asking as the browser's own reader of barcodes. */
export function makeDetector() {
  const canvas = document.createElement('canvas')
  const drawn = canvas.getContext('2d', { willReadFrequently: true })
  return {
    async detect(video: HTMLVideoElement): Promise<{ rawValue: string }[]> {
      if (!drawn || video.videoWidth === 0) return []
      const scale = Math.min(1, WIDTH_MAX / video.videoWidth)
      canvas.width = Math.round(video.videoWidth * scale)
      canvas.height = Math.round(video.videoHeight * scale)
      drawn.drawImage(video, 0, 0, canvas.width, canvas.height)
      const { data } = drawn.getImageData(0, 0, canvas.width, canvas.height)
      const rawValue = readCode(data, canvas.width, canvas.height)
      return rawValue === null ? [] : [{ rawValue }]
    },
  }
}
