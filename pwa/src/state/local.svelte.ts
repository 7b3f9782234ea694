/**
 * The open database of this phone's person, and how screens follow it.
 *
 * Each subject registers how it reads itself anew; after a write here, in another tab or in the
 * worker, all of them do, one round at a time.
 */
import type { Act } from '../core/capture'
import type { EntryRecord } from '../core/entry_record'
import { viewOf, type Reader } from '../core/entry_reading'
import type { EntryView } from '../core/entry_view'
import { uuid7 } from '../core/ids'
import { announce, listen } from '../store/announcements'
import { StorageFailed, StorageLost, type PhoneDatabase } from '../store/database'
import { deviceOf, ownLasts } from '../store/device'
import { writeOperations } from '../store/entries'
import {
  EXCHANGE,
  fetchFact,
  noteEvent,
  RECENT_PROJECTS,
  REFERENCE,
  saveFact,
  type Device,
  type Reference,
} from '../store/meta'
import { noted } from './storage.svelte'

const SALT_BYTES = 16
const RECENT_MAX = 6

/** An opened database with the device that it belongs to. */
export interface Local {
  readonly database: PhoneDatabase
  readonly device: Device
}

type Refresh = (local: Local, reader: Reader) => Promise<void>

let local: Local | null = null
let refreshing: Promise<void> | null = null
let isRefreshWanted = false
let onWritten: () => void = () => undefined
let onLost: () => Promise<void> = () => Promise.resolve()
const refreshes: Refresh[] = []

/** Call `refresh` whenever the database changed. */
export function follow(refresh: Refresh): void {
  refreshes.push(refresh)
}

/**
 * Make `opened` the database that screens follow; `written` is called after each own write, `lost`
 * when the database turns out to be empty.
 */
export async function openLocal(
  opened: Local,
  written: () => void,
  lost: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  local = opened
  onWritten = written
  onLost = lost
  await refreshAll()
}

export function closeLocal(): void {
  local = null
}

/** Return the open database; acts need one. */
export function openedLocal(): Local {
  if (local === null) throw new Error('nobody is enrolled on this phone')
  return local
}

export function localOrNull(): Local | null {
  return local
}

/** Follow what other tabs and the worker write. */
export function followOthers(onSession: () => void): void {
  listen((what) => {
    if (what === 'session') onSession()
    else void refreshAll()
  })
}

/** Read everything anew; calls during a round share the one after it. */
export function refreshAll(): Promise<void> {
  if (refreshing !== null) {
    isRefreshWanted = true
    return refreshing
  }
  refreshing = rounds().finally(() => {
    refreshing = null
  })
  return refreshing
}

async function rounds(): Promise<void> {
  do {
    isRefreshWanted = false
    const opened = await sameWithNewName()
    if (opened === null) return
    const reader = await readerOf(opened)
    await Promise.all(refreshes.map((refresh) => refresh(opened, reader)))
  } while (wantsAnother())
}

/** An exchange may have given this phone a fresh name, and the browser may have erased it. */
async function sameWithNewName(): Promise<Local | null> {
  const opened = local
  const device = opened === null ? null : await deviceOf(opened.database)
  if (opened === null || local?.database !== opened.database) return local
  if (device === null) {
    await onLost()
    return null
  }
  if (device.actor !== opened.device.actor) local = { ...opened, device }
  return local
}

/** A function, because the compiler cannot see that the flag changes while a round waits. */
function wantsAnother(): boolean {
  return isRefreshWanted
}

/** Write acts in one transaction; resolves when they are on the disk and on the screens. */
export async function save(acts: readonly (Act | null)[]): Promise<void> {
  const wanted = acts.filter((act) => act !== null)
  if (wanted.length === 0) return
  const { database, device } = openedLocal()
  const salt = (): Uint8Array => crypto.getRandomValues(new Uint8Array(SALT_BYTES))
  try {
    await noted(() => writeOperations(database, device.person.id, wanted, salt, Date.now()))
  } catch (error) {
    if (error instanceof StorageLost) await onLost()
    else if (error instanceof StorageFailed) {
      // Diagnostics only; where nothing can be saved, this cannot either.
      await noteEvent(database, 'storage_fault', Date.now()).catch(() => undefined)
    }
    throw error
  }
  announce('changed')
  await refreshAll()
  onWritten()
}

/** Return the present moment and a maker of ids, taken once for an act. */
export function stamp(): { readonly now: number; readonly newId: () => string } {
  return {
    now: Math.floor(Date.now() / 1000),
    newId: () => uuid7(Date.now(), crypto.getRandomValues(new Uint8Array(10))),
  }
}

/** Return the IANA zone of this phone. */
export function phoneZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone
}

/** Return whether time on a project is billable; what the phone does not know of is. */
export async function isBillable(project: string | null): Promise<boolean> {
  if (project === null) return true
  const { projects } = await fetchFact(openedLocal().database, REFERENCE)
  return projects.find(({ id }) => id === project)?.billable ?? true
}

/** Put a project at the front of the ones used last. */
export async function rememberProject(project: string | null): Promise<void> {
  if (project === null) return
  const { database } = openedLocal()
  const before = await fetchFact(database, RECENT_PROJECTS)
  if (before[0] === project) return
  const others = before.filter((id) => id !== project)
  await saveFact(database, RECENT_PROJECTS, [project, ...others].slice(0, RECENT_MAX))
}

/** Return the views of records, those that have no time to show left out. */
export function viewsOf(records: readonly EntryRecord[], reader: Reader): readonly EntryView[] {
  return records.map((record) => viewOf(record, reader)).filter((view) => view !== null)
}

async function readerOf({ database, device }: Local): Promise<Reader> {
  const reference = await fetchFact(database, REFERENCE)
  const { skewSeconds } = await fetchFact(database, EXCHANGE)
  return {
    self: device.person.id,
    ownLasts: await ownLasts(database),
    now: Math.floor(Date.now() / 1000),
    skewSeconds,
    ...namesIn(reference, device),
  }
}

function namesIn(
  { projects, people }: Reference,
  { person }: Device,
): Pick<Reader, 'personName' | 'projectName' | 'taskName'> {
  const personNames = new Map(people.map(({ id, name }) => [id, name]))
  const projectNames = new Map(projects.map(({ id, name }) => [id, name]))
  const taskNames = new Map(
    projects.flatMap(({ tasks }) => tasks.map(({ id, name }) => [id, name])),
  )
  return {
    personName: (id) => (id === person.id ? person.name : (personNames.get(id) ?? null)),
    projectName: (id) => projectNames.get(id) ?? null,
    taskName: (id) => taskNames.get(id) ?? null,
  }
}
