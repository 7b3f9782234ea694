/** Which entries of a day can be decided, and deciding them. */
import type { EntryView } from '../core/entry_view'
import { counted } from '../i18n/messages.svelte'
import { approve, takeBack } from '../state/approvals.svelte'
import { announce } from './announcement.svelte'
import { saved } from './saving.svelte'

/** Return the entries that this person can approve now: they wait, have ended and have one version. */
export function decidable(entries: readonly EntryView[]): readonly EntryView[] {
  return entries.filter(
    (entry) => entry.waits && !entry.isOwn && !entry.isRunning && entry.conflicts.length === 0,
  )
}

/** Approve entries exactly as they were seen, say so, and offer to take it back. */
export async function approveSeen(views: readonly EntryView[]): Promise<boolean> {
  let approved: readonly EntryView[] = []
  const done = await saved(async () => {
    approved = await approve(views)
  })
  if (done) announce(counted('inbox.approved', approved.length), () => takeBack(approved))
  return done
}
