/** The one line above the bottom bar that says what just happened, and offers the way back. */
import { clock } from '../state/clock.svelte'

const SHOWN_SECONDS = 10

interface Announcement {
  readonly text: string
  readonly undo: (() => Promise<void>) | null
  readonly until: number
}

let current = $state.raw<Announcement | null>(null)
/** Somebody's focus or pointer is on it: then it does not go away. */
let isHeld = $state(false)

export const announcement = {
  get text(): string | null {
    return current !== null && (isHeld || current.until > clock.now) ? current.text : null
  },
  get canUndo(): boolean {
    return current?.undo !== null
  },
  get secondsLeft(): number {
    return Math.max(1, (current?.until ?? 0) - clock.now)
  },
}

/** Say what happened; with `undo` the line has a button for ten seconds. */
export function announce(text: string, undo: (() => Promise<void>) | null = null): void {
  isHeld = false
  current = { text, undo, until: Math.floor(Date.now() / 1000) + SHOWN_SECONDS }
}

/** Keep the line as long as `holds`, and give the full time again afterwards. */
export function hold(holds: boolean): void {
  isHeld = holds
  if (!holds && current !== null) current = { ...current, until: clock.now + SHOWN_SECONDS }
}

/** Take back what was announced. */
export async function undo(): Promise<void> {
  const act = current?.undo
  current = null
  isHeld = false
  await act?.()
}
