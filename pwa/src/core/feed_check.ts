/**
 * Whether this phone has what the server says it should: for each scope the entries of its window, and
 * whatever is not settled. Both sides compute the same from a row.
 */
import type { EntryRow } from './entry_record'
import { instantOf } from './instant'
import { isObject, type JsonValue } from './json_value'
import { sha256 } from './sha256'

const SUM_BYTES = 8
const SUM_MODULUS = 1n << 64n

/** What a phone that has everything has of one scope. */
export interface ScopeSum {
  /** `w:` and a person, or `p:` and a project. */
  readonly scope: string
  /** When the scope's window begins, in seconds since 1970. */
  readonly windowStart: number
  readonly count: number
  /** 16 hexadecimal digits. */
  readonly sum: string
}

/** Return the scopes that an entry may be seen by. */
export function scopesOf({ owner, v }: EntryRow): readonly string[] {
  const projects = (v['alloc'] ?? []).flatMap((alloc) => {
    const project = isObject(alloc) ? alloc['project'] : null
    return typeof project === 'string' ? [`p:${project}`] : []
  })
  return [...new Set([`w:${owner}`, ...projects])]
}

/** Return whether a row is in a scope's window, that is, whether the phone is to have it for that. */
export function isWithin(row: EntryRow, windowStart: number): boolean {
  const start = isSettled(row) ? startOf(row) : null
  return start === null || start >= windowStart
}

/** Return whether a row has fallen out of the windows of all its scopes; of an unknown scope: no. */
export function hasLeftWindow(row: EntryRow, sums: readonly ScopeSum[]): boolean {
  const scopes = scopesOf(row)
  const own = sums.filter(({ scope }) => scopes.includes(scope))
  return own.length > 0 && own.every(({ windowStart }) => !isWithin(row, windowStart))
}

/** Return whether rows are not what the server says they should be. */
export function disagrees(rows: readonly EntryRow[], sums: readonly ScopeSum[]): boolean {
  const found = new Map(sums.map(({ scope }) => [scope, { count: 0, sum: 0n }]))
  const starts = new Map(sums.map(({ scope, windowStart }) => [scope, windowStart]))
  for (const row of rows) {
    const scopes = scopesOf(row).filter((scope) => found.has(scope))
    // It is in sight for no reason that the server knows of.
    if (scopes.length === 0) return true
    const part = partOf(row)
    for (const scope of scopes) {
      const total = found.get(scope)
      if (total === undefined || !isWithin(row, starts.get(scope) ?? 0)) continue
      total.count += 1
      total.sum = (total.sum + part) % SUM_MODULUS
    }
  }
  return sums.some(({ scope, count, sum }) => {
    const total = found.get(scope)
    return total?.count !== count || total.sum.toString(16).padStart(2 * SUM_BYTES, '0') !== sum
  })
}

function isSettled({ status, flags }: EntryRow): boolean {
  const isOpen = flags.some((flag) => flag.startsWith('conflict:') || flag === 'delete_vs_edit')
  return status === 'approved' && !isOpen
}

/** The earliest start of all live times; a length of a day starts with its day, in UTC. */
function startOf({ v }: EntryRow): number | null {
  const starts = (v['time'] ?? []).map(startOfTime).filter((start) => start !== null)
  return starts.length === 0 ? null : Math.min(...starts)
}

function startOfTime(time: JsonValue): number | null {
  if (!isObject(time)) return null
  const { date, start } = time
  const text = typeof date === 'string' ? `${date}T00:00:00Z` : start
  return typeof text === 'string' ? instantOf(text) : null
}

function partOf({ id, rev }: EntryRow): bigint {
  const digest = sha256(new TextEncoder().encode(`${id}/${rev}`))
  return new DataView(digest.buffer).getBigUint64(0)
}
