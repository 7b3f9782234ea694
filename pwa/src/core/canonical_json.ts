/**
 * Canonical JSON (RFC 8785) for the protocol's values, which hold no fractions.
 *
 * What is hashed must have one spelling on every device: members sorted by the UTF-16 code units of
 * their names (the order of JavaScript's own sort), no spaces, only the escapes JSON demands.
 *
 * Source: RFC 8785, sections 3.2.2 and 3.2.3.
 */
import { isObject, type JsonValue } from './json_value'

/**
 * Return the one spelling of `value`.
 *
 * Throws RangeError for a number that is no integer within +-(2^53-1), and for text with a lone
 * surrogate, which has no UTF-8 form; callers check both where people type.
 */
export function canonical(value: JsonValue): string {
  if (typeof value === 'string') return quoted(value)
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new RangeError(`no number of the protocol: ${value}`)
    return String(value === 0 ? 0 : value)
  }
  if (value === null || typeof value === 'boolean') return String(value)
  if (!isObject(value)) return `[${value.map(canonical).join(',')}]`
  const members = Object.keys(value)
    .sort()
    .map((name) => `${quoted(name)}:${canonical(value[name] ?? null)}`)
  return `{${members.join(',')}}`
}

/** Return `text` with each lone surrogate replaced by U+FFFD. */
export function wellFormed(text: string): string {
  return text.replace(LONE_SURROGATE, '\uFFFD')
}

const LONE_SURROGATE = /\p{Surrogate}/gu

function quoted(text: string): string {
  if (text.search(LONE_SURROGATE) >= 0) throw new RangeError('a lone surrogate has no UTF-8 form')
  return JSON.stringify(text)
}
