/** What the server asks is on the phone after a hello, and gone when it is answered. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { refreshAll, type Local } from '../../src/state/local.svelte'
import { answerLoss, countAnyway, questions } from '../../src/state/questions.svelte'
import { exchange } from '../../src/sync/exchange'
import { KeptServer } from '../support/kept_server'
import { entryId, NOW } from '../support/phones'
import { openedPhone } from '../support/screens'

const LOSS = '33333333-3333-7333-8333-333333333333'
const GAP = '44444444-4444-7444-8444-444444444444'

let local: Local
let server: KeptServer

beforeEach(async () => {
  local = await openedPhone()
  server = new KeptServer()
  server.questions = [
    { id: LOSS, kind: 'possible_loss', label: "Ana's Pixel", count: 3, oldest: null, asked: null },
    {
      id: GAP,
      kind: 'causal_gap',
      e: entryId(1),
      a: 'bbbbbbbbbb',
      q: 17,
      asked: '2026-03-02T12:00:00Z',
    },
    { id: 'x', kind: 'of_a_later_version', asked: null },
  ]
  vi.stubGlobal('fetch', server.fetcher)
  await exchange({ database: local.database, fetcher: server.fetcher, now: () => NOW })
  await refreshAll()
})

afterEach(() => {
  vi.unstubAllGlobals()
})

test('questions of this version are shown, others are left for a later one', () => {
  expect(questions.open).toEqual([
    {
      kind: 'possible_loss',
      id: LOSS,
      label: "Ana's Pixel",
      count: 3,
      oldestAt: null,
      askedAt: null,
    },
    { kind: 'causal_gap', id: GAP, entry: entryId(1), askedAt: 1_772_452_800 },
  ])
})

test('an answered question is gone before the next hello', async () => {
  expect(await answerLoss(LOSS, 'nothing_missing')).toBe('answered')
  expect(await countAnyway(GAP)).toBe('answered')

  expect(questions.open).toEqual([])
  expect(server.answers).toEqual([
    [LOSS, 'nothing_missing'],
    [GAP, 'count_it_anyway'],
  ])
})

test('without a connection the question stays', async () => {
  server.isAway = true

  expect(await answerLoss(LOSS, 'entered_again')).toBe('offline')
  expect(questions.open).toHaveLength(2)
})

test('a question that somebody else answered is gone', async () => {
  server.refuse(`/v1/sync/questions/${LOSS}`, 404, 'not_found')

  expect(await answerLoss(LOSS, 'entered_again')).toBe('answered')
  expect(questions.open.map(({ id }) => id)).toEqual([GAP])
})
