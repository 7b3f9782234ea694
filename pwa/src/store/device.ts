/** This phone's identity: its key, which never leaves the browser, and who it was enrolled for. */
import type { ChainHead } from '../core/operation'
import type { PhoneDatabase } from './database'
import {
  DEVICE,
  fetchFact,
  FORMER_ACTORS,
  readFact,
  readHead,
  readOwnLasts,
  RETIREMENT,
  writeHead,
  type Device,
} from './meta'

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' } as const

export interface KeyPair {
  readonly privateKey: CryptoKey
  readonly publicKey: CryptoKey
}

/** Make a key pair of which the private half cannot be taken out of the browser. */
export async function newKeyPair(): Promise<KeyPair> {
  const pair = await crypto.subtle.generateKey(ALGORITHM, false, ['sign', 'verify'])
  return { privateKey: pair.privateKey, publicKey: pair.publicKey }
}

/** Return the signature over `bytes` in the form of the wire (P1363, 64 bytes). */
export async function signed(
  privateKey: CryptoKey,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array> {
  const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, privateKey, bytes)
  return new Uint8Array(signature)
}

/** The public half as the protocol sends it: exactly these members. */
export interface PublicJwk {
  readonly kty: string
  readonly crv: string
  readonly x: string
  readonly y: string
}

export async function publicJwk(publicKey: CryptoKey): Promise<PublicJwk> {
  const { kty = '', crv = '', x = '', y = '' } = await crypto.subtle.exportKey('jwk', publicKey)
  return { kty, crv, x, y }
}

export async function deviceOf(database: PhoneDatabase): Promise<Device | null> {
  return fetchFact(database, DEVICE)
}

/** Return the end of this phone's own chain; null before it is enrolled. */
export async function chainHead(database: PhoneDatabase): Promise<ChainHead | null> {
  return database.read(['meta'], (transaction) => readHead(transaction.objectStore('meta')))
}

/** Return, for each actor that this phone is or was, the last number that it wrote as that actor. */
export async function ownLasts(database: PhoneDatabase): Promise<ReadonlyMap<string, number>> {
  return database.read(['meta'], (transaction) => readOwnLasts(transaction.objectStore('meta')))
}

/**
 * Write the device. A new actor begins a new chain; the one before is kept with its key, because what
 * it wrote is still its own to send. The same actor again (an answer that came twice) changes nothing
 * of the chain.
 */
export async function saveDevice(database: PhoneDatabase, device: Device): Promise<void> {
  await database.write(['meta'], async (transaction) => {
    const meta = transaction.objectStore('meta')
    const head = await readHead(meta)
    const before = await readFact(meta, DEVICE)
    await meta.put(device, DEVICE.key)
    if (head?.actor === device.actor) return
    // Whoever joins again on a phone that was retired goes on as a new device.
    await meta.delete(RETIREMENT.key)
    await writeHead(meta, { actor: device.actor, sequenceNumber: 0, hash: null })
    if (head === null || before === null || head.sequenceNumber === 0) return
    const former = await readFact(meta, FORMER_ACTORS)
    await meta.put([...former, { head, ...before.keys }], FORMER_ACTORS.key)
  })
}
