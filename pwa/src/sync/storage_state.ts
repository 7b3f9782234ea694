/** What the browser says about this app's storage; for the office's list and for diagnostics only. */

export interface StorageState {
  readonly persisted: boolean
  readonly free_mb: number | null
}

const MEGABYTE = 1_048_576

export async function storageState(): Promise<StorageState> {
  const storage = 'storage' in navigator ? navigator.storage : undefined
  if (storage === undefined) return { persisted: false, free_mb: null }
  try {
    const { quota, usage } = await storage.estimate()
    const free = quota === undefined ? null : Math.floor((quota - (usage ?? 0)) / MEGABYTE)
    return { persisted: await storage.persisted(), free_mb: free }
  } catch {
    return { persisted: false, free_mb: null }
  }
}
