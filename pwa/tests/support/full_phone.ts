/** Lets writes of the local database fail as they do on a phone without room. */
import { vi } from 'vitest'

/** Fail each write for which `fails` says so; `vi.restoreAllMocks` gives the room back. */
export function fillUp(fails: (store: IDBObjectStore, value: unknown) => boolean): void {
  const { prototype } = IDBObjectStore
  // eslint-disable-next-line @typescript-eslint/unbound-method -- they are called with their store
  const { put, add, delete: erase } = prototype
  const check = (store: IDBObjectStore, value: unknown): void => {
    if (fails(store, value)) throw new DOMException('no room', 'QuotaExceededError')
  }
  vi.spyOn(prototype, 'put').mockImplementation(function (this: IDBObjectStore, value, key) {
    check(this, value)
    return put.call(this, value, key)
  })
  vi.spyOn(prototype, 'add').mockImplementation(function (this: IDBObjectStore, value, key) {
    check(this, value)
    return add.call(this, value, key)
  })
  vi.spyOn(prototype, 'delete').mockImplementation(function (this: IDBObjectStore, query) {
    check(this, query)
    return erase.call(this, query)
  })
}
