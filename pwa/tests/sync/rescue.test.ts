/** The file that carries what is not sent holds all of it, under the key that wrote it. */
import { expect, test } from 'vitest'
import { decodeBase64url } from '../../src/core/base64url'
import { deviceOf, newKeyPair, saveDevice } from '../../src/store/device'
import { writeOperations } from '../../src/store/entries'
import { rescueFiles, type RescueFile } from '../../src/sync/rescue'
import { ACTOR, ANA, enrolledDatabase, entryId, NOW, salt, time, write } from '../support/phones'

const P256 = { name: 'ECDSA', namedCurve: 'P-256' } as const

/** Return whether a file is signed by the key that it names. */
async function isSigned({ public_key, sig, ops }: RescueFile): Promise<boolean> {
  const key = await crypto.subtle.importKey('jwk', { ...public_key }, P256, true, ['verify'])
  const [signature, hash] = [decodeBase64url(sig), decodeBase64url(ops.at(-1)?.h ?? '')]
  if (signature === null || hash === null) return false
  return crypto.subtle.verify({ ...P256, hash: 'SHA-256' }, key, signature, hash)
}

test('nothing waits: there is no file', async () => {
  expect(await rescueFiles(await enrolledDatabase())).toEqual([])
})

test('what was written before and after a new enrolment goes out in a file each', async () => {
  const database = await enrolledDatabase()
  const first = write(entryId(1), { time: time('15:00') })
  await writeOperations(database, ANA, [first], salt, NOW)
  const device = await deviceOf(database)
  if (device === null) throw new Error('the phone is enrolled')
  await saveDevice(database, { ...device, actor: 'bbbbbbbbbb', keys: await newKeyPair() })
  const second = write(entryId(2), { time: time('16:00') })
  await writeOperations(database, ANA, [second], salt, NOW)

  const files = await rescueFiles(database)

  expect(files.map(({ actor }) => actor)).toEqual([ACTOR, 'bbbbbbbbbb'])
  expect(files.map(({ ops }) => ops.map(({ id }) => id))).toEqual([
    [first.intent.id],
    [second.intent.id],
  ])
  expect(await Promise.all(files.map(isSigned))).toEqual([true, true])
})
