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

  /** Let the planned time come. */
  fire(): void {
    const at = this.timers.findLastIndex((timer) => timer !== null)
    const timer = this.timers[at]
    this.timers[at] = null
    timer?.run()
  }

  async answer(state: Partial<ExchangeState>): Promise<void> {
    this.running.shift()?.({ ...NO_EXCHANGE, result: 'ok', ...state })
    await settled()
  }
}

const AWAY = { result: 'unreachable', failures: 1 } as const

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

test('the wait grows with each try that fails, up to five minutes', async () => {
  const around = new Surroundings()
  const waits: number[] = []
  void around.schedule.now()
  for (let at = 0; at < 12; at += 1) {
    await around.answer(AWAY)
    waits.push(around.planned.at(-1) ?? 0)
    around.fire()
  }

  expect(waits.slice(0, 3)).toEqual([2, 4, 8])
  expect(waits).toEqual([...waits].sort((one, other) => one - other))
  expect(waits.at(-1)).toBe(150)
})

test('what is written is tried at once and leaves the next try where it was', async () => {
  const around = new Surroundings()
  void around.schedule.now()
  for (let at = 0; at < 4; at += 1) {
    await around.answer(AWAY)
    if (at < 3) around.fire()
  }
  const before = [...around.timers]

  for (let at = 0; at < 5; at += 1) {
    void around.schedule.written()
    await around.answer(AWAY)
  }

  expect(around.begun).toBe(9)
  expect(around.timers).toEqual(before)
  around.fire()
  await around.answer(AWAY)
  expect(around.planned).toEqual([32])
})

test('what is written on a quiet phone that then fails is tried again soon', async () => {
  const around = new Surroundings()
  void around.schedule.now()
  await around.answer({})
  expect(around.planned).toEqual([90])

  void around.schedule.written()
  await around.answer(AWAY)

  expect(around.planned).toEqual([2])
})

test('a sign that things are better begins with short waits again', async () => {
  const around = new Surroundings()
  void around.schedule.now()
  for (let at = 0; at < 6; at += 1) {
    await around.answer(AWAY)
    around.fire()
  }
  await around.answer(AWAY)

  void around.schedule.now()
  await around.answer(AWAY)

  expect(around.planned).toEqual([2])
})

test('a server that asks to be left alone is, also by what is written; not by a person', async () => {
  const around = new Surroundings()
  void around.schedule.now()
  await around.answer({ result: 'busy', failures: 1, retryAfterSeconds: 240 })

  expect(around.planned.at(-1)).toBeGreaterThanOrEqual(240)
  expect(around.schedule.written()).toBe(null)
  expect(around.begun).toBe(1)
  void around.schedule.now()
  expect(around.begun).toBe(2)
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
