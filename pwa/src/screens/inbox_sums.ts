/** What a bulk approval is about to approve, by person. */
import type { EntryView } from '../core/entry_view'

export interface PersonSum {
  readonly person: string
  readonly name: string
  readonly seconds: number
  readonly count: number
}

/** Return the worked seconds and the number of entries of each person, by name. */
export function sumsByPerson(entries: readonly EntryView[]): readonly PersonSum[] {
  const sums = new Map<string, PersonSum>()
  for (const entry of entries) {
    const sum = sums.get(entry.owner)
    sums.set(entry.owner, {
      person: entry.owner,
      name: entry.ownerName,
      seconds: (sum?.seconds ?? 0) + entry.workedSeconds,
      count: (sum?.count ?? 0) + 1,
    })
  }
  return [...sums.values()].sort((one, other) => one.name.localeCompare(other.name))
}
