/**
 * The addresses of the screens, both ways: an address becomes a route, a route an address.
 *
 * The worker's screens are in the first load; the manager's and the office's come when asked for.
 */

export type Route =
  | { readonly screen: 'today' }
  | { readonly screen: 'week'; readonly monday: string | null }
  | { readonly screen: 'add'; readonly date: string | null }
  | { readonly screen: 'entry'; readonly id: string }
  | { readonly screen: 'outbox' }
  | { readonly screen: 'needs' }
  | { readonly screen: 'me' }
  | { readonly screen: 'inbox' }
  | { readonly screen: 'person_day'; readonly person: string; readonly date: string }
  | { readonly screen: 'postings' }
  | { readonly screen: 'join' }

const DATE = /^\d{4}-\d{2}-\d{2}$/

function dateOf(part: string | undefined): string | null {
  return part !== undefined && DATE.test(part) ? part : null
}

/** Return the route of a path such as `/week/2026-03-02`; what nobody knows is Today. */
export function routeOf(path: string): Route {
  const [place, first, second] = path.split('/').filter((part) => part !== '').map(decodeURIComponent)
  switch (place) {
    case 'week':
      return { screen: 'week', monday: dateOf(first) }
    case 'add':
      return { screen: 'add', date: dateOf(first) }
    case 'entry':
      return first === undefined ? { screen: 'today' } : { screen: 'entry', id: first }
    case 'inbox': {
      const date = dateOf(second)
      return first === undefined || date === null
        ? { screen: 'inbox' }
        : { screen: 'person_day', person: first, date }
    }
    case 'outbox':
    case 'needs':
    case 'me':
    case 'postings':
    case 'join':
      return { screen: place }
    default:
      return { screen: 'today' }
  }
}

/** Return the path of a route; `routeOf` gives the same route back. */
export function pathOf(route: Route): string {
  switch (route.screen) {
    case 'today':
      return '/'
    case 'week':
      return route.monday === null ? '/week' : `/week/${route.monday}`
    case 'add':
      return route.date === null ? '/add' : `/add/${route.date}`
    case 'entry':
      return `/entry/${encodeURIComponent(route.id)}`
    case 'person_day':
      return `/inbox/${encodeURIComponent(route.person)}/${route.date}`
    default:
      return `/${route.screen}`
  }
}
