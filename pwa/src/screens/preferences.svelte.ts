/**
 * Language and colours of this phone. They are kept in localStorage, because they have to be known
 * before the first screen is drawn; the language is also told to the worker script.
 */
import { isLanguage, languageOf, type Language } from '../i18n/languages'
import { speak } from '../i18n/messages.svelte'
import { rememberLanguage } from '../state/app.svelte'

export const themes = ['system', 'light', 'dark', 'sunlight'] as const

export type Theme = (typeof themes)[number]

const LANGUAGE_KEY = 'daywork.language'
const THEME_KEY = 'daywork.theme'

function kept(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    // Blocked storage: the phone's own wishes hold.
    return null
  }
}

function keep(key: string, value: string): void {
  try {
    localStorage.setItem(key, value)
  } catch {
    // It holds until the app is closed.
  }
}

let theme = $state<Theme>(themes.find((name) => name === kept(THEME_KEY)) ?? 'system')

export const preferences = {
  get theme(): Theme {
    return theme
  },
}

function paint(): void {
  if (theme === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme
}

/** Use a theme from now on. */
export function chooseTheme(next: Theme): void {
  theme = next
  keep(THEME_KEY, next)
  paint()
}

/** Speak a language from now on. */
export async function chooseLanguage(next: Language): Promise<void> {
  keep(LANGUAGE_KEY, next)
  await speak(next)
  await rememberLanguage(next)
}

/** Paint the kept theme and speak the kept language, else the phone's; called once. */
export async function applyPreferences(): Promise<void> {
  paint()
  const language = kept(LANGUAGE_KEY)
  const chosen = isLanguage(language) ? language : languageOf(navigator.languages)
  await speak(chosen)
  await rememberLanguage(chosen)
}
