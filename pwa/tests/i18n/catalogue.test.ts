/** Every language says everything, with the same blanks and in its own plural forms. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { filled, loaders, pluralOf, type Plural } from '../../src/i18n/catalogue'
import { isLanguage, languageOf, languages } from '../../src/i18n/languages'

const english = new Map<string, string | Plural>(Object.entries(await loaders.en()))
const catalogues = await Promise.all(
  languages.map(async (language) => ({
    language,
    texts: new Map<string, string | Plural>(Object.entries(await loaders[language]())),
  })),
)

function blanksOf(text: string | Plural | undefined): readonly string[] {
  const sentences = typeof text === 'string' ? [text] : Object.values(text ?? {})
  const names = sentences.flatMap((one) => [...one.matchAll(/\{(\w+)\}/g)].map(([, name]) => name))
  return [...new Set(names.filter((name) => name !== undefined))].sort()
}

test.each(catalogues)('$language has the keys of English, no more and no fewer', ({ texts }) => {
  expect([...texts.keys()].sort()).toEqual([...english.keys()].sort())
})

test.each(catalogues)('$language fills the same blanks as English', ({ texts }) => {
  const differing = [...english].filter(
    ([key, text]) => blanksOf(text).join() !== blanksOf(texts.get(key)).join(),
  )

  expect(differing.map(([key]) => key)).toEqual([])
})

test.each(catalogues)('$language has every plural form it needs, and no other', (catalogue) => {
  const { language, texts } = catalogue
  const plurals = [...texts].filter(([, text]) => typeof text !== 'string')
  const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories
  // French and Spanish keep `many` for millions, which no count here reaches.
  const needed = forms.filter((form) => form !== 'many' || language === 'pl').sort()

  expect(plurals.length).toBeGreaterThan(10)
  for (const [key, text] of plurals) {
    expect(Object.keys(text).sort(), key).toEqual(needed)
  }
})

test.each(catalogues)('$language has no empty text and no stray space', ({ texts }) => {
  const all = [...texts].flatMap(([key, text]) =>
    (typeof text === 'string' ? [text] : Object.values(text)).map((one) => [key, one] as const),
  )
  const wrong = all.filter(([key, one]) => key !== 'list.separator' && one.trim() !== one)

  expect(wrong).toEqual([])
  expect(all.filter(([, one]) => one.trim() === '')).toEqual([])
})

test.each(catalogues)('$language has six different words for where a row is', ({ texts }) => {
  const states = ['on_this_phone', 'sent', 'approved', 'sent_back', 'needs_you', 'booked']
  const words = states.map((state) => texts.get(`state.${state}`))

  expect(new Set(words).size).toBe(6)
})

test('English uses the six words of the design', () => {
  const words = [...english].filter(([key]) => key.startsWith('state.')).map(([, word]) => word)

  expect(words).toEqual(['On this phone', 'Sent', 'Approved', 'Sent back', 'Needs you', 'Booked'])
})

test('every text is shown somewhere', () => {
  const root = join(import.meta.dirname, '..', '..', 'src')
  const source = globSync('**/*.{ts,svelte}', { cwd: root })
    .map((file) => readFileSync(join(root, file), 'utf8'))
    .join('\n')
  // The worker script puts the names of the texts of notifications together.
  const unused = [...english.keys()].filter(
    (key) => !source.includes(`'${key}'`) && !key.startsWith('push.'),
  )

  expect(source.length).toBeGreaterThan(100_000)
  expect(unused).toEqual([])
})

test('a blank without a value stays visible, and a value may be zero', () => {
  expect(filled('{a} and {b}', { a: 0 })).toBe('0 and {b}')
})

test('Polish counts one, few and many', () => {
  const plural = { one: 'wpis', few: 'wpisy', many: 'wpisów', other: 'wpisu' }
  const rules = new Intl.PluralRules('pl')

  expect([1, 3, 5, 22].map((count) => pluralOf(plural, rules, count))).toEqual([
    'wpis',
    'wpisy',
    'wpisów',
    'wpisy',
  ])
})

test('a phone speaks the first of its languages that there is, else English', () => {
  expect(languageOf(['it-IT', 'de-AT', 'fr'])).toBe('de')
  expect(languageOf(['it-IT'])).toBe('en')
  expect(isLanguage('it')).toBe(false)
})
