/** A branch keeps ids and values; what its operations had seen has the new names. */
import { expect, test } from 'vitest'
import { branched, renamedContext, renamedRow } from '../../src/core/branching'
import { anchorOf } from '../../src/core/hash_chain'
import { chained, linked, type ChainHead, type WireContext } from '../../src/core/operation'
import { entryId, salt, write } from '../support/phones'
import { row } from '../support/screens'

const OLD = 'oooooooooo'
const NEW = 'nnnnnnnnnn'
const OTHER = 'xxxxxxxxxx'

/** Return a chain of edits of one entry, each of which had seen the one before. */
function chainOf(length: number) {
  const operations = []
  let head: ChainHead = { actor: OLD, sequenceNumber: 0, hash: null }
  for (let number = 1; number <= length; number += 1) {
    const seen: WireContext =
      head.hash === null ? {} : { [OLD]: [head.sequenceNumber, anchorOf(head.hash)] }
    const context = { ...seen, [OTHER]: [7, 'AAAAAA'] as const }
    const { intent } = write(entryId(1), { note: `v${String(number)}` }, { context, kind: 'edit' })
    const operation = chained(head, intent, salt)
    operations.push(operation)
    head = { actor: OLD, sequenceNumber: number, hash: operation.h }
  }
  return operations
}

const OPERATIONS = chainOf(5)
const anchorAt = (number: number): string => anchorOf(OPERATIONS[number - 1]?.h ?? '')
const SHARED = [2, anchorAt(2)] as const

test('what moves has new numbers and hashes, and is otherwise what it was', () => {
  const { moved, head } = branched(OPERATIONS.slice(2), OLD, SHARED, NEW, null)

  expect(moved.map(({ after }) => after.q)).toEqual([1, 2, 3])
  expect(moved.map(({ after }) => [after.id, after.s, after.w, after.e])).toEqual(
    OPERATIONS.slice(2).map(({ id, s, w, e }) => [id, s, w, e]),
  )
  let before: ChainHead = { actor: NEW, sequenceNumber: 0, hash: null }
  for (const { after } of moved) {
    expect(linked(before, after).h).toBe(after.h)
    before = { actor: NEW, sequenceNumber: after.q, hash: after.h }
  }
  expect(head).toEqual(before)
})

test('what they had seen is cut at the last shared operation and goes on inside the branch', () => {
  const { moved } = branched(OPERATIONS.slice(2), OLD, SHARED, NEW, null)
  const anchors = moved.map(({ after }) => anchorOf(after.h))
  const others = { [OTHER]: [7, 'AAAAAA'] }

  expect(moved.map(({ after }) => after.c)).toEqual([
    { ...others, [OLD]: [2, anchorAt(2)] },
    { ...others, [OLD]: [2, anchorAt(2)], [NEW]: [1, anchors[0]] },
    { ...others, [OLD]: [2, anchorAt(2)], [NEW]: [2, anchors[1]] },
  ])
})

test('without a shared operation nothing of the old name is seen any more', () => {
  const { moved } = branched(OPERATIONS, OLD, null, NEW, null)

  expect(moved.map(({ after }) => Object.keys(after.c).sort())).toEqual([
    [OTHER],
    [NEW, OTHER],
    [NEW, OTHER],
    [NEW, OTHER],
    [NEW, OTHER],
  ])
})

test('what stays behind was seen as the one before it', () => {
  const { moved, branch } = branched(OPERATIONS.slice(2), OLD, SHARED, NEW, 4)

  expect(moved.map(({ after }) => after.id)).toEqual([OPERATIONS[2]?.id, OPERATIONS[4]?.id])
  expect(moved[1]?.after.c[NEW]?.[0]).toBe(1)
  expect(renamedContext({ [OLD]: [4, anchorAt(4)] }, branch)[NEW]?.[0]).toBe(1)
})

test('a context or a row of the other copy keeps its names', () => {
  const { branch } = branched(OPERATIONS.slice(2), OLD, SHARED, NEW, null)
  const foreign = { [OLD]: [4, 'zzzzzz'] } as const
  const early = { [OLD]: [1, anchorAt(1)] } as const

  expect(renamedContext(foreign, branch)).toBe(foreign)
  expect(renamedContext(early, branch)).toBe(early)
  const theirs = row(entryId(1), 1, { vv: foreign, dots: { time: [[OLD, 4]] } })
  expect(renamedRow(theirs, branch)).toBe(theirs)
})

test('a row that holds the branch has its new names', () => {
  const { branch, moved } = branched(OPERATIONS.slice(2), OLD, SHARED, NEW, null)
  const ours = row(entryId(1), 1, {
    d: [OLD, 1],
    vv: { [OLD]: [4, anchorAt(4)], [OTHER]: [7, 'AAAAAA'] },
    dots: { time: [[OLD, 4]], alloc: [[OTHER, 7]] },
  })

  expect(renamedRow(ours, branch)).toMatchObject({
    d: [OLD, 1],
    vv: {
      [OLD]: [2, anchorAt(2)],
      [NEW]: [2, anchorOf(moved[1]?.after.h ?? '')],
      [OTHER]: [7, 'AAAAAA'],
    },
    dots: { time: [[NEW, 2]], alloc: [[OTHER, 7]] },
  })
})
