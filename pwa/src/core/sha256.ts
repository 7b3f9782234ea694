/**
 * SHA-256 without waiting.
 *
 * The browser's own digest is asynchronous, and an IndexedDB transaction ends at the first wait that
 * is not for the database. A number of the chain, its hash and the operation must be written in one
 * transaction, so the hash is computed here; signatures stay with the browser.
 *
 * Source: FIPS 180-4, section 6.2.
 */

const BLOCK_BYTES = 64

const ROUND_CONSTANTS = roundConstants()

/** Return the 32 bytes of SHA-256 over the parts one after the other. */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const message = padded(parts)
  const state = initialState()
  const words = new Int32Array(64)
  const view = new DataView(message.buffer)
  for (let block = 0; block < message.length; block += BLOCK_BYTES) {
    for (let at = 0; at < 16; at += 1) words[at] = view.getInt32(block + at * 4)
    compress(state, words)
  }
  const digest = new Uint8Array(32)
  const out = new DataView(digest.buffer)
  state.forEach((word, at) => {
    out.setInt32(at * 4, word)
  })
  return digest
}

function padded(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  const message = new Uint8Array(Math.ceil((length + 9) / BLOCK_BYTES) * BLOCK_BYTES)
  let at = 0
  for (const part of parts) {
    message.set(part, at)
    at += part.length
  }
  message[length] = 0x80
  const view = new DataView(message.buffer)
  view.setUint32(message.length - 8, Math.floor(length / 2 ** 29))
  view.setUint32(message.length - 4, (length << 3) >>> 0)
  return message
}

function compress(state: Int32Array, words: Int32Array): void {
  const word = (at: number): number => words[at] ?? 0
  for (let at = 16; at < 64; at += 1) {
    const early = word(at - 15)
    const late = word(at - 2)
    const small0 = rotated(early, 7) ^ rotated(early, 18) ^ (early >>> 3)
    const small1 = rotated(late, 17) ^ rotated(late, 19) ^ (late >>> 10)
    words[at] = (word(at - 16) + small0 + word(at - 7) + small1) | 0
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state
  for (let at = 0; at < 64; at += 1) {
    const big1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)
    const chosen = (e & f) ^ (~e & g)
    const first = (h + big1 + chosen + (ROUND_CONSTANTS[at] ?? 0) + word(at)) | 0
    const big0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)
    const majority = (a & b) ^ (a & c) ^ (b & c)
    h = g
    g = f
    f = e
    e = (d + first) | 0
    d = c
    c = b
    b = a
    a = (first + big0 + majority) | 0
  }
  for (const [at, add] of [a, b, c, d, e, f, g, h].entries()) {
    state[at] = ((state[at] ?? 0) + add) | 0
  }
}

function rotated(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits))
}

/** Return the first 32 bits of the fractional part of the n-th root of the first primes. */
function fractionsOfRoots(count: number, root: (prime: number) => number): Int32Array {
  const fractions = new Int32Array(count)
  let found = 0
  for (let candidate = 2; found < count; candidate += 1) {
    if (isPrime(candidate)) {
      const value = root(candidate)
      fractions[found] = ((value - Math.floor(value)) * 2 ** 32) | 0
      found += 1
    }
  }
  return fractions
}

function isPrime(candidate: number): boolean {
  for (let divisor = 2; divisor * divisor <= candidate; divisor += 1) {
    if (candidate % divisor === 0) return false
  }
  return true
}

function roundConstants(): Int32Array {
  return fractionsOfRoots(64, Math.cbrt)
}

function initialState(): Int32Array {
  return fractionsOfRoots(8, Math.sqrt)
}
