/** Reads the worked examples that the server's tests read too. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Return a vector file; its form is asserted by what the tests do with it. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- who reads a file knows its form
export function vectors<Item>(name: string): readonly Item[] {
  const parsed: unknown = JSON.parse(
    readFileSync(join(import.meta.dirname, '..', '..', '..', 'tests', 'vectors', name), 'utf8'),
  )
  if (!isList<Item>(parsed)) throw new Error(`${name} is no list`)
  return parsed
}

/** Return a vector file that is one object. */
export function vectorObject(name: string): unknown {
  const path = join(import.meta.dirname, '..', '..', '..', 'tests', 'vectors', name)
  return JSON.parse(readFileSync(path, 'utf8'))
}

// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- a guard says it without an assertion
function isList<Item>(value: unknown): value is readonly Item[] {
  return Array.isArray(value)
}
