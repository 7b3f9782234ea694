/** The screen that is shown: follows the address, the back button and links. */
import { href, routeOf, type Route } from '../router'

let current = $state.raw<Route>(routeOf(location.pathname))
let steps = 0

export const route = {
  /** What to show. */
  get current(): Route {
    return current
  },
}

/** Show another screen. With `replaces` the back button does not lead here again. */
export function go(next: Route, replaces = false): void {
  const path = href(next)
  if (replaces) history.replaceState(null, '', path)
  else {
    history.pushState(null, '', path)
    steps += 1
  }
  current = next
  scrollTo(0, 0)
}

/** Go where the person came from, or to `otherwise` when the app was opened on this screen. */
export function goBack(otherwise: Route = { name: 'today' }): void {
  if (steps > 0) history.back()
  else go(otherwise, true)
}

/** Let links of this site change the screen instead of loading the page; called once. */
export function followLinks(): void {
  addEventListener('popstate', () => {
    steps = Math.max(0, steps - 1)
    current = routeOf(location.pathname)
  })
  addEventListener('click', (event) => {
    const link = linkOf(event)
    if (link === null) return
    event.preventDefault()
    go(routeOf(link.pathname))
  })
}

/** Return the link that a plain click is on, if it leads to a screen of ours. */
function linkOf(event: MouseEvent): HTMLAnchorElement | null {
  const isPlain =
    event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
  if (!isPlain || event.defaultPrevented || !(event.target instanceof Element)) return null
  const link = event.target.closest('a')
  if (link?.target !== '' || link.hasAttribute('download')) return null
  const isOurs = link.origin === location.origin && routeOf(link.pathname).name !== 'unknown'
  return isOurs && link.hash === '' ? link : null
}
