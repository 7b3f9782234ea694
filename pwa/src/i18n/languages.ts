/** The languages of the screens, and how a phone's own language leads to one of them. */

export const languages = ['en', 'de', 'fr', 'es', 'pl'] as const

export type Language = (typeof languages)[number]

/** Each language in its own words: nobody has to read another one to find theirs. */
export const languageNames: Readonly<Record<Language, string>> = {
  en: 'English',
  de: 'Deutsch',
  fr: 'Français',
  es: 'Español',
  pl: 'Polski',
}

/** Return whether `text` names a language that we speak. */
export function isLanguage(text: string | null | undefined): text is Language {
  return languages.some((language) => language === text)
}

/** Return the first of the phone's languages that we speak, else English. */
export function languageOf(wished: readonly string[]): Language {
  for (const wish of wished) {
    const base = wish.toLowerCase().split('-')[0]
    if (isLanguage(base)) return base
  }
  return 'en'
}
