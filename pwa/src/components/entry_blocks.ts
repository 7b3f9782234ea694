/** Entries as blocks of the day line. */
import type { EntryView } from '../core/entry_view'
import { instantAt } from '../core/instant'
import type { WorkTime } from '../core/time_entry'
import type { Block } from './day_line'

const MORNING = '08:00'

/** Return the blocks of one time: work around its breaks; a running one ends at `now`. */
export function timeBlocks(time: WorkTime, zone: string, now: number): readonly Block[] {
  if (time.form === 'length') {
    // Its place on the line says nothing: it is drawn from the morning on, as an outline.
    const start = instantAt(time.date, MORNING, zone) ?? now
    return [{ kind: 'length', start, end: start + time.seconds }]
  }
  const running = time.end === null
  const end = Math.max(time.end ?? now, time.start)
  const blocks: Block[] = []
  let start = time.start
  for (const pause of time.breaks) {
    if (pause.start === null) continue
    const back = Math.min(pause.end ?? end, end)
    if (pause.start > start) blocks.push({ kind: 'work', start, end: pause.start })
    if (back > pause.start) {
      const onBreak = running && pause.end === null
      blocks.push({
        kind: 'break',
        start: pause.start,
        end: back,
        ...(onBreak ? { running: true } : {}),
      })
    }
    start = Math.max(start, back)
  }
  if (end > start || blocks.length === 0) {
    blocks.push({ kind: 'work', start, end, ...(running ? { running: true } : {}) })
  }
  return blocks
}

/** Return the blocks of several entries of one day; those that need somebody carry a notch. */
export function dayBlocks(entries: readonly EntryView[], now: number): readonly Block[] {
  return entries.flatMap((entry) => {
    const asks = entry.state === 'needs_you' || entry.state === 'sent_back'
    return timeBlocks(entry.time, entry.zone, now).map((block, index) =>
      asks && index === 0 ? { ...block, question: true } : block,
    )
  })
}
