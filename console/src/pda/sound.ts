import { keep, recall } from './kept'

let context: AudioContext | null = null

export const isLoud = () => recall('sound', true)
export const setLoud = (on: boolean) => keep('sound', on)

function tone(hertz: number, seconds: number, delay = 0, wave: OscillatorType = 'sine'): void {
  if (!isLoud() || !('AudioContext' in window)) return
  context ??= new AudioContext()
  if (context.state === 'suspended') void context.resume()
  const oscillator = context.createOscillator()
  const gain = context.createGain()
  oscillator.type = wave
  oscillator.frequency.value = hertz
  gain.gain.value = 0.2
  oscillator.connect(gain).connect(context.destination)
  oscillator.start(context.currentTime + delay)
  oscillator.stop(context.currentTime + delay + seconds)
}

/** One high beep: taken. */
export function beepGood(): void {
  tone(1_400, 0.09)
}

/** Two low harsh ones, and a shake where the device can: stop and look. */
export function beepBad(): void {
  tone(220, 0.2, 0, 'square')
  tone(180, 0.3, 0.26, 'square')
  if ('vibrate' in navigator) navigator.vibrate([120, 80, 120])
}

/** Three rising: the whole thing is done. */
export function beepDone(): void {
  tone(900, 0.09)
  tone(1_200, 0.09, 0.11)
  tone(1_600, 0.16, 0.22)
}
