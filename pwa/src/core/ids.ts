/** Ids that are made on the phone: UUID version 7, so that they sort by the time they were made. */

/**
 * Return a UUIDv7 in lower case.
 *
 * `nowMilliseconds` is the phone's clock, used for order in indexes only; `random` are 10 random
 * bytes.
 *
 * Source: RFC 9562, section 5.7.
 */
export function uuid7(nowMilliseconds: number, random: Uint8Array): string {
  const time = Math.max(0, Math.floor(nowMilliseconds)).toString(16).padStart(12, '0').slice(-12)
  const bytes = [...random.slice(0, 10)]
  bytes[0] = ((bytes[0] ?? 0) & 0x0f) | 0x70
  bytes[2] = ((bytes[2] ?? 0) & 0x3f) | 0x80
  const rest = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return [time.slice(0, 8), time.slice(8), rest.slice(0, 4), rest.slice(4, 8), rest.slice(8)].join(
    '-',
  )
}

/** Return the id of a time entry as the wire spells it. */
export function entryId(uuid: string): string {
  return `te:${uuid}`
}
