/** What the server asks this person; kept on the phone, so that it can be read without a connection. */
import type { QuestionAnswer } from '../api/sync'
import { fetchFact, QUESTIONS, saveFact, type OpenQuestion } from '../store/meta'
import { follow, openedLocal, refreshAll } from './local.svelte'

export type Question =
  /** A lost device had said that it had entries to send, and they never came. */
  | {
      readonly kind: 'possible_loss'
      readonly id: string
      /** The lost device's name. */
      readonly label: string
      readonly count: number
      /** When the oldest of them was written, in seconds since 1970; null: unknown. */
      readonly oldestAt: number | null
      readonly askedAt: number | null
    }
  /** An operation on `entry` waits for something that another phone never sent. */
  | {
      readonly kind: 'causal_gap'
      readonly id: string
      /** The entry's id, as routes take it. */
      readonly entry: string
      readonly askedAt: number | null
    }

export type LossAnswer = 'nothing_missing' | 'entered_again'
export type AnswerOutcome = 'answered' | 'offline' | 'refused'

let shown = $state.raw<readonly Question[]>([])

export const questions = {
  /** Oldest first. */
  get open(): readonly Question[] {
    return shown
  },
}

/** Answer a `possible_loss`. */
export async function answerLoss(id: string, answer: LossAnswer): Promise<AnswerOutcome> {
  return answered(id, answer)
}

/** Answer a `causal_gap`: count the operation without what it waits for. */
export async function countAnyway(id: string): Promise<AnswerOutcome> {
  return answered(id, 'count_it_anyway')
}

async function answered(id: string, answer: QuestionAnswer): Promise<AnswerOutcome> {
  const { answerQuestion } = await import('../api/sync')
  const told = await answerQuestion((path, init) => fetch(path, init), id, answer)
  if (!told.ok) {
    const { refusal } = told
    if (refusal.kind === 'unreachable') return 'offline'
    // Somebody else answered it meanwhile: then it is no question any more.
    if (refusal.kind !== 'refused' || refusal.status !== 404) return 'refused'
  }
  const { database } = openedLocal()
  const before = await fetchFact(database, QUESTIONS)
  await saveFact(
    database,
    QUESTIONS,
    before.filter((question) => question.id !== id),
  )
  await refreshAll()
  return 'answered'
}

follow(async ({ database }) => {
  shown = (await fetchFact(database, QUESTIONS)).map(questionOf).filter((one) => one !== null)
})

function questionOf(open: OpenQuestion): Question | null {
  const { id, kind, askedAt, label, count, oldestAt, entry } = open
  if (kind === 'possible_loss') {
    return { kind, id, label: label ?? '', count: count ?? 0, oldestAt, askedAt }
  }
  return entry === null ? null : { kind, id, entry, askedAt }
}
