/** What was typed and not yet saved: kept while the app is open, also when a screen breaks. */
import type { EntryDraft } from '../components/entry_draft'
import type { EntryView } from '../core/entry_view'

interface Kept {
  readonly draft: EntryDraft
  /** The entry as it was when the form opened: what a change is bound to. */
  readonly opened: EntryView | null
}

const kept = new Map<string, Kept>()

/** Return what was typed for a form, or null. */
export function keptDraft(form: string): Kept | null {
  return kept.get(form) ?? null
}

/** Keep what is typed in a form. */
export function keepDraft(form: string, draft: Kept): void {
  kept.set(form, draft)
}

/** Forget a form that was saved or left on purpose. */
export function dropDraft(form: string): void {
  kept.delete(form)
}
