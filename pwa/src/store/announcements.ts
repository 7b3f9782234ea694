/** How tabs and the worker tell each other that the local database changed. */
const CHANNEL = 'daywork'

export type Announcement = 'changed' | 'session'

/** Tell every other context of this phone; the caller's own context is not told. */
export function announce(what: Announcement): void {
  const channel = new BroadcastChannel(CHANNEL)
  channel.postMessage(what)
  channel.close()
}

/** Call `heard` for each announcement of another context; returns how to stop. */
export function listen(heard: (what: Announcement) => void): () => void {
  const channel = new BroadcastChannel(CHANNEL)
  channel.onmessage = (event: MessageEvent<unknown>) => {
    if (event.data === 'changed' || event.data === 'session') heard(event.data)
  }
  return () => {
    channel.close()
  }
}
