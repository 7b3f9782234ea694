/** What a phone binds a decision to is what the server finds under the decision's context. */
import { expect, test } from 'vitest'
import type { JsonValue } from '../../src/core/json_value'
import { digestOfCells, projected } from '../../src/core/merge'
import { covers, type Dot, type VectorClock } from '../../src/core/vector_clock'
import { vectors } from '../support/vectors'

interface VectorOperation {
  readonly actor: string
  readonly q: number
  readonly by: string
  readonly c: VectorClock
  readonly s?: Readonly<Record<string, JsonValue>>
  readonly dg?: string
}

interface Story {
  readonly name: string
  readonly operations: readonly VectorOperation[]
  readonly expected: { readonly notes: readonly { readonly d: Dot; readonly note: string }[] }
}

const JUDGEMENTS = ['approve', 'reject']

interface Case {
  readonly name: string
  readonly digest: string | null
  readonly decision: VectorOperation
  readonly note: string | undefined
}

const cases = vectors<Story>('approval.json').flatMap(({ name, operations, expected }) => {
  const changes = operations
    .filter(({ dg }) => dg === undefined)
    .map(({ actor, q, c, s }) => ({ dot: [actor, q] as const, context: c, values: s ?? {} }))
  return operations
    .filter(({ by }) => JUDGEMENTS.includes(by))
    .map((decision): Case => {
      const seen = changes.filter(({ dot }) => covers(decision.c, dot))
      const note = noteOf(expected.notes, decision)
      const title = `${name}: ${decision.by} ${decision.actor} ${String(decision.q)}`
      return { name: title, digest: digestOfCells(projected(seen)), decision, note }
    })
})

test.each(cases)('$name', ({ digest, decision, note }) => {
  if (note === 'multi_valued') expect(digest).toBeNull()
  else if (note === 'digest_mismatch') expect(digest).not.toBe(decision.dg)
  else if (note !== 'not_authorised') expect(digest).toBe(decision.dg)
})

test('the stories have decisions of every kind that is looked at here', () => {
  const notes = new Set(cases.map(({ note }) => note))

  expect(notes).toContain('multi_valued')
  expect(notes).toContain('digest_mismatch')
  expect(notes).toContain(undefined)
})

function noteOf(
  notes: Story['expected']['notes'],
  { actor, q }: VectorOperation,
): string | undefined {
  return notes.find(({ d }) => d[0] === actor && d[1] === q)?.note
}
