/** The person's own devices, read online; the list read last stays. */
import type { RetireReason } from '../api/devices'
import type { DevicesAnswer } from '../api/wire'
import { instantOf } from '../core/instant'

export type { RetireReason } from '../api/devices'

export interface DeviceItem {
  readonly actor: string
  readonly label: string
  readonly platform: string
  /** Instants are seconds since 1970; null: unknown or never. */
  readonly enrolledAt: number | null
  readonly lastContactAt: number | null
  /** What it last said it had still to send. */
  readonly pending: number | null
  readonly oldestAt: number | null
  /** How far its clock is ahead. */
  readonly skewSeconds: number | null
  /** Null while it is in use. */
  readonly retiredAt: number | null
  readonly reason: string | null
  /** Whether it is this phone. */
  readonly isThis: boolean
}

export type RetireOutcome = 'retired' | 'offline' | 'refused'

interface Shown {
  readonly list: readonly DeviceItem[]
  readonly readAt: number | null
}

let shown = $state.raw<Shown>({ list: [], readAt: null })

export const devices = {
  /** This phone first, then those in use, then the retired; empty before the first reading. */
  get list(): readonly DeviceItem[] {
    return shown.list
  },
  /** When the server last told; null when not since the app was opened. */
  get readAt(): number | null {
    return shown.readAt
  },
}

/** Read the list; returns whether the server answered. */
export async function readDevices(): Promise<boolean> {
  const { listDevices } = await import('../api/devices')
  const read = await listDevices(plainFetch)
  if (!read.ok) return false
  const list = read.value.devices.map(itemOf).sort((one, other) => rank(one) - rank(other))
  shown = { list, readAt: Math.floor(Date.now() / 1000) }
  return true
}

/** Retire one of the person's devices: it can send no more, and what it had not sent is asked for. */
export async function retireDevice(actor: string, reason: RetireReason): Promise<RetireOutcome> {
  const { retire } = await import('../api/devices')
  const done = await retire(plainFetch, actor, reason)
  if (!done.ok) return done.refusal.kind === 'unreachable' ? 'offline' : 'refused'
  await readDevices()
  return 'retired'
}

function itemOf(one: DevicesAnswer['devices'][number]): DeviceItem {
  return {
    actor: one.actor,
    label: one.label,
    platform: one.platform,
    enrolledAt: secondsOf(one.enrolled),
    lastContactAt: secondsOf(one.last_contact),
    pending: one.pending,
    oldestAt: secondsOf(one.oldest),
    skewSeconds: one.skew_seconds,
    retiredAt: secondsOf(one.retired),
    reason: one.reason,
    isThis: one.this,
  }
}

function rank({ isThis, retiredAt }: DeviceItem): number {
  if (isThis) return 0
  return retiredAt === null ? 1 : 2
}

function secondsOf(instant: string | null): number | null {
  return instant === null ? null : instantOf(instant)
}

async function plainFetch(path: string, init: RequestInit): Promise<Response> {
  return fetch(path, init)
}
