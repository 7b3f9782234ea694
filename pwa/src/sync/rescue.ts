/** The signed file that carries unsent operations another way, when this phone cannot send them. */
import { decodeBase64url, encodeBase64url } from '../core/base64url'
import type { WireOperation } from '../core/operation'
import type { PhoneDatabase } from '../store/database'
import { deviceOf, publicJwk, signed, type PublicJwk } from '../store/device'
import { waitingOperations } from '../store/operations'

export interface RescueFile {
  readonly daywork_rescue: 1
  readonly actor: string
  readonly alg: 'ES256'
  readonly public_key: PublicJwk
  readonly ops: readonly WireOperation[]
  /** Over the last operation's hash, as in a push. */
  readonly sig: string
}

/** Return the file with everything the server has not answered, or null when there is nothing. */
export async function rescueFile(database: PhoneDatabase): Promise<RescueFile | null> {
  const device = await deviceOf(database)
  if (device === null) return null
  const waiting = await waitingOperations(database)
  const ops = waiting
    .filter(({ actor }) => actor === device.actor)
    .map(({ operation }) => operation)
  const hash = decodeBase64url(ops.at(-1)?.h ?? '')
  if (ops.length === 0 || hash === null) return null
  return {
    daywork_rescue: 1,
    actor: device.actor,
    alg: 'ES256',
    public_key: await publicJwk(device.keys.publicKey),
    ops,
    sig: encodeBase64url(await signed(device.keys.privateKey, hash)),
  }
}
