/** Where the person is: the present route, and going to another one without loading a page. */
import { pathOf, routeOf, type Route } from './routes'

let current = $state.raw<Route>(routeOf(location.pathname))
let depth = 0

/** Return the present route. */
export function route(): Route {
  return current
}

/** Go to a route; with `replace` the present one is not kept in the history. */
export function go(next: Route, how: { readonly replace?: boolean } = {}): void {
  if (how.replace === true) history.replaceState(null, '', pathOf(next))
  else {
    history.pushState(null, '', pathOf(next))
    depth += 1
  }
  current = next
  scrollTo(0, 0)
}

/** Go back to where one came from; to `otherwise` when this was the first screen. */
export function goBack(otherwise: Route): void {
  if (depth > 0) history.back()
  else go(otherwise, { replace: true })
}

/** Follow links inside the app and the browser's back button. Return how to stop. */
export function followLinks(): () => void {
  function click(event: MouseEvent): void {
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
    if (!plain || event.defaultPrevented || !(event.target instanceof Element)) return
    const link = event.target.closest('a[href]')
    if (!(link instanceof HTMLAnchorElement) || link.origin !== location.origin) return
    if (link.hasAttribute('download') || link.target !== '' || link.getAttribute('href')?.startsWith('#') === true) return
    event.preventDefault()
    go(routeOf(link.pathname))
  }
  function pop(): void {
    depth = Math.max(0, depth - 1)
    current = routeOf(location.pathname)
  }
  addEventListener('click', click)
  addEventListener('popstate', pop)
  return () => {
    removeEventListener('click', click)
    removeEventListener('popstate', pop)
  }
}
