/** The office's list of postings: read online, the last copy is kept. */

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

let shown = $state.raw<Partial<Record<PostingState, PostingList>>>({})
let explained = $state.raw<Explanation | null>(null)

export const office = {
  /** The list last read for a state; null when never read on this phone. */
  list(state: PostingState): PostingList | null {
    return shown[state] ?? null
  },
  get explanation(): Explanation | null {
    return explained
  },
}

/** Read a list; returns whether the server answered. */
export async function readPostings(state: PostingState): Promise<boolean> {
  await Promise.resolve(state)
  shown = { ...shown }
  return false
}

/** Read why a posting is what it is, into `office.explanation`; returns whether the server answered. */
export async function explain(entry: string): Promise<boolean> {
  await Promise.resolve(entry)
  explained = null
  return false
}
