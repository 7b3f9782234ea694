/** What a phone shows of its own operations over a row of the server. */
import { expect, test } from 'vitest'
import {
  emptyRecord,
  overlaid,
  trimmed,
  withRow,
  type Answer,
  type EntryRecord,
  type EntryRow,
  type OwnOperation,
} from '../../src/core/entry_record'
import { anchorOf } from '../../src/core/hash_chain'
import type { JsonValue } from '../../src/core/json_value'
import { chained, type WireContext } from '../../src/core/operation'

const ENTRY = 'te:00000000-0000-7000-9000-000000000001'
const [ANA, BEN] = ['aaaaaaaaaa', 'bbbbbbbbbb']
const APPLIED: Answer = { st: 'applied', code: null, field: null, note: null }
const REFUSED: Answer = { st: 'held', code: 'project_closed', field: 'alloc.project', note: null }

function own(
  q: number,
  values: Readonly<Record<string, JsonValue>>,
  context: WireContext,
  answer: Answer | null,
): OwnOperation {
  const intent = {
    id: `00000000-0000-7000-8000-${String(q).padStart(12, '0')}`,
    entry: ENTRY,
    kind: 'edit' as const,
    context,
    values,
    digest: null,
    writtenAt: '2026-03-02T15:31:08Z',
  }
  const head = { actor: ANA, sequenceNumber: q - 1, hash: null }
  const operation = chained(head, intent, () => new Uint8Array(16))
  return { actor: ANA, operation, answer, isDismissed: false }
}

function row(vv: WireContext, note: JsonValue, d: readonly [string, number]): EntryRow {
  return {
    id: ENTRY,
    rev: 1,
    owner: 'ana',
    d,
    dots: {},
    vv,
    v: { note: [note] },
    status: 'draft',
    flags: [],
    approved: null,
    posted: null,
  }
}

function notes(record: EntryRecord): readonly JsonValue[] {
  return (overlaid(record).cells['note'] ?? []).map(({ value }) => value)
}

test('a refused value that its author wrote anew does not come back beside the new one', () => {
  const refused = own(1, { note: 'pump 4', alloc: 'closed' }, {}, REFUSED)
  const later = own(2, { note: 'pump 5' }, { [ANA]: [1, anchorOf(refused.operation.h)] }, APPLIED)
  const written = trimmed({ ...emptyRecord(ENTRY, 'ana'), own: [refused, later] })

  const record = withRow(
    written,
    row({ [ANA]: [2, anchorOf(later.operation.h)] }, 'pump 5', [ANA, 2]),
  )

  expect(notes(record)).toEqual(['pump 5'])
  expect(overlaid(record).cells['alloc']).toHaveLength(1)
  expect(record.own.map(({ operation }) => operation.q)).toEqual([1])
})

test('a refused operation is forgotten when the row shows that all of it was written anew', () => {
  const refused = own(1, { note: 'pump 4' }, {}, REFUSED)
  const later = own(2, { note: 'pump 5' }, { [ANA]: [1, anchorOf(refused.operation.h)] }, null)
  const written = { ...emptyRecord(ENTRY, 'ana'), own: [refused, later] }

  const record = withRow(
    written,
    row({ [ANA]: [2, anchorOf(later.operation.h)] }, 'pump 5', [ANA, 2]),
  )

  expect(record.own.map(({ operation }) => operation.q)).toEqual([2])
  expect(notes(record)).toEqual(['pump 5'])
})

test('what was written over another history than the row has stands beside it', () => {
  const before = { ...emptyRecord(ENTRY, 'ana'), row: row({ [BEN]: [3, 'BBBBBB'] }, 'b', [BEN, 3]) }

  const same = { ...before, own: [own(1, { note: 'a' }, { [BEN]: [3, 'BBBBBB'] }, null)] }
  const other = { ...before, own: [own(1, { note: 'a' }, { [BEN]: [3, 'CCCCCC'] }, null)] }

  expect(notes(same)).toEqual(['a'])
  expect(notes(other)).toEqual(['a', 'b'])
})
