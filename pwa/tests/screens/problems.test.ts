/** Whatever ends an exchange is told in words, with a next step where the person has one. */
import { beforeAll, expect, test, vi } from 'vitest'
import { languages } from '../../src/i18n/languages'
import { speak } from '../../src/i18n/messages.svelte'
import { problemOf } from '../../src/screens/problems'
import type { Exchange } from '../../src/state/connection.svelte'

const ENDINGS: readonly (readonly [Exchange, string | null])[] = [
  ['unreachable', 'unreachable'],
  ['busy', 'rate_limited'],
  ['sign_in', 'auth_expired'],
  ['update_required', 'pull_upgrade_required'],
  ['needs_office', 'device_retired'],
  ['needs_office', 'forked'],
  ['failed', '400 malformed_body'],
]

beforeAll(async () => {
  vi.stubGlobal('document', { documentElement: { lang: '' } })
  await speak('en')
})

test('an exchange that went through, and none yet, are no problem', () => {
  expect(problemOf('ok', null, 0)).toBeNull()
  expect(problemOf('never', null, 3)).toBeNull()
})

test.each(ENDINGS)(
  '%s (%s) has a title and a text of its own in every language',
  async (...end) => {
    for (const language of languages) {
      await speak(language)
      const told = problemOf(...end, 2)

      expect(told?.title).toBeTruthy()
      expect(told?.text).toBeTruthy()
    }
    await speak('en')
  },
)

test('no two problems are told alike', () => {
  const titles = ENDINGS.map((end) => problemOf(...end, 2)?.title)

  expect(new Set(titles).size).toBe(ENDINGS.length)
})

test('the person is asked for a step only where there is one', () => {
  const steps = ENDINGS.map((end) => problemOf(...end, 2)?.step)

  expect(steps).toEqual([null, null, 'sign_in', 'update', 'join_again', null, null])
})

test('what passes by itself is not said on Today, what stays is', () => {
  const staying = ENDINGS.filter((end) => problemOf(...end, 2)?.stays).map(([, detail]) => detail)

  expect(staying).toEqual(['pull_upgrade_required', 'device_retired', 'forked'])
})

test('an app that is too old says that time still goes out', () => {
  const told = problemOf('update_required', 'pull_upgrade_required', 0)

  expect([told?.title, told?.text]).toEqual([
    'A newer version is needed to show changes',
    'Your time is still sent.',
  ])
})
