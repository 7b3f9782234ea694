/** Why a save did not succeed is known until one does. */
import { expect, test } from 'vitest'
import { noted, storage } from '../../src/state/storage.svelte'
import { StorageFailed } from '../../src/store/database'

function failing(cause: unknown): Promise<never> {
  return Promise.reject(new StorageFailed('not saved', { cause }))
}

test('a full phone, another refusal and a success are told apart', async () => {
  const full = new DOMException('no room', 'QuotaExceededError')

  await expect(noted(() => failing(full))).rejects.toBeInstanceOf(StorageFailed)
  expect(storage.fault).toBe('full')
  await expect(noted(() => failing(new DOMException('?', 'UnknownError')))).rejects.toThrow()
  expect(storage.fault).toBe('failed')
  expect(await noted(() => Promise.resolve(7))).toBe(7)
  expect(storage.fault).toBe(null)
})
