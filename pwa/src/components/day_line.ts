/**
 * The geometry of the day line: what is drawn where, and nothing of how.
 *
 * Instants are whole seconds since 1970 (UTC), ends are not part of a block. A break is a gap in the
 * line; it is kept as a block all the same, because the text twin has to name it.
 */

export type BlockKind =
  /** Time that counts. */
  | 'work'
  /** A gap between two blocks of work. */
  | 'break'
  /** Only its length is known, so its place on the line says nothing. */
  | 'length'

export interface Block {
  readonly kind: BlockKind
  readonly start: number
  readonly end: number
  /** Something about this block waits for an answer: drawn as a notch. */
  readonly question?: boolean
  /** Still running: its end is the present moment. */
  readonly running?: boolean
}

export interface Span {
  readonly start: number
  readonly end: number
}

/** A span as it is drawn, in percent of the line's width. */
export interface Stretch {
  readonly x: number
  readonly width: number
}

const HOUR_SECONDS = 3600
const MINIMUM_WINDOW_SECONDS = 9 * HOUR_SECONDS
/** A block shorter than this is still drawn so wide that one can see it. */
const MINIMUM_STRETCH_PERCENT = 0.9

/** Return the work of a line as spans in ascending order, those that touch or overlap joined. */
export function workSpans(blocks: readonly Block[]): readonly Span[] {
  const sorted = blocks
    .filter((block) => block.kind !== 'break' && block.end > block.start)
    .map(({ start, end }) => ({ start, end }))
    .sort((one, other) => one.start - other.start)
  const spans: { start: number; end: number }[] = []
  for (const span of sorted) {
    const last = spans.at(-1)
    if (last !== undefined && span.start <= last.end) last.end = Math.max(last.end, span.end)
    else spans.push(span)
  }
  return spans
}

/** Return the parts of `ours` that `theirs` does not have: what is hatched in a conflict. */
export function differing(ours: readonly Block[], theirs: readonly Block[]): readonly Span[] {
  const others = workSpans(theirs)
  return workSpans(ours).flatMap((span) => {
    const rest: Span[] = []
    let start = span.start
    for (const other of others) {
      if (other.end <= start || other.start >= span.end) continue
      if (other.start > start) rest.push({ start, end: other.start })
      start = Math.max(start, other.end)
    }
    if (start < span.end) rest.push({ start, end: span.end })
    return rest
  })
}

/**
 * Return the window that shows all blocks: whole hours, at least nine, so that a morning does not
 * look like a full day. Without blocks, the nine hours from the hour of `now`.
 */
export function windowOf(blocks: readonly Block[], now: number): Span {
  const starts = blocks.map((block) => block.start)
  const ends = blocks.map((block) => block.end)
  const first = starts.length === 0 ? now : Math.min(...starts)
  const last = ends.length === 0 ? now : Math.max(...ends)
  const start = Math.floor(first / HOUR_SECONDS) * HOUR_SECONDS
  const end = Math.ceil(last / HOUR_SECONDS) * HOUR_SECONDS
  return { start, end: Math.max(end, start + MINIMUM_WINDOW_SECONDS) }
}

/** Return where a span lies in the window, in percent; never outside, never invisibly narrow. */
export function stretchOf(span: Span, frame: Span): Stretch {
  const length = Math.max(1, frame.end - frame.start)
  const start = Math.min(Math.max(span.start, frame.start), frame.end)
  const end = Math.min(Math.max(span.end, start), frame.end)
  const width = Math.max(((end - start) / length) * 100, MINIMUM_STRETCH_PERCENT)
  return { x: Math.min(((start - frame.start) / length) * 100, 100 - width), width }
}

/** Return the full hours inside the window at which a tick is drawn, at most `most` of them. */
export function ticksOf(frame: Span, most: number): readonly number[] {
  const hours = (frame.end - frame.start) / HOUR_SECONDS
  const step = [1, 2, 3, 4, 6, 12, 24].find((size) => hours / size < most) ?? 24
  const ticks: number[] = []
  for (let at = frame.start; at <= frame.end; at += step * HOUR_SECONDS) ticks.push(at)
  return ticks
}
