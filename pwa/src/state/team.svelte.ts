/**
 * Whose phones have not told everything yet, read online: what an approver wants to know before
 * "Approve all" and the office before a period is closed.
 */
import type { TeamSyncAnswer } from '../api/wire'
import { instantOf } from '../core/instant'

/** A phone that was not heard of for this long may hold something. */
const SILENT_SECONDS = 24 * 3600

export interface TeamDevice {
  readonly label: string
  readonly platform: string
  /** Instants are seconds since 1970; null: unknown or never. */
  readonly lastContactAt: number | null
  readonly pending: number | null
  readonly oldestAt: number | null
  readonly skewSeconds: number | null
  /** It said that it had something to send, or was not heard of for a day. */
  readonly isBehind: boolean
}

export interface TeamMember {
  readonly id: string
  readonly name: string
  readonly devices: readonly TeamDevice[]
  readonly isBehind: boolean
}

interface Shown {
  readonly people: readonly TeamMember[]
  readonly readAt: number | null
}

let shown = $state.raw<Shown>({ people: [], readAt: null })

export const team = {
  /** The people whose entries one sees, those behind first; empty before the first reading. */
  get people(): readonly TeamMember[] {
    return shown.people
  },
  get phoneCount(): number {
    return shown.people.reduce((sum, { devices }) => sum + devices.length, 0)
  },
  /** "3 of 12 phones not synced": this is the 3. */
  get behindCount(): number {
    return behind().length
  },
  /** Since when the phone that is longest behind was not heard of; null when none is, or never was. */
  get behindSince(): number | null {
    const heard = behind().flatMap(({ lastContactAt }) => lastContactAt ?? [])
    return heard.length === 0 ? null : Math.min(...heard)
  },
  /** When the server last told; null when not since the app was opened. */
  get readAt(): number | null {
    return shown.readAt
  },
}

/** Read anew; returns whether the server answered. */
export async function readTeamSync(): Promise<boolean> {
  const { teamSync } = await import('../api/devices')
  const read = await teamSync(plainFetch)
  if (!read.ok) return false
  const { now, people } = read.value
  const at = instantOf(now) ?? Math.floor(Date.now() / 1000)
  shown = {
    people: people
      .map((person) => memberOf(person, at))
      .sort((one, other) => Number(other.isBehind) - Number(one.isBehind)),
    readAt: at,
  }
  return true
}

function behind(): readonly TeamDevice[] {
  return shown.people.flatMap(({ devices }) => devices).filter(({ isBehind }) => isBehind)
}

function memberOf(
  { id, name, devices }: TeamSyncAnswer['people'][number],
  now: number,
): TeamMember {
  const read = devices.map((device): TeamDevice => {
    const lastContactAt = secondsOf(device.last_contact)
    const isSilent = lastContactAt === null || now - lastContactAt > SILENT_SECONDS
    return {
      label: device.label,
      platform: device.platform,
      lastContactAt,
      pending: device.pending,
      oldestAt: secondsOf(device.oldest),
      skewSeconds: device.skew_seconds,
      isBehind: isSilent || (device.pending ?? 0) > 0,
    }
  })
  return { id, name, devices: read, isBehind: read.some(({ isBehind }) => isBehind) }
}

function secondsOf(instant: string | null): number | null {
  return instant === null ? null : instantOf(instant)
}

async function plainFetch(path: string, init: RequestInit): Promise<Response> {
  return fetch(path, init)
}
