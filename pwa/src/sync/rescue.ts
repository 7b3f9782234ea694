/** The signed file that carries unsent operations another way, when this phone cannot send them. */
import { decodeBase64url, encodeBase64url } from '../core/base64url'
import type { WireOperation } from '../core/operation'
import type { PhoneDatabase } from '../store/database'
import { deviceOf, publicJwk, signed, type KeyPair, type PublicJwk } from '../store/device'
import { FORMER_ACTORS, fetchFact } from '../store/meta'
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

/**
 * Return a file for each chain of this phone that has what the server has not answered, the oldest
 * first: what was written before a new enrolment has its own key, and so its own file.
 */
export async function rescueFiles(database: PhoneDatabase): Promise<readonly RescueFile[]> {
  const device = await deviceOf(database)
  if (device === null) return []
  const waiting = await waitingOperations(database)
  const former = await fetchFact(database, FORMER_ACTORS)
  const chains = [
    ...former.map(({ head, ...keys }) => ({ actor: head.actor, keys })),
    { actor: device.actor, keys: device.keys },
  ]
  const files = await Promise.all(
    chains.map(async ({ actor, keys }) =>
      fileOf(
        actor,
        keys,
        waiting.filter((one) => one.actor === actor).map(({ operation }) => operation),
      ),
    ),
  )
  return files.filter((file) => file !== null)
}

async function fileOf(
  actor: string,
  { privateKey, publicKey }: KeyPair,
  ops: readonly WireOperation[],
): Promise<RescueFile | null> {
  const hash = decodeBase64url(ops.at(-1)?.h ?? '')
  if (hash === null || hash.length === 0) return null
  return {
    daywork_rescue: 1,
    actor,
    alg: 'ES256',
    public_key: await publicJwk(publicKey),
    ops,
    sig: encodeBase64url(await signed(privateKey, hash)),
  }
}
