/** The office's list of postings: read online, the last copy is kept. */
import { postings } from '../api/postings'
import type { PostingsAnswer } from '../api/wire'
import { instantOf } from '../core/instant'

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

/** How many postings are in a state, and how long they are. */
export interface Total {
  readonly count: number
  readonly seconds: number
}

export interface PostingList {
  readonly postings: readonly Posting[]
  readonly totals: Readonly<Record<PostingState, Total>>
  /** When the server said so. */
  readonly readAt: number
}

const POSTINGS_MAX = 500

let shown = $state.raw<Partial<Record<PostingState, PostingList>>>({})
export const office = {
  /** The list last read for a state; null when not read since the app was opened. */
  list(state: PostingState): PostingList | null {
    return shown[state] ?? null
  },
}

/** Read a list; returns whether the server answered. */
export async function readPostings(state: PostingState): Promise<boolean> {
  const read = await postings(plainFetch, state, POSTINGS_MAX)
  if (!read.ok) return false
  shown = { ...shown, [state]: listOf(read.value) }
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
    totals: {
      held: totalOf(totals, 'held'),
      waiting: totalOf(totals, 'computed', 'frozen'),
      posted: totalOf(totals, 'posted'),
    },
    readAt: Math.floor(Date.now() / 1000),
  }
}

function totalOf(totals: PostingsAnswer['totals'], ...states: readonly string[]): Total {
  const found = states.flatMap((state) => totals[state] ?? [])
  return {
    count: found.reduce((sum, one) => sum + one.count, 0),
    seconds: found.reduce((sum, one) => sum + one.seconds, 0),
  }
}

async function plainFetch(path: string, init: RequestInit): Promise<Response> {
  return fetch(path, init)
}
