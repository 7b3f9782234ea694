/**
 * Shapes: what a value from the network or the local database must look like to be believed.
 *
 * A shape reads an unknown value and returns it typed, or MISFIT. Members that a shape does not name
 * are dropped, so that an older phone understands a newer server. Kept this small on purpose: page
 * and worker both carry it, and the smallest library weighed more than the worker's own code.
 */
import type { JsonValue } from './json_value'

export const MISFIT = Symbol('the value has another shape')
type Misfit = typeof MISFIT

export type Shape<Value> = (value: unknown) => Value | Misfit
/** What a shape reads. */
export type Shaped<Kind> = Kind extends Shape<infer Value> ? Exclude<Value, Misfit> : never

const JSON_DEPTH_MAX = 32

/** Return the value as the shape reads it, or null when it does not fit. */
export function fitted<Value>(shape: Shape<Value>, value: unknown): Value | null {
  const read = shape(value)
  return read === MISFIT ? null : read
}

export const text: Shape<string> = (value) => (typeof value === 'string' ? value : MISFIT)

export const number: Shape<number> = (value) =>
  typeof value === 'number' && Number.isFinite(value) ? value : MISFIT

export const flag: Shape<boolean> = (value) => (typeof value === 'boolean' ? value : MISFIT)

/** Any value, also none. */
export const anything: Shape<unknown> = (value) => value

export function oneOf<Word extends string>(...words: readonly Word[]): Shape<Word> {
  return (value) => words.find((word) => word === value) ?? MISFIT
}

/** A value of which `isKind` decides; for what only the browser can make. */
export function kindOf<Value>(isKind: (value: unknown) => value is Value): Shape<Value> {
  return (value) => (isKind(value) ? value : MISFIT)
}

export function nullable<Value>(shape: Shape<Value>): Shape<Value | null> {
  return (value) => (value === null ? null : shape(value))
}

/** A member that may be absent or null, which then reads as `otherwise`. */
export function optional<Value, Otherwise>(
  shape: Shape<Value>,
  otherwise: Otherwise,
): Shape<Value | Otherwise> {
  return (value) => (value === undefined || value === null ? otherwise : shape(value))
}

export function listOf<Value>(shape: Shape<Value>): Shape<readonly Value[]> {
  return (value) => {
    if (!Array.isArray(value)) return MISFIT
    const items: Value[] = []
    for (const item of value) {
      const read = shape(item)
      if (read === MISFIT) return MISFIT
      items.push(read)
    }
    return items
  }
}

export function pairOf<First, Second>(
  first: Shape<First>,
  second: Shape<Second>,
): Shape<readonly [First, Second]> {
  return (value) => {
    if (!Array.isArray(value) || value.length !== 2) return MISFIT
    const one = first(value[0])
    const other = second(value[1])
    return one === MISFIT || other === MISFIT ? MISFIT : [one, other]
  }
}

export function recordOf<Value>(shape: Shape<Value>): Shape<Readonly<Record<string, Value>>> {
  return (value) => {
    if (!isRecord(value)) return MISFIT
    const members: [string, Value][] = []
    for (const [name, member] of Object.entries(value)) {
      const read = shape(member)
      if (read === MISFIT) return MISFIT
      members.push([name, read])
    }
    return Object.fromEntries(members)
  }
}

export function objectOf<Members extends Readonly<Record<string, Shape<unknown>>>>(
  members: Members,
): Shape<{ readonly [Name in keyof Members]: Shaped<Members[Name]> }> {
  return (value) => {
    if (!isRecord(value)) return MISFIT
    const read: Record<string, unknown> = {}
    for (const [name, shape] of Object.entries(members)) {
      const member = shape(Object.hasOwn(value, name) ? value[name] : undefined)
      if (member === MISFIT) return MISFIT
      read[name] = member
    }
    return isComplete<{ readonly [Name in keyof Members]: Shaped<Members[Name]> }>(read)
      ? read
      : MISFIT
  }
}

/** A JSON value; no deeper than 32 levels. */
export const json: Shape<JsonValue> = (value) => (isJson(value, JSON_DEPTH_MAX) ? value : MISFIT)

function isJson(value: unknown, depth: number): value is JsonValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value !== 'object' || depth === 0) return false
  return Object.values(value).every((part) => isJson(part, depth - 1))
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Every member was read above; the compiler cannot follow that through the loop. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters, @typescript-eslint/no-unused-vars -- a guard says it without an assertion
function isComplete<Whole>(_read: unknown): _read is Whole {
  return true
}
