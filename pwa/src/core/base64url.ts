/** Base64url without padding (RFC 4648, section 5): the one spelling of bytes on the wire. */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Return `bytes` in base64url without padding. */
export function encodeBase64url(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at
    const three = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0)
    text += letter(three >>> 18) + letter(three >>> 12)
    if (left > 1) text += letter(three >>> 6)
    if (left > 2) text += letter(three)
  }
  return text
}

/** Return the bytes of `text`, or null when it is not their only spelling. */
export function decodeBase64url(text: string): Uint8Array<ArrayBuffer> | null {
  if (text.length % 4 === 1) return null
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4))
  let bits = 0
  let held = 0
  let at = 0
  for (const character of text) {
    const value = ALPHABET.indexOf(character)
    if (value < 0) return null
    bits = ((bits << 6) | value) & 0xffff
    held += 6
    if (held >= 8) {
      held -= 8
      bytes[at] = (bits >>> held) & 0xff
      at += 1
    }
  }
  const unused = bits & ((1 << held) - 1)
  return unused === 0 ? bytes : null
}

function letter(value: number): string {
  return ALPHABET.charAt(value & 63)
}
