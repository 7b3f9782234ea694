/** What needs this person: versions that differ, entries that came back, operations not accepted. */
import type { EntryView, Group } from '../core/entry_view'
import type { Draft } from './time_entries.svelte'

export type { Conflict, Version, Author, Returned, HeldOperation } from '../core/entry_view'

export type Answer =
  /** The version with this dot is right. */
  | { readonly kind: 'version'; readonly dot: readonly [actor: string, sequenceNumber: number] }
  /** Both happened: the first stays, each other one becomes an entry of its own. Of `time` only. */
  | { readonly kind: 'both_happened' }
  /** Something else is right. Of `time`, `alloc` and `note`. */
  | { readonly kind: 'other'; readonly draft: Draft }
  /** Of `life` and `delete_vs_edit`: keep the entry, or remove it knowing all. */
  | { readonly kind: 'keep' }
  | { readonly kind: 'remove' }

let asking = $state.raw<readonly EntryView[]>([])

export const needsYou = {
  /** Own entries with a question: conflict, sent back, held, delete against edit, open timer. */
  get entries(): readonly EntryView[] {
    return asking
  },
  get count(): number {
    return asking.length
  },
}

/** Answer one question; resolves after it is saved on this phone. */
export async function resolve(view: EntryView, group: Group, answer: Answer): Promise<void> {
  await Promise.resolve([view, group, answer])
}

/** Take an operation that was not accepted off the list; what it said is dropped from the entry. */
export async function dismissHeld(operationId: string): Promise<void> {
  await Promise.resolve(operationId)
}
