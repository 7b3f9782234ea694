/** What the local database of one person holds: its stores, their keys and indexes. */
import type { DBSchema } from 'idb'
import type { Answer, EntryRecord } from '../core/entry_record'
import type { WireOperation } from '../core/operation'

export interface StoredOperation {
  readonly actor: string
  readonly operation: WireOperation
  readonly answer: Answer | null
  readonly isDismissed: boolean
  /** 1 while the server has not answered, absent afterwards. */
  readonly waiting?: 1
  /** 1 while the server's refusal needs somebody. */
  readonly asks?: 1
  readonly writtenAtMilliseconds: number
  readonly triedAtMilliseconds: number | null
  /** When the server answered, in milliseconds; absent before. */
  readonly answeredAt?: number
  /** When a retired phone handed it in, in milliseconds; it still waits for its person. */
  readonly depositedAt?: number
}

/** A record with the keys of its indexes; a key that is absent keeps it out of that index. */
export interface StoredEntry {
  readonly id: string
  readonly record: EntryRecord
  readonly ownerDay?: readonly [owner: string, day: string]
  readonly running?: 1
  readonly asks?: 1
  readonly waits?: readonly [day: string, owner: string]
  /** The pass over the server's rows in which this one was last seen. */
  readonly pass: number
}

export interface PhoneSchema extends DBSchema {
  operations: {
    key: [actor: string, sequenceNumber: number]
    value: StoredOperation
    indexes: {
      id: string
      /** Without an answer of the server. */
      waiting: number
      /** Answered `held` and not settled. */
      asks: number
      /** Answered, by the moment of the answer. */
      answered: number
    }
  }
  entries: {
    key: string
    value: StoredEntry
    indexes: {
      owner_day: [owner: string, day: string]
      running: number
      asks: number
      waits: [day: string, owner: string]
    }
  }
  meta: { key: string; value: unknown }
}
