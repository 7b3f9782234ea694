/** Who uses this phone, and whether the phone may talk to the server. */
import { closeSession, whoAmI } from '../api/sessions'
import { announce } from '../store/announcements'
import { PhoneDatabase, StorageFailed } from '../store/database'
import { deviceOf, saveDevice } from '../store/device'
import type { Device } from '../store/meta'
import { waitingCount } from '../store/operations'
import { currentDatabase, setCurrentDatabase } from '../store/registry'
import { enrolled, secretOf } from '../sync/enrolment'
import { persist, wakeWorkerLater } from './app.svelte'
import { connection, exchangeSoon, startExchanging, stopExchanging } from './connection.svelte'
import { closeLocal, follow, followOthers, localOrNull, openLocal } from './local.svelte'

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

interface Known {
  readonly phase: 'starting' | 'join' | 'ready' | 'storage_failed'
  readonly person: Person | null
  readonly organisation: Organisation | null
  readonly actor: string | null
  readonly label: string
}

const NOBODY: Known = { phase: 'join', person: null, organisation: null, actor: null, label: '' }
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
    const done = await enrolled(plainFetch, invite, label.trim() || DEFAULT_LABEL, platform())
    if (!done.ok) return done.refusal
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
  const unsent = await waitingCount(opened.database)
  if (unsent > 0 && !evenIfUnsent) return unsent
  stopExchanging()
  // Without a connection the cookie stays until it ends; the phone forgets the person all the same.
  await closeSession(plainFetch)
  await setCurrentDatabase(null)
  closeLocal()
  await opened.database.close()
  known = NOBODY
  announce('session')
  return 0
}

/** Take the secret out of this page's address and return it; null when there is none. */
export function inviteInAddress(): string | null {
  const secret = secretOf(location.hash)
  if (secret === null || location.hash === '') return null
  history.replaceState(null, '', location.pathname)
  return secret
}

const DEFAULT_LABEL = 'Phone'

async function openCurrent(): Promise<void> {
  try {
    const name = await currentDatabase()
    if (name === null) known = NOBODY
    else if (localOrNull()?.database.name !== name) await open(new PhoneDatabase(name))
  } catch (error) {
    if (!(error instanceof DOMException || error instanceof StorageFailed)) throw error
    known = { ...NOBODY, phase: 'storage_failed' }
  }
}

async function open(database: PhoneDatabase): Promise<void> {
  const device = await deviceOf(database)
  if (device === null) {
    known = NOBODY
    return
  }
  await openLocal({ database, device }, afterWrite)
  known = knownOf(device)
  startExchanging()
  void refreshIdentity(database, device)
}

/** Ask once a start whether name, roles or organisation changed; without an answer nothing does. */
async function refreshIdentity(database: PhoneDatabase, device: Device): Promise<void> {
  const asked = await whoAmI(plainFetch)
  if (!asked.ok || asked.value.actor !== device.actor) return
  const { person, organisation } = asked.value
  const next: Device = { ...device, person, organisation }
  await saveDevice(database, next)
  if (localOrNull()?.database !== database) return
  known = knownOf(next)
  await openLocal({ database, device: next }, afterWrite)
}

// An exchange may have given this phone a fresh name.
follow(({ device }) => {
  if (known.actor !== null && known.actor !== device.actor) known = knownOf(device)
  return Promise.resolve()
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

async function plainFetch(path: string, init: RequestInit): Promise<Response> {
  return fetch(path, init)
}
