/** This phone's own operations keep the order in which they were written, whatever their names. */
import { expect, test } from 'vitest'
import { emptyRecord, type EntryRecord, type OwnOperation } from '../../src/core/entry_record'
import { chained, type WireContext } from '../../src/core/operation'
import { withOwn, withOwnLater } from '../../src/core/own_operations'
import { entryId, salt, write } from '../support/phones'
import { row } from '../support/screens'

const FORMER = 'ffffffffff'
const CURRENT = 'cccccccccc'

function own(actor: string, number: number, context: WireContext = {}): OwnOperation {
  const { intent } = write(entryId(1), { note: 'x' }, { kind: 'edit', context })
  const head = { actor, sequenceNumber: number - 1, hash: null }
  const operation = chained(head, intent, salt)
  return { actor, operation, answer: null, isDismissed: false }
}

function recordOf(...added: readonly OwnOperation[]): EntryRecord {
  return added.reduce(withOwn, emptyRecord(entryId(1), 'ana'))
}

test('an operation of a former name stands before the one that had seen it', () => {
  const former = own(FORMER, 5)
  const current = own(CURRENT, 1, { [FORMER]: [5, 'AAAAAA'] })

  expect(recordOf(current, former).own).toEqual([former, current])
  expect(recordOf(former, current).own).toEqual([former, current])
})

test('operations of one name stand by number, whatever comes back first', () => {
  const [first, second, third] = [1, 2, 3].map((number) => own(CURRENT, number))
  if (first === undefined || second === undefined || third === undefined) throw new Error('three')

  expect(recordOf(first, third, second).own).toEqual([first, second, third])
})

test('an answer replaces the operation where it stands', () => {
  const [first, second] = [own(CURRENT, 1), own(CURRENT, 2)]
  const answer = { st: 'applied', code: null, field: null, note: null } as const

  expect(recordOf(first, second, { ...first, answer }).own).toEqual([{ ...first, answer }, second])
})

test('what this phone wrote under any of its names was seen, what it took back was not', () => {
  const former = own(FORMER, 5)
  const current = own(CURRENT, 1)
  const record = recordOf(former, current, { ...own(CURRENT, 2), isDismissed: true })
  const lasts = new Map([
    [FORMER, 5],
    [CURRENT, 2],
  ])

  const context = withOwnLater({ other: [3, 'BBBBBB'] }, record, lasts)

  expect(Object.fromEntries(Object.entries(context).map(([actor, [at]]) => [actor, at]))).toEqual({
    other: 3,
    [FORMER]: 5,
    [CURRENT]: 1,
  })
})

test('behind the end of a former name the row holds another copy’s operations', () => {
  const held = {
    ...emptyRecord(entryId(1), 'ana'),
    row: row(entryId(1), 1, { vv: { [FORMER]: [9, 'AAAAAA'] } }),
  }

  expect(withOwnLater({}, held, new Map([[FORMER, 5]]))).toEqual({})
  expect(withOwnLater({}, held, new Map([[FORMER, 9]]))).toEqual({ [FORMER]: [9, 'AAAAAA'] })
})
