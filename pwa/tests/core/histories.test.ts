/** 500 histories that the server's core played: the phone's core finds the same at every event. */
import { expect, test } from 'vitest'
import { replayed, type History } from '../support/history_replay'
import { vectors } from '../support/vectors'

const histories = vectors<History>('histories.json')

test.each(histories)('history $name', (history) => {
  expect(replayed(history)).toEqual(history.events)
})

test('there are as many as were promised, and each has a fact to compare', () => {
  expect(histories).toHaveLength(500)
  expect(histories.every(({ events }) => events.some((event) => 'view' in event))).toBe(true)
})
