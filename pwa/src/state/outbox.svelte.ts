/** What this phone wrote and where each piece is. */
import type { Reader } from '../core/entry_reading'
import type { OperationKind } from '../core/operation'
import { entryOf } from '../store/entries'
import { askingOperations, lastAnswered, waitingOperations } from '../store/operations'
import { exchangeNow } from './connection.svelte'
import { follow, openedLocal, viewsOf, type Local } from './local.svelte'

export type { OperationKind } from '../core/operation'
import type { StoredOperation } from '../store/schema'

const SENT_SHOWN_MAX = 20
const WAITING_SHOWN_MAX = 500

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
  /** Whether it came after the period it belongs to was closed. */
  readonly isLate: boolean
  /** When the phone last tried to send it. */
  readonly triedAt: number | null
}

interface Shown {
  readonly items: readonly OutboxItem[]
  readonly sent: readonly OutboxItem[]
  readonly waitingCount: number
  readonly notAcceptedCount: number
}

let shown = $state.raw<Shown>({ items: [], sent: [], waitingCount: 0, notAcceptedCount: 0 })

export const outbox = {
  /** Waiting and not accepted, oldest first; at most 500 of those that wait. */
  get items(): readonly OutboxItem[] {
    return shown.items
  },
  /** The last twenty that are with the office, newest first. */
  get recentlySent(): readonly OutboxItem[] {
    return shown.sent
  },
  get waitingCount(): number {
    return shown.waitingCount
  },
  get notAcceptedCount(): number {
    return shown.notAcceptedCount
  },
}

/** Try to send now, whatever the timer says; the outcome is in `connection`. */
export async function sendNow(): Promise<void> {
  await exchangeNow()
}

/** Return the signed files with everything that is not with the office; none when nothing waits. */
export async function asFiles(): Promise<readonly File[]> {
  const { rescueFiles } = await import('../sync/rescue')
  return (await rescueFiles(openedLocal().database)).map((content) => {
    const name = `daywork-${content.actor}-${String(content.ops.at(-1)?.q ?? 0)}.json`
    return new File([JSON.stringify(content)], name, { type: 'application/json' })
  })
}

follow(async (local, reader) => {
  const waiting = await waitingOperations(local.database)
  const asking = await askingOperations(local.database)
  const sent = await lastAnswered(local.database, SENT_SHOWN_MAX)
  shown = {
    items: await itemsOf(local, reader, [...asking, ...waiting.slice(0, WAITING_SHOWN_MAX)]),
    sent: await itemsOf(
      local,
      reader,
      sent.filter(({ asks }) => asks === undefined),
    ),
    waitingCount: waiting.length,
    notAcceptedCount: asking.length,
  }
})

async function itemsOf(
  local: Local,
  reader: Reader,
  stored: readonly StoredOperation[],
): Promise<readonly OutboxItem[]> {
  return Promise.all(stored.map((operation) => itemOf(local, reader, operation)))
}

async function itemOf(
  { database }: Local,
  reader: Reader,
  { operation, answer, asks, waiting, writtenAtMilliseconds, triedAtMilliseconds }: StoredOperation,
): Promise<OutboxItem> {
  const record = await entryOf(database, operation.e)
  const view = record === null ? undefined : viewsOf([record], reader)[0]
  return {
    id: operation.id,
    entry: operation.e,
    kind: operation.by,
    workDate: view?.workDate ?? null,
    workedSeconds: view?.workedSeconds ?? null,
    project: view?.project?.name ?? null,
    person: view === undefined || view.isOwn ? null : view.ownerName,
    writtenAt: Math.floor(writtenAtMilliseconds / 1000),
    state: waiting === 1 ? 'waiting' : asks === 1 ? 'not_accepted' : 'sent',
    code: answer?.code ?? null,
    field: answer?.field ?? null,
    note: answer?.note ?? null,
    isLate: answer?.st === 'late',
    triedAt: triedAtMilliseconds === null ? null : Math.floor(triedAtMilliseconds / 1000),
  }
}
