/** Whether this phone joined lately and was not asked yet whether it is there instead of another. */

const KEY = 'daywork.new_phone'

let isNew = $state(kept())

/** Return whether the question is still open. */
export function isNewPhone(): boolean {
  return isNew
}

/** Ask when Today is shown next; kept until it is answered. */
export function greetPhone(): void {
  isNew = true
  keep()
}

/** The question was answered, or there is no other phone. */
export function knowPhone(): void {
  isNew = false
  keep()
}

function kept(): boolean {
  try {
    return localStorage.getItem(KEY) !== null
  } catch {
    // Blocked storage: nothing is asked, and the phones are listed under Me all the same.
    return false
  }
}

function keep(): void {
  try {
    if (isNew) localStorage.setItem(KEY, 'asks')
    else localStorage.removeItem(KEY)
  } catch {
    // It holds until the app is closed.
  }
}
