/** Remembers by all clocks when a timer was started, so that its end can say how long it really ran. */
import type { EntryView } from '../core/entry_view'
import { elapsedSeconds, type Mark } from '../core/stopwatch'
import { EXCHANGE, fetchFact, saveFact, STOPWATCH } from '../store/meta'
import { openedLocal } from './local.svelte'

const KEPT_MAX = 5
/** A start is a whole second, and the clock was read a moment later. */
const START_SECONDS_APART = 2

/** What the phone's clocks say at one moment. */
export type Clocks = Pick<Mark, 'wall' | 'monotonic' | 'origin'>

/** Read the clocks: before anything is saved, because that takes time. */
export function clocksNow(): Clocks {
  return {
    wall: Date.now(),
    monotonic: performance.now(),
    origin: performance.timeOrigin,
  }
}

/** Remember that an entry's timer started at `clocks`. Without it the entry is only less well proven. */
export async function markStart(entry: string, clocks: Clocks): Promise<void> {
  const { database } = openedLocal()
  try {
    const before = await fetchFact(database, STOPWATCH)
    const others = before.filter((started) => started.entry !== entry)
    const mark = await marked(clocks)
    await saveFact(database, STOPWATCH, [{ entry, mark }, ...others].slice(0, KEPT_MAX))
  } catch {
    // The entry itself is saved; that must not look as if it were not.
  }
}

/** Return how long a running entry has run by its clocks; null when they do not tell. */
export async function elapsedOf({ id, time }: EntryView): Promise<number | null> {
  const started = (await fetchFact(openedLocal().database, STOPWATCH)).find(
    ({ entry }) => entry === id,
  )
  if (started === undefined || time.form !== 'interval') return null
  // A start that was typed is not the one that the clocks saw.
  if (Math.abs(started.mark.wall / 1000 - time.start) > START_SECONDS_APART) return null
  return elapsedSeconds(started.mark, await marked(clocksNow()))
}

async function marked(clocks: Clocks): Promise<Mark> {
  const { contactAt, skewSeconds } = await fetchFact(openedLocal().database, EXCHANGE)
  return {
    ...clocks,
    skew: contactAt === null ? null : { seconds: skewSeconds, at: contactAt * 1000 },
  }
}
