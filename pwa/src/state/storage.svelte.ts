/** Whether the phone lets the app save; told from the last try, never guessed. */
import { StorageFailed } from '../store/database'

export type StorageFault =
  /** There is no room on the phone: what was typed stays on the screen until there is. */
  | 'full'
  /** The browser refused for a reason of its own; trying again may help. */
  | 'failed'

let fault = $state<StorageFault | null>(null)

export const storage = {
  /** Why the last save did not succeed; null after one that did. */
  get fault(): StorageFault | null {
    return fault
  },
}

/** Do something that saves, and remember how it went. */
export async function noted<Value>(act: () => Promise<Value>): Promise<Value> {
  try {
    const value = await act()
    fault = null
    return value
  } catch (error) {
    if (error instanceof StorageFailed) fault = error.isFull ? 'full' : 'failed'
    throw error
  }
}
