/** What one person reads to another over the phone when something does not go as it should. */
import { instantOf } from '../core/instant'
import { SCHEMA } from '../core/operation'
import { APP_VERSION, PROTOCOL } from '../core/version'
import { EVENTS, EXCHANGE, fetchFact, FORMER_ACTORS, type PhoneEvent } from '../store/meta'
import { waitingOperations } from '../store/operations'
import { storageState } from '../sync/storage_state'
import { follow, localOrNull, type Local } from './local.svelte'

/** How often something rare happened on this phone, and when last, in seconds since 1970. */
export interface Count {
  readonly count: number
  readonly lastAt: number | null
}

export interface Diagnostics {
  readonly actor: string
  /** Actors that this phone had before: a clone, a new enrolment. */
  readonly formerActors: readonly string[]
  readonly pending: number
  /** When the oldest of the pending was written; instants are seconds since 1970. */
  readonly oldestAt: number | null
  readonly lastContactAt: number | null
  readonly lastTryAt: number | null
  /** The protocol's word for what stopped the last exchange; null after one that went through. */
  readonly lastError: string | null
  /** How far the phone's clock is ahead of the server's; negative: behind. */
  readonly skewSeconds: number
  readonly isStoragePersisted: boolean
  readonly freeMegabytes: number | null
  /** Something waits for more than two of the longest intervals, though the phone is not offline. */
  readonly isStalled: boolean
  readonly stalls: Count
  /** Lists that did not agree with the server's and were read anew. */
  readonly repairs: Count
  /** Copies of this phone's history that went on under a new actor. */
  readonly forks: Count
  /** Servers that came back from a backup and got everything again. */
  readonly rollbacks: Count
  readonly storageFaults: Count
  readonly protocol: number
  readonly schema: number
  readonly appVersion: string
}

let shown = $state.raw<Diagnostics | null>(null)

export const diagnostics = {
  /** Null until `showDiagnostics` was called. */
  get current(): Diagnostics | null {
    return shown
  },
}

/** Read into `diagnostics.current`, which then is kept up to date. */
export async function showDiagnostics(): Promise<void> {
  const local = localOrNull()
  if (local !== null) await read(local)
}

follow(read)

async function read({ database, device }: Local): Promise<void> {
  const [last, events, former, waiting, storage] = await Promise.all([
    fetchFact(database, EXCHANGE),
    fetchFact(database, EVENTS),
    fetchFact(database, FORMER_ACTORS),
    waitingOperations(database),
    storageState(),
  ])
  const count = (event: PhoneEvent): Count => {
    const found = events[event]
    return { count: found?.count ?? 0, lastAt: found?.at ?? null }
  }
  const [oldest] = waiting
  shown = {
    actor: device.actor,
    formerActors: former.map(({ head }) => head.actor),
    pending: waiting.length,
    oldestAt: oldest === undefined ? null : instantOf(oldest.operation.w),
    lastContactAt: last.contactAt,
    lastTryAt: last.at,
    lastError: last.detail,
    skewSeconds: last.skewSeconds,
    isStoragePersisted: storage.persisted,
    freeMegabytes: storage.free_mb,
    isStalled: waiting.length > 0 && last.isStalled,
    stalls: count('stall'),
    repairs: count('repair'),
    forks: count('fork'),
    rollbacks: count('rollback'),
    storageFaults: count('storage_fault'),
    protocol: PROTOCOL,
    schema: SCHEMA,
    appVersion: APP_VERSION,
  }
}
