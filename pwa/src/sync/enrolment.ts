/** Makes this phone a device of the invited person. */
import type { Fetcher } from '../api/client'
import { enrol } from '../api/sessions'
import { encodeBase64url } from '../core/base64url'
import { secretOf } from '../core/invite'
import { err, ok, type Result } from '../core/result'
import { PhoneDatabase } from '../store/database'
import { newKeyPair, publicJwk, saveDevice, signed } from '../store/device'
import { databaseName, pendingKeys, setCurrentDatabase, setPendingKeys } from '../store/registry'

export type EnrolmentRefusal = 'invite_invalid' | 'offline' | 'rate_limited' | 'unknown'

/**
 * Enrol with an invite and return the person's database.
 *
 * The key is on the disk before the request goes out: when the answer is lost, the next try has the
 * same key and gets the same device instead of a used invite.
 */
export async function enrolled(
  fetcher: Fetcher,
  invite: string,
  label: string,
  platform: string,
): Promise<Result<PhoneDatabase, EnrolmentRefusal>> {
  const secret = secretOf(invite)
  if (secret === null) return err('invite_invalid')
  const keys = await keysFor(secret)
  const proof = await signed(
    keys.privateKey,
    new TextEncoder().encode(`daywork-enrol-v1\n${secret}`),
  )
  const answer = await enrol(fetcher, {
    invite: secret,
    label,
    platform,
    alg: 'ES256',
    public_key: await publicJwk(keys.publicKey),
    proof: encodeBase64url(proof),
  })
  if (!answer.ok) {
    if (answer.refusal.kind === 'unreachable') return err('offline')
    if (answer.refusal.kind === 'not_understood') return err('unknown')
    if (answer.refusal.code === 'invite_invalid') return err('invite_invalid')
    return err(answer.refusal.status === 429 ? 'rate_limited' : 'unknown')
  }
  const { actor, person, organisation } = answer.value
  const database = new PhoneDatabase(databaseName(organisation.id, person.id))
  await saveDevice(database, { actor, label, person, organisation, keys })
  await setCurrentDatabase(database.name)
  await setPendingKeys(null)
  return ok(database)
}

async function keysFor(
  invite: string,
): Promise<{ readonly privateKey: CryptoKey; readonly publicKey: CryptoKey }> {
  const pending = await pendingKeys(invite)
  if (pending !== null) return { privateKey: pending.privateKey, publicKey: pending.publicKey }
  const keys = await newKeyPair()
  await setPendingKeys({ invite, ...keys })
  return keys
}
