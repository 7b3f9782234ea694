/** Saving on this phone: whether the last try failed, so that a screen can say so. */

let failed = $state(false)

export const saving = {
  /** Whether the phone refused to save; the screen keeps what was typed. */
  get failed(): boolean {
    return failed
  },
}

/** Do something that saves; returns whether it was saved. */
export async function saved(act: () => Promise<unknown>): Promise<boolean> {
  try {
    await act()
    failed = false
    return true
  } catch {
    // Every failure means the same to the person: it is not saved, try again.
    failed = true
    return false
  }
}
