/**
 * The shape of a catalogue, and one loader per language.
 *
 * English decides which keys exist; a language that lacks one, or has a plural where English has a
 * sentence, does not compile. Each language is its own chunk: a phone loads one. The server packages
 * the same files for the texts of notifications.
 */
import type en from './en.json'
import type { Language } from './languages'

type English = typeof en

/** A sentence for each plural category of the language; `other` is always there. */
export type Plural = Readonly<Partial<Record<Intl.LDMLPluralRule, string>>> & {
  readonly other: string
}

export type Catalogue = {
  readonly [Key in keyof English]: English[Key] extends string ? string : Plural
}

export type MessageKey = keyof Catalogue
/** Keys of plain sentences. */
export type TextKey = { [Key in MessageKey]: English[Key] extends string ? Key : never }[MessageKey]
/** Keys whose sentence depends on a count. */
export type CountKey = Exclude<MessageKey, TextKey>

export type Values = Readonly<Record<string, string | number>>

export const loaders = {
  en: async () => (await import('./en.json')).default satisfies Catalogue,
  de: async () => (await import('./de.json')).default satisfies Catalogue,
  fr: async () => (await import('./fr.json')).default satisfies Catalogue,
  es: async () => (await import('./es.json')).default satisfies Catalogue,
  pl: async () => (await import('./pl.json')).default satisfies Catalogue,
} as const satisfies Record<Language, () => Promise<Catalogue>>

/** Return `text` with each `{name}` replaced by its value; an unknown name stays visible. */
export function filled(text: string, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name]
    return value === undefined ? whole : String(value)
  })
}

/** Return the sentence of a plural for a count, in the language's own categories. */
export function pluralOf(plural: Plural, rules: Intl.PluralRules, count: number): string {
  return plural[rules.select(count)] ?? plural.other
}
