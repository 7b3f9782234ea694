/** Who uses this phone, and whether the phone may talk to the server. */
import { secretOf } from '../core/invite'
import { announce } from '../store/announcements'
import { PhoneDatabase, StorageFailed } from '../store/database'
import { deviceOf, saveDevice } from '../store/device'
import { fetchFact, noteEvent, RETIREMENT, type Device } from '../store/meta'
import { unsentCount, waitingOperations } from '../store/operations'
import { currentDatabase, isUntouched, setCurrentDatabase } from '../store/registry'
import { alone } from '../sync/phone'
import { persist, wakeWorkerLater } from './app.svelte'
import { connection, exchangeSoon, startExchanging, stopExchanging } from './connection.svelte'
import {
  closeLocal,
  follow,
  followOthers,
  localOrNull,
  openLocal,
  type Local,
} from './local.svelte'

export type Phase =
  /** The local database is being opened. */
  | 'starting'
  /** Nobody is enrolled here: show the join screen. */
  | 'join'
  | 'ready'
  /** The chain of this phone disagrees with the server's: everything is kept, nothing is sent. */
  | 'needs_office'
  /** The phone does not let the app save. */
  | 'storage_failed'

export interface Person {
  readonly id: string
  readonly name: string
  readonly roles: readonly Role[]
}

export type Role = 'worker' | 'foreman' | 'manager' | 'office' | 'admin' | 'auditor'

export interface Organisation {
  readonly id: string
  readonly name: string
  readonly timeZone: string
  readonly currency: string | null
  /** Whether this is a practice home, which never books anything real. */
  readonly practice: boolean
}

export type JoinOutcome =
  | 'joined'
  /** Unknown, used or expired; the three are not told apart. */
  | 'invite_invalid'
  | 'offline'
  | 'rate_limited'
  /** This browser cannot keep a key or a database. */
  | 'storage_failed'
  | 'unknown'

/** What this phone was before: shown where one joins (again). */
export interface Left {
  readonly kind:
    /** The office or the person took the phone out of use: what was read is erased. */
    | 'retired'
    /** The browser erased what was saved here. What is typed now stays on the screen. */
    | 'storage_lost'
  /** Whose it was; null when that is not known. */
  readonly name: string | null
  /** What the phone still holds and could not hand in yet. */
  readonly unsent: number
  /** What was handed in and counts when the person joins again or the office releases it. */
  readonly deposited: number
}

interface Known {
  readonly phase: 'starting' | 'join' | 'ready' | 'storage_failed'
  readonly person: Person | null
  readonly organisation: Organisation | null
  readonly actor: string | null
  readonly label: string
  readonly left: Left | null
}

const NOBODY: Known = {
  phase: 'join',
  person: null,
  organisation: null,
  actor: null,
  label: '',
  left: null,
}
const ROLES: readonly Role[] = ['worker', 'foreman', 'manager', 'office', 'admin', 'auditor']

let known = $state.raw<Known>({ ...NOBODY, phase: 'starting' })

export const session = {
  get phase(): Phase {
    const isStopped = known.phase === 'ready' && connection.exchange === 'needs_office'
    return isStopped ? 'needs_office' : known.phase
  },
  get person(): Person | null {
    return known.person
  },
  get organisation(): Organisation | null {
    return known.organisation
  },
  /** The id of this phone; null before it is enrolled. */
  get actor(): string | null {
    return known.actor
  },
  /** The name that the person gave this phone. */
  get label(): string {
    return known.label
  },
  /**
   * Why one has to join again; null when nothing was before. After `retired` the phase is `join`;
   * after `storage_lost` while a form is open it stays `ready`, so that nothing typed is lost.
   */
  get left(): Left | null {
    return known.left
  },
  /** Whether the person may decide about others' time. */
  get decides(): boolean {
    return hasRole('manager', 'office', 'admin')
  },
  /** Whether the person may read postings. */
  get readsPostings(): boolean {
    return hasRole('office', 'admin', 'auditor')
  },
}

/** Open the database of the person who uses this phone, if there is one; called once. */
export async function startSession(): Promise<void> {
  followOthers(() => {
    void openCurrent()
  })
  await openCurrent()
}

/** Enrol this phone with an invite's secret (or the whole link), or say why not. */
export async function join(invite: string, label: string): Promise<JoinOutcome> {
  try {
    const { enrolled } = await import('../sync/enrolment')
    const done = await enrolled(plainFetch, invite, label.trim() || DEFAULT_LABEL, platform())
    if (!done.ok) return done.refusal
    if (known.left?.kind === 'storage_lost') await noteEvent(done.value, 'eviction', Date.now())
    await open(done.value)
    announce('session')
    return 'joined'
  } catch (error) {
    // A browser in lockdown or private mode cannot keep the key.
    if (error instanceof DOMException || error instanceof StorageFailed) return 'storage_failed'
    throw error
  }
}

/**
 * Sign out, unless operations are unsent: then nothing happens and their number is returned, so that
 * the person can decide. With `evenIfUnsent` they stay in this person's own database and go out
 * after the next sign-in on this phone. Returns 0 when signed out.
 */
export async function signOut(evenIfUnsent = false): Promise<number> {
  const opened = localOrNull()
  if (opened === null) return 0
  const unsent = await unsentCount(opened.database)
  if (unsent > 0 && !evenIfUnsent) return unsent
  stopExchanging()
  const hasRetired = unsent === 0 && (await isRetiredBySigningOut(opened))
  // Without a connection the cookie stays until it ends; the phone forgets the person all the same.
  if (!hasRetired) await (await sessions())?.closeSession(plainFetch)
  await setCurrentDatabase(null)
  closeLocal()
  await opened.database.close()
  known = NOBODY
  announce('session')
  return 0
}

/** Whoever comes back is a new device: this one is taken out of use, and nothing stays on the phone. */
async function isRetiredBySigningOut({ database, device }: Local): Promise<boolean> {
  const { retire } = await import('../api/devices')
  const { eraseAll } = await import('../store/retirement')
  const isRetired = async (): Promise<boolean> => {
    if (!(await retire(plainFetch, device.actor, 'signed_out')).ok) return false
    await eraseAll(database)
    return true
  }
  // Not while an exchange writes, in whatever tab; without a network nobody waits for its end.
  return alone(database, isRetired, AbortSignal.timeout(ALONE_MILLISECONDS)).catch(() => false)
}

/** Take the secret out of this page's address and return it; null when there is none. */
export function inviteInAddress(): string | null {
  const secret = secretOf(location.hash)
  if (secret === null || location.hash === '') return null
  history.replaceState(null, '', location.pathname)
  return secret
}

const NOTHING_LEFT = { name: null, unsent: 0, deposited: 0 } as const
const ALONE_MILLISECONDS = 5000
const DEFAULT_LABEL = 'Phone'

async function openCurrent(): Promise<void> {
  try {
    const name = await currentDatabase()
    if (name === null) {
      known = { ...NOBODY, left: known.left }
      if (await isUntouched()) void lookForLost()
    } else if (localOrNull()?.database.name !== name) await open(new PhoneDatabase(name))
  } catch (error) {
    if (!(error instanceof DOMException || error instanceof StorageFailed)) throw error
    known = { ...NOBODY, phase: 'storage_failed' }
  }
}

async function open(database: PhoneDatabase): Promise<void> {
  const device = await deviceOf(database)
  if (device === null) {
    known = { ...NOBODY, left: { ...NOTHING_LEFT, kind: 'storage_lost' } }
    return
  }
  await openLocal({ database, device }, afterWrite, lost)
  startExchanging()
  if ((await fetchFact(database, RETIREMENT)) !== null) return
  known = knownOf(device)
  void refreshIdentity(database, device)
}

/** Browsers erase a site's storage and leave its cookies: the server still knows who was here. */
async function lookForLost(): Promise<void> {
  const asked = await (await sessions())?.whoAmI(plainFetch)
  if (asked?.ok !== true || known.phase !== 'join') return
  const { name } = asked.value.person
  known = { ...known, left: { ...NOTHING_LEFT, kind: 'storage_lost', name } }
}

/** The database turned out to be empty: retired and handed in, or erased by the browser. */
async function lost(): Promise<void> {
  stopExchanging()
  const name = known.person?.name ?? known.left?.name ?? null
  // Who erases on purpose says in the registry that nobody uses the phone; browsers erase that too.
  const isOnPurpose = (await currentDatabase()) === null && !(await isUntouched())
  if (isOnPurpose) {
    closeLocal()
    known = { ...NOBODY, left: { ...NOTHING_LEFT, kind: 'retired', name } }
  } else known = { ...known, left: { ...NOTHING_LEFT, kind: 'storage_lost', name } }
}

/** Ask once a start whether name, roles or organisation changed; without an answer nothing does. */
async function refreshIdentity(database: PhoneDatabase, device: Device): Promise<void> {
  const asked = await (await sessions())?.whoAmI(plainFetch)
  if (asked?.ok !== true || asked.value.actor !== device.actor) return
  const { person, organisation } = asked.value
  const next: Device = { ...device, person, organisation }
  await saveDevice(database, next)
  if (localOrNull()?.database !== database) return
  known = knownOf(next)
  await openLocal({ database, device: next }, afterWrite, lost)
}

// An exchange may have given this phone a fresh name, or found that it is retired.
follow(async ({ database, device }) => {
  if ((await fetchFact(database, RETIREMENT)) !== null) {
    const waiting = await waitingOperations(database)
    const deposited = waiting.filter(({ depositedAt }) => depositedAt !== undefined).length
    const unsent = waiting.length - deposited
    known = { ...NOBODY, left: { kind: 'retired', name: device.person.name, unsent, deposited } }
  } else if (known.phase === 'ready' && known.actor !== device.actor) known = knownOf(device)
})

/** The tap is painted first; then what it wrote goes out. */
function afterWrite(): void {
  exchangeSoon()
  void wakeWorkerLater()
  void persist()
}

function knownOf({ actor, label, person, organisation }: Device): Known {
  return {
    phase: 'ready',
    person: {
      id: person.id,
      name: person.name,
      roles: ROLES.filter((role) => person.roles.includes(role)),
    },
    organisation: {
      id: organisation.id,
      name: organisation.name,
      timeZone: organisation.time_zone,
      currency: organisation.currency,
      practice: organisation.practice,
    },
    actor,
    label,
    left: null,
  }
}

function hasRole(...roles: readonly Role[]): boolean {
  return known.person?.roles.some((role) => roles.includes(role)) ?? false
}

/** Only a word for the office's list of devices. */
function platform(): string {
  const agent = navigator.userAgent.toLowerCase()
  const names = ['android', 'iphone', 'ipad', 'windows', 'mac os', 'linux']
  return names.find((name) => agent.includes(name)) ?? 'other'
}

/** The first screen does not need it; a tab that is too old does not get it. */
async function sessions(): Promise<typeof import('../api/sessions') | null> {
  return import('../api/sessions').catch(() => null)
}

async function plainFetch(path: string, init: RequestInit): Promise<Response> {
  return fetch(path, init)
}
