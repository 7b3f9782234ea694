/** What the browser says about the app's storage; a browser that says nothing is no error. */
import { afterEach, expect, test, vi } from 'vitest'
import { storageState } from '../../src/sync/storage_state'

afterEach(() => {
  vi.unstubAllGlobals()
})

test.each([
  ['a browser without the interface', {}, { persisted: false, free_mb: null }],
  [
    'room is what is left of the quota',
    { storage: storage({ quota: 10 * 1_048_576, usage: 1 }, true) },
    { persisted: true, free_mb: 9 },
  ],
  ['no quota, no number', { storage: storage({}, false) }, { persisted: false, free_mb: null }],
  [
    'a browser that refuses to tell',
    { storage: { estimate: () => Promise.reject(new Error('private')) } },
    { persisted: false, free_mb: null },
  ],
])('%s', async (_case, navigator, expected) => {
  vi.stubGlobal('navigator', navigator)

  expect(await storageState()).toEqual(expected)
})

function storage(estimate: StorageEstimate, isPersisted: boolean) {
  return {
    estimate: () => Promise.resolve(estimate),
    persisted: () => Promise.resolve(isPersisted),
  }
}
