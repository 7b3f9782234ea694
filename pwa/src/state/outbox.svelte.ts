/** What this phone wrote and where each piece is. */
import type { OperationKind } from '../core/operation'

export type { OperationKind } from '../core/operation'

export interface OutboxItem {
  readonly id: string
  readonly entry: string
  readonly kind: OperationKind
  /** Of the entry as it is now on this phone. */
  readonly workDate: string | null
  readonly workedSeconds: number | null
  readonly project: string | null
  /** Whose time it is about; null when it is one's own. */
  readonly person: string | null
  readonly writtenAt: number
  readonly state: 'waiting' | 'sent' | 'not_accepted'
  /** Why it was not accepted, from the closed set of the protocol. */
  readonly code: string | null
  readonly field: string | null
  readonly note: string | null
  /** When the phone last tried to send it. */
  readonly triedAt: number | null
}

let items = $state.raw<readonly OutboxItem[]>([])
let sent = $state.raw<readonly OutboxItem[]>([])

export const outbox = {
  /** Waiting and not accepted, oldest first. */
  get items(): readonly OutboxItem[] {
    return items
  },
  /** The last twenty that are with the office, newest first. */
  get recentlySent(): readonly OutboxItem[] {
    return sent
  },
  get waitingCount(): number {
    return items.filter((item) => item.state === 'waiting').length
  },
  get notAcceptedCount(): number {
    return items.filter((item) => item.state === 'not_accepted').length
  },
}

/** Try to send now, whatever the timer says; the outcome is in `connection`. */
export async function sendNow(): Promise<void> {
  await Promise.resolve()
}

/** Return the signed file with everything that is not with the office, to be sent another way. */
export async function asFile(): Promise<File> {
  await Promise.resolve()
  return new File([], 'daywork.json')
}
