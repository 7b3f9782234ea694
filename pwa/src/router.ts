/** Which screen an address means, and the address of a screen: one table for both ways. */

/** A screen with what it needs to know. */
export type Route =
  | { readonly name: 'join' }
  | { readonly name: 'today' }
  | { readonly name: 'week'; readonly monday: string | null }
  | { readonly name: 'add'; readonly date: string | null }
  | { readonly name: 'entry'; readonly id: string }
  | { readonly name: 'outbox' }
  | { readonly name: 'needs' }
  | { readonly name: 'me' }
  | { readonly name: 'diagnostics' }
  | { readonly name: 'devices' }
  | { readonly name: 'team' }
  | { readonly name: 'inbox' }
  | { readonly name: 'person_day'; readonly person: string; readonly date: string }
  | { readonly name: 'postings' }
  | { readonly name: 'unknown' }

export type RouteName = Route['name']

const DAY = /^\d{4}-\d\d-\d\d$/

/** Return the route that a path means; `unknown` when it means none. */
export function routeOf(path: string): Route {
  const [place = '', first, second, rest] = path.split('/').slice(1).map(decoded)
  if (rest !== undefined) return { name: 'unknown' }
  if (second !== undefined) {
    const isPersonDay = place === 'inbox' && first !== undefined && DAY.test(second)
    return isPersonDay ? { name: 'person_day', person: first, date: second } : { name: 'unknown' }
  }
  return first === undefined ? plainRoute(place) : routeWith(place, first)
}

/** Return the path of a route. */
export function href(route: Route): string {
  switch (route.name) {
    case 'today':
    case 'unknown':
      return '/'
    case 'week':
      return route.monday === null ? '/week' : `/week/${route.monday}`
    case 'add':
      return route.date === null ? '/add' : `/add/${route.date}`
    case 'entry':
      return `/entry/${encodeURIComponent(route.id)}`
    case 'person_day':
      return `/inbox/${encodeURIComponent(route.person)}/${route.date}`
    case 'join':
    case 'outbox':
    case 'needs':
    case 'me':
    case 'diagnostics':
    case 'devices':
    case 'team':
    case 'inbox':
    case 'postings':
      return `/${route.name}`
  }
}

function plainRoute(place: string): Route {
  switch (place) {
    case '':
      return { name: 'today' }
    case 'week':
      return { name: 'week', monday: null }
    case 'add':
      return { name: 'add', date: null }
    case 'join':
    case 'outbox':
    case 'needs':
    case 'me':
    case 'diagnostics':
    case 'devices':
    case 'team':
    case 'inbox':
    case 'postings':
      return { name: place }
    default:
      return { name: 'unknown' }
  }
}

function routeWith(place: string, detail: string): Route {
  if (place === 'week' && DAY.test(detail)) return { name: 'week', monday: detail }
  if (place === 'add' && DAY.test(detail)) return { name: 'add', date: detail }
  if (place === 'entry' && detail !== '') return { name: 'entry', id: detail }
  return { name: 'unknown' }
}

/** A part that is no valid encoding stays as it is, and then means no screen. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
