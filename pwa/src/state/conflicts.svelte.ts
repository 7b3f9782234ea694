/** What needs this person: versions that differ, entries that came back, operations not accepted. */
import { bothHappened, changed, chosen, removed, restored } from '../core/capture'
import type { EntryView, Group } from '../core/entry_view'
import { askingEntries, dismissOperation, runningEntries } from '../store/entries'
import { announce } from '../store/announcements'
import { follow, isBillable, openedLocal, refreshAll, save, stamp, viewsOf } from './local.svelte'
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
  const at = stamp()
  const versions = view.conflicts.find((conflict) => conflict.group === group)?.versions ?? []
  switch (answer.kind) {
    case 'version': {
      const [actor, number] = answer.dot
      const version = versions.find(({ dot }) => dot[0] === actor && dot[1] === number)
      return save([chosen(at, view, group, version?.value)])
    }
    case 'both_happened':
      return save(
        bothHappened(
          at,
          view,
          versions.map(({ value }) => value),
        ),
      )
    case 'other': {
      const billable = await isBillable(answer.draft.project)
      return save([changed(at, view, answer.draft, billable, group)])
    }
    case 'keep':
      return save([restored(at, view)])
    case 'remove':
      return save([removed(at, view, null)])
  }
}

/** Take an operation that was not accepted off the list; what it said is dropped from the entry. */
export async function dismissHeld(operationId: string): Promise<void> {
  const { database, device } = openedLocal()
  await dismissOperation(database, device.person.id, operationId)
  announce('changed')
  await refreshAll()
}

follow(async ({ database }, reader) => {
  const running = viewsOf(await runningEntries(database), reader)
  const forgotten = running.filter((view) => view.flags.includes('open_timer'))
  const open = viewsOf(await askingEntries(database), reader)
  const others = forgotten.filter((view) => !open.some(({ id }) => id === view.id))
  asking = [...open, ...others].sort((one, other) => (one.workDate < other.workDate ? -1 : 1))
})
