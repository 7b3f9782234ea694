/** One connection after the other, each with what is known; silence when there is none. */
import { expect, test } from 'vitest'
import { Nudges } from '../../src/sync/nudges'

interface Connection {
  readonly path: string
  readonly end: (how: { readonly wasOpen: boolean; readonly isNudged: boolean }) => void
  isClosed: boolean
}

class Around {
  readonly connections: Connection[] = []
  readonly timers: ({ readonly run: () => void; readonly seconds: number } | null)[] = []
  cursor: string | null = 'c1'
  pulls = 0
  /** What a pull finds. */
  next: string | null = 'c2'

  readonly nudges = new Nudges({
    listen: (path, ended) => {
      const connection: Connection = { path, end: ended, isClosed: false }
      this.connections.push(connection)
      return {
        close: () => {
          connection.isClosed = true
        },
      }
    },
    cursor: () => Promise.resolve(this.cursor),
    pull: () => {
      this.pulls += 1
      this.cursor = this.next
      return Promise.resolve()
    },
    setTimer: (run, seconds) => this.timers.push({ run, seconds }) - 1,
    clearTimer: (timer) => {
      this.timers[timer] = null
    },
    chance: () => 0.5,
  })

  get planned(): readonly number[] {
    return this.timers.flatMap((timer) => (timer === null ? [] : [timer.seconds]))
  }

  async fire(): Promise<void> {
    const at = this.timers.findLastIndex((timer) => timer !== null)
    const timer = this.timers[at]
    this.timers[at] = null
    timer?.run()
    await settled()
  }

  async end(wasOpen: boolean, isNudged: boolean): Promise<void> {
    this.connections.at(-1)?.end({ wasOpen, isNudged })
    await settled()
  }
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve()
}

async function listening(): Promise<Around> {
  const around = new Around()
  around.nudges.start()
  await around.fire()
  return around
}

test('it says up to where the phone has pulled, pulls at a word, and goes on from there', async () => {
  const around = await listening()
  expect(around.connections.map(({ path }) => path)).toEqual(['/v1/sync/events?after=c1'])

  await around.end(true, true)
  await around.fire()

  expect(around.pulls).toBe(1)
  expect(around.connections.at(-1)?.path).toBe('/v1/sync/events?after=c2')
})

test('a connection that ends without a word is followed by the next, and nothing is pulled', async () => {
  const around = await listening()

  await around.end(true, false)
  await around.fire()

  expect(around.pulls).toBe(0)
  expect(around.connections).toHaveLength(2)
})

test('a word that changed nothing here does not come again at once', async () => {
  const around = await listening()
  around.next = 'c1'

  await around.end(true, true)
  expect(around.planned).toEqual([2])
  await around.fire()

  expect(around.connections.at(-1)?.path).toBe('/v1/sync/events')
})

test('where no connection comes about it waits longer and longer, without a word', async () => {
  const around = await listening()
  const waits: number[] = []
  for (let at = 0; at < 5; at += 1) {
    await around.end(false, false)
    waits.push(...around.planned)
    await around.fire()
  }

  expect(waits).toEqual([2, 4, 8, 16, 32])
  expect(around.pulls).toBe(0)
})

test('when the app is not looked at, nothing is open and nothing planned', async () => {
  const around = await listening()
  around.nudges.stop()

  expect(around.connections.map(({ isClosed }) => isClosed)).toEqual([true])
  await around.end(true, true)
  expect([around.planned, around.pulls]).toEqual([[], 0])
  around.nudges.start()
  around.nudges.start()
  await around.fire()
  expect(around.connections).toHaveLength(2)
})
