/** The texts in the language chosen now: `t` for a sentence, `counted` for one with a number. */
import {
  filled,
  loaders,
  pluralOf,
  type Catalogue,
  type CountKey,
  type TextKey,
  type Values,
} from './catalogue'
import type { Language } from './languages'

interface Spoken {
  readonly language: Language
  readonly catalogue: Catalogue
  readonly plurals: Intl.PluralRules
  readonly numbers: Intl.NumberFormat
}

let spoken = $state.raw<Spoken | null>(null)

/** Load a language and speak it from now on; the page's `lang` follows. */
export async function speak(language: Language): Promise<void> {
  const catalogue = await loaders[language]()
  spoken = {
    language,
    catalogue,
    plurals: new Intl.PluralRules(language),
    numbers: new Intl.NumberFormat(language),
  }
  document.documentElement.lang = language
}

/** Return whether a language is loaded; until then nothing can be shown. */
export function isSpeaking(): boolean {
  return spoken !== null
}

/** Return the language chosen now; English before the first one is loaded. */
export function currentLanguage(): Language {
  return spoken?.language ?? 'en'
}

/** Return the locale for times and numbers: the phone's own region where it speaks this language. */
export function currentLocale(): string {
  const language = currentLanguage()
  return navigator.languages.find((tag) => tag.toLowerCase().split('-')[0] === language) ?? language
}

/** Return the sentence of a key. */
export function t(key: TextKey, values: Values = {}): string {
  const text = spoken?.catalogue[key]
  return typeof text === 'string' ? filled(text, values) : ''
}

/** Return the sentence of a key for `count`, which also fills `{count}`. */
export function counted(key: CountKey, count: number, values: Values = {}): string {
  if (spoken === null) return ''
  const plural = spoken.catalogue[key]
  const text = pluralOf(plural, spoken.plurals, count)
  return filled(text, { count: spoken.numbers.format(count), ...values })
}
