/** When the phone talks: soon, one at a time, and later and later while nothing answers. */
import { expect, test } from 'vitest'
import { NO_EXCHANGE, type ExchangeState } from '../../src/store/meta'
import { Schedule } from '../../src/sync/schedule'

interface Timer {
  readonly run: () => void
  readonly seconds: number
}

class Surroundings {
  readonly timers: (Timer | null)[] = []
  readonly running: ((state: ExchangeState) => void)[] = []
  begun = 0

  readonly schedule = new Schedule({
    exchange: () => {
      this.begun += 1
      return new Promise((resolve) => this.running.push(resolve))
    },
    chance: () => 0.5,
    setTimer: (run, seconds) => this.timers.push({ run, seconds }) - 1,
    clearTimer: (timer) => {
      this.timers[timer] = null
    },
    onPlan: () => undefined,
  })

  get planned(): readonly number[] {
    return this.timers.flatMap((timer) => (timer === null ? [] : [timer.seconds]))
  }

  async answer(state: Partial<ExchangeState>): Promise<void> {
    this.running.shift()?.({ ...NO_EXCHANGE, result: 'ok', ...state })
    await settled()
  }
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve()
}

test('calls during an exchange share the one behind it, which may send what was written since', async () => {
  const around = new Surroundings()
  const first = around.schedule.now()
  const [second, third] = [around.schedule.now(), around.schedule.now()]

  expect(around.begun).toBe(1)
  await around.answer({})
  expect(around.begun).toBe(2)
  await around.answer({})

  await Promise.all([first, second, third])
  expect(around.begun).toBe(2)
})

test('there is always a next try, without anything new to send', async () => {
  const around = new Surroundings()
  void around.schedule.now()
  await around.answer({ result: 'unreachable', failures: 1 })

  expect(around.planned).toHaveLength(1)
  around.timers.at(-1)?.run()
  expect(around.begun).toBe(2)
  await around.answer({ result: 'unreachable', failures: 2 })
  expect(around.planned.length).toBeGreaterThan(0)
})

test('the wait grows with failures, up to five minutes, and what the server asks for counts', async () => {
  const around = new Surroundings()
  const waits: number[] = []
  for (const failures of [1, 3, 6, 12, 40]) {
    void around.schedule.now()
    await around.answer({ result: 'unreachable', failures })
    waits.push(around.planned.at(-1) ?? 0)
  }
  void around.schedule.now()
  await around.answer({ result: 'busy', failures: 1, retryAfterSeconds: 240 })

  expect(waits).toEqual([...waits].sort((one, other) => one - other))
  expect(Math.max(...waits)).toBeLessThanOrEqual(300)
  expect(around.planned.at(-1)).toBeGreaterThanOrEqual(240)
})

test('an exchange that failed by a fault of ours is tried again as well', async () => {
  let fails = true
  const timers: number[] = []
  const schedule = new Schedule({
    exchange: () => (fails ? Promise.reject(new Error('a bug')) : Promise.resolve(NO_EXCHANGE)),
    chance: () => 0.5,
    setTimer: (_run, seconds) => timers.push(seconds),
    clearTimer: () => undefined,
    onPlan: () => undefined,
  })

  await expect(schedule.now()).rejects.toThrow('a bug')
  await settled()
  fails = false

  expect(timers).toHaveLength(1)
  await expect(schedule.now()).resolves.toBe(NO_EXCHANGE)
})

test('when it is stopped nothing is planned any more', async () => {
  const around = new Surroundings()
  void around.schedule.now()
  await around.answer({})

  around.schedule.stop()

  expect(around.planned).toEqual([])
})

test('nor by the exchange that was still running then; the next call plans again', async () => {
  const around = new Surroundings()
  void around.schedule.now()

  around.schedule.stop()
  await around.answer({})
  expect(around.planned).toEqual([])
  void around.schedule.now()
  await around.answer({})

  expect(around.planned).toHaveLength(1)
})
