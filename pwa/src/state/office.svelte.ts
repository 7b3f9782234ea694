/** The office's list of postings: read online, the last copy is kept. */
import { explanation, postings } from '../api/postings'
import type { PostingsAnswer } from '../api/wire'
import { instantOf } from '../core/instant'
import { isObject, type JsonValue } from '../core/json_value'
import { fitted, json } from '../core/shape'

export type PostingState = 'held' | 'posted' | 'waiting'

export interface Posting {
  readonly id: string
  readonly entry: string
  readonly person: string | null
  readonly project: string | null
  readonly workDate: string | null
  readonly seconds: number
  readonly state: string
  readonly reason: string | null
  readonly batch: string | null
  readonly postedAt: number | null
}

export interface PostingList {
  readonly postings: readonly Posting[]
  readonly heldCount: number | null
  readonly heldSeconds: number | null
  readonly postedCount: number | null
  readonly postedSeconds: number | null
  readonly waitingCount: number | null
  readonly waitingSeconds: number | null
  /** When the server said so. */
  readonly readAt: number
}

/** One posted hour, step by step, as the server explains it. */
export interface Explanation {
  readonly lines: readonly { readonly label: string; readonly text: string }[]
}

const POSTINGS_MAX = 500

let shown = $state.raw<Partial<Record<PostingState, PostingList>>>({})
let explained = $state.raw<Explanation | null>(null)

export const office = {
  /** The list last read for a state; null when not read since the app was opened. */
  list(state: PostingState): PostingList | null {
    return shown[state] ?? null
  },
  get explanation(): Explanation | null {
    return explained
  },
}

/** Read a list; returns whether the server answered. */
export async function readPostings(state: PostingState): Promise<boolean> {
  const read = await postings(plainFetch, state, POSTINGS_MAX)
  if (!read.ok) return false
  shown = { ...shown, [state]: listOf(read.value) }
  return true
}

/** Read why a posting is what it is, into `office.explanation`; returns whether the server answered. */
export async function explain(entry: string): Promise<boolean> {
  explained = null
  const read = await explanation(plainFetch, entry)
  if (!read.ok) return false
  explained = { lines: linesOf(read.value) }
  return true
}

function listOf({ postings: found, totals }: PostingsAnswer): PostingList {
  return {
    postings: found.map((one) => ({
      id: one.id,
      entry: one.entry_id,
      person: one.person,
      project: one.project,
      workDate: one.work_date,
      seconds: one.seconds ?? 0,
      state: one.state,
      reason: one.reason,
      batch: one.batch,
      postedAt: one.posted_at === null ? null : instantOf(one.posted_at),
    })),
    heldCount: totals?.held ?? null,
    heldSeconds: totals?.held_seconds ?? null,
    postedCount: totals?.posted ?? null,
    postedSeconds: totals?.posted_seconds ?? null,
    waitingCount: totals?.waiting ?? null,
    waitingSeconds: totals?.waiting_seconds ?? null,
    readAt: Math.floor(Date.now() / 1000),
  }
}

/** Return the members of an explanation as lines, nested ones with their path as the label. */
function linesOf(value: unknown): Explanation['lines'] {
  const whole = fitted(json, value)
  return whole === null ? [] : flattened('', whole)
}

function flattened(label: string, value: JsonValue): Explanation['lines'] {
  if (isObject(value)) {
    return Object.entries(value).flatMap(([name, member]) =>
      flattened(label === '' ? name : `${label}.${name}`, member),
    )
  }
  if (Array.isArray(value)) {
    return value.flatMap((member: JsonValue, at) => flattened(`${label}.${at + 1}`, member))
  }
  return value === null
    ? []
    : [{ label, text: typeof value === 'string' ? value : JSON.stringify(value) }]
}

async function plainFetch(path: string, init: RequestInit): Promise<Response> {
  return fetch(path, init)
}
