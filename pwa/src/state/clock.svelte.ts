/** The present moment for running times: ticks each second while the page is visible. */

let now = $state(Math.floor(Date.now() / 1000))

export const clock = {
  /** Whole seconds since 1970. */
  get now(): number {
    return now
  },
}

/** Let the clock tick; called once. */
export function startClock(): void {
  const tick = (): void => {
    now = Math.floor(Date.now() / 1000)
  }
  setInterval(() => {
    if (document.visibilityState === 'visible') tick()
  }, 1000)
  document.addEventListener('visibilitychange', tick)
}
