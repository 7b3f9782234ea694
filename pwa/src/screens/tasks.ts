/** What waits for this person: questions about their entries, and those about their phones. */
import type { Chip } from '../state/connection.svelte'
import { needsYou } from '../state/conflicts.svelte'
import { questions } from '../state/questions.svelte'

/** Return how many cards there are on "Needs you". */
export function taskCount(): number {
  return needsYou.count + questions.open.length
}

/** Return the chip with the questions about phones counted in. */
export function chipWith(chip: Chip, questionCount: number): Chip {
  if (questionCount === 0) return chip
  switch (chip.kind) {
    case 'needs_you':
      return { kind: 'needs_you', count: chip.count + questionCount }
    case 'all_sent':
    case 'on_phone':
      return { kind: 'needs_you', count: questionCount }
    case 'sending':
    case 'sign_in':
    case 'needs_office':
      return chip
  }
}
