/** A notification says that something needs somebody, and nothing else. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { notificationOf, screenOf, show, type PushTexts } from '../../src/sw/web_push'

const TEXTS: PushTexts = {
  en: {
    'push.approvals.title': 'Time approvals',
    'push.approvals.body': 'Something needs you.',
    'push.returned.title': 'Your time',
    'push.returned.body': 'Something needs you.',
    'push.show': 'Show',
    'push.later': 'Later',
  },
}

test('it has a fixed text, the actions Show and Later, and one place on the lock screen', () => {
  const { title, options } = notificationOf(TEXTS, 'en', 'approvals')

  expect([title, options.body]).toEqual(['Time approvals', 'Something needs you.'])
  expect(options.actions.map(({ action }) => action)).toEqual(['show', 'later'])
  expect(options.tag).toBe('needs-you')
  expect(options.data).toBe('/inbox')
})

test('a language without texts, or none at all, speaks English', () => {
  expect(notificationOf(TEXTS, 'xx', 'returned').title).toBe('Your time')
  expect(notificationOf(TEXTS, null, 'returned').title).toBe('Your time')
})

test('every language of the app has its texts', () => {
  for (const language of ['en', 'de', 'fr', 'es', 'pl']) {
    const file = join(import.meta.dirname, '../../src/i18n', `${language}.json`)
    const texts: unknown = JSON.parse(readFileSync(file, 'utf8'))
    expect(texts).toMatchObject(
      Object.fromEntries(Object.keys(TEXTS['en'] ?? {}).map((key) => [key, expect.any(String)])),
    )
  }
})

test('a click leads to a screen of ours, whatever the notification carries', () => {
  expect(screenOf('/inbox')).toBe('/inbox')
  expect(screenOf('/needs')).toBe('/needs')
  expect(screenOf('//elsewhere.example')).toBe('/')
  expect(screenOf({ v: 1 })).toBe('/')
})

test('a push shows a notification even when the database cannot be read', async () => {
  const shown: string[] = []
  const registration = {
    showNotification: (title: string) => {
      shown.push(title)
      return Promise.resolve()
    },
  }

  // eslint-disable-next-line @typescript-eslint/consistent-type-assertions -- the browser makes these
  await show(registration as unknown as ServiceWorkerRegistration, TEXTS, () =>
    Promise.reject(new Error('closed')),
  )

  expect(shown).toEqual(['Your time'])
})
