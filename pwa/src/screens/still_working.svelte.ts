/** The answer "still working" to a clock that runs for long; asked again at the next start. */

let told = $state.raw<readonly string[]>([])

/** Return whether the person said so of this entry. */
export function stillWorking(entry: string): boolean {
  return told.includes(entry)
}

/** Do not ask about this entry again. */
export function sayStillWorking(entry: string): void {
  told = [...told, entry]
}
