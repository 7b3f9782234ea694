/** A timer that was started and finished here says how long it ran; one that was typed does not. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { isObject } from '../../src/core/json_value'
import { openedPhone, writtenOn } from '../support/screens'
import { refreshAll, type Local } from '../../src/state/local.svelte'
import { change, draftOf, finish, start, today } from '../../src/state/time_entries.svelte'
import { EXCHANGE, fetchFact, NO_EXCHANGE, saveFact, STOPWATCH } from '../../src/store/meta'

const MORNING = Date.parse('2026-03-02T07:00:00Z')
const HOUR = 3_600_000

let local: Local

/** Set the phone's clock and the one that nobody can set. */
function clocks(wall: number, monotonic: number): void {
  vi.spyOn(Date, 'now').mockReturnValue(wall)
  vi.spyOn(performance, 'now').mockReturnValue(monotonic)
}

async function elapsedWritten(): Promise<unknown> {
  const last = (await writtenOn(local)).at(-1)?.operation.s?.['time']?.v
  return last !== undefined && isObject(last) ? last['elapsed'] : undefined
}

beforeEach(async () => {
  local = await openedPhone()
  clocks(MORNING, 100)
  await start(null)
})

afterEach(() => {
  vi.restoreAllMocks()
})

test('the end of a timer says how long it ran by a clock that nobody can set', async () => {
  clocks(MORNING + 6 * HOUR, 8 * HOUR + 100)

  await finish()

  expect(await elapsedWritten()).toBe(8 * 3600)
})

test('a phone that is slow to save its start has the proof all the same', async () => {
  await finish()
  let wall = MORNING + 990
  vi.spyOn(Date, 'now').mockImplementation(() => (wall += 40))
  await start(null)
  clocks(MORNING + 6 * HOUR, 8 * HOUR + 100)

  await finish()

  expect(await elapsedWritten()).toBe(8 * 3600)
})

test('an end that was typed, or a start that was, has no such proof', async () => {
  clocks(MORNING + 8 * HOUR, 8 * HOUR)
  const { running } = today
  if (running === null) throw new Error('it runs')
  await change(running, { ...draftOf(running), start: MORNING / 1000 - 600 })
  await refreshAll()

  await finish()
  expect(await elapsedWritten()).toBe(null)
  await start(null)
  await finish(MORNING / 1000 + 9 * 3600)
  expect(await elapsedWritten()).toBe(null)
})

test('where a page was opened anew the server’s clock tells, if it was heard lately', async () => {
  await saveFact(local.database, EXCHANGE, { ...NO_EXCHANGE, contactAt: MORNING / 1000 })
  await start(null)
  const [first] = await fetchFact(local.database, STOPWATCH)
  if (first === undefined) throw new Error('it runs')
  const mark = { ...first.mark, origin: 1 }
  await saveFact(local.database, STOPWATCH, [{ ...first, mark }])
  const end = MORNING + 8 * HOUR
  await saveFact(local.database, EXCHANGE, {
    ...NO_EXCHANGE,
    contactAt: end / 1000,
    skewSeconds: 1800,
  })
  clocks(end, 5)

  await finish()

  expect(await elapsedWritten()).toBe(7.5 * 3600)
})
