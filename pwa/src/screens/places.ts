/** The main places of the person's roles, at most four: what the bottom bar shows. */
import type { IconName } from '../components/icon_names'
import type { TextKey } from '../i18n/catalogue'
import { t } from '../i18n/messages.svelte'
import { href, type Route, type RouteName } from '../router'
import { inbox } from '../state/approvals.svelte'
import { outbox } from '../state/outbox.svelte'
import { session } from '../state/session.svelte'
import { taskCount } from './tasks'
import { viewport } from './viewport.svelte'

export interface Place {
  readonly href: string
  readonly word: string
  readonly icon: IconName
  readonly count: number
}

type Main = 'today' | 'week' | 'outbox' | 'inbox' | 'postings' | 'me'

const looks: Readonly<Record<Main, { word: TextKey; icon: IconName; route: Route }>> = {
  today: { word: 'nav.today', icon: 'today', route: { name: 'today' } },
  week: { word: 'nav.week', icon: 'week', route: { name: 'week', monday: null } },
  outbox: { word: 'nav.outbox', icon: 'outbox', route: { name: 'outbox' } },
  inbox: { word: 'nav.inbox', icon: 'inbox', route: { name: 'inbox' } },
  postings: { word: 'nav.postings', icon: 'postings', route: { name: 'postings' } },
  me: { word: 'nav.me', icon: 'me', route: { name: 'me' } },
}

function mains(): readonly Main[] {
  if (session.readsPostings) {
    return session.decides
      ? ['today', 'inbox', 'postings', 'me']
      : ['today', 'week', 'postings', 'me']
  }
  return session.decides ? ['today', 'week', 'inbox', 'me'] : ['today', 'week', 'outbox', 'me']
}

function countOf(main: Main): number {
  if (main === 'today') return taskCount()
  if (main === 'inbox') return inbox.entries.length
  if (main === 'outbox') return outbox.waitingCount + outbox.notAcceptedCount
  return 0
}

/** Return the places of the person who uses this phone, with how much waits at each. */
export function placesOf(): readonly Place[] {
  return mains().map((main) => ({
    href: href(looks[main].route),
    word: t(looks[main].word),
    icon: looks[main].icon,
    count: countOf(main),
  }))
}

const homes: Readonly<Partial<Record<RouteName, Main>>> = {
  today: 'today',
  add: 'today',
  needs: 'today',
  unknown: 'today',
  week: 'week',
  entry: 'week',
  outbox: 'outbox',
  inbox: 'inbox',
  person_day: 'inbox',
  postings: 'postings',
  me: 'me',
  diagnostics: 'me',
  devices: 'me',
  team: 'inbox',
}

/** Return the address of the place that a route belongs to; null for one outside the places. */
export function placeOf(route: Route): string | null {
  const main = homes[route.name]
  return main === undefined ? null : href(looks[main].route)
}

/** Return what makes a screen a new one: a list keeps its place while its detail changes. */
export function keyOf(route: Route): string {
  const isDetail = route.name === 'person_day' && viewport.isWide
  return href(isDetail ? { name: 'inbox' } : route)
}
