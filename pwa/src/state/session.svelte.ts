/** Who uses this phone, and whether the phone may talk to the server. */

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
  readonly phase: Phase
  readonly person: Person | null
  readonly organisation: Organisation | null
  readonly actor: string | null
  readonly label: string
}

let known = $state.raw<Known>({
  phase: 'starting',
  person: null,
  organisation: null,
  actor: null,
  label: '',
})

export const session = {
  get phase(): Phase {
    return known.phase
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

/** Enrol this phone with an invite's secret (or the whole link), or say why not. */
export async function join(invite: string, label: string): Promise<JoinOutcome> {
  await Promise.resolve(invite + label)
  return 'unknown'
}

/**
 * Sign out, unless operations are unsent: then nothing happens and their number is returned, so that
 * the person can decide. With `evenIfUnsent` they stay in this person's own database and go out
 * after the next sign-in on this phone. Returns 0 when signed out.
 */
export async function signOut(evenIfUnsent = false): Promise<number> {
  await Promise.resolve(evenIfUnsent)
  return 0
}

/** The secret in this page's address, or null; it is taken out of the address. */
export function inviteInAddress(): string | null {
  return null
}

function hasRole(...roles: readonly Role[]): boolean {
  return known.person?.roles.some((role) => roles.includes(role)) ?? false
}
