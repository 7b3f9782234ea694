/** Reads what changed on the server, page by page; each page and its cursor are one write. */
import { history, pull, reference } from '../api/sync'
import type { History, Pull } from '../api/wire'
import { disagrees } from '../core/feed_check'
import { anchorOf } from '../core/hash_chain'
import { instantOf } from '../core/instant'
import { overlaid, type EntryRecord, type Provenance } from '../core/entry_record'
import { askingEntries, waitingEntries } from '../store/entries'
import { restartFeed, rowsWithin, writePage, writeProvenance } from '../store/feed'
import { operationAt } from '../store/operations'
import { CHECK, FEED, fetchFact, noteEvent, REFERENCE, saveFact, type Feed } from '../store/meta'
import { stop, type Phone, type Stop } from './phone'
import type { Chain } from './push'
import { asStop, inSession } from './session_renewal'

const ROWS_MAX = 500
const PAGES_MAX = 2000
const HISTORIES_MAX = 20
const CHECK_SECONDS = 24 * 3600

/**
 * Pull until the server has no more; returns why it stopped, or null. `forked`: a row has operations
 * under a name of this phone that it did not write.
 */
export async function pullAll(
  phone: Phone,
  self: string,
  chains: readonly Chain[],
): Promise<Stop | 'forked' | null> {
  let feed = await fetchFact(phone.database, FEED)
  let isToCheck = await isCheckDue(phone)
  let hasRestarted = false
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const { cursor } = feed
    const pulled = await inSession(phone, () => pull(phone.fetcher, cursor, ROWS_MAX, isToCheck))
    if (!pulled.ok) {
      const { refusal } = pulled
      if (hasRestarted || !('code' in refusal) || !isCursorGone(refusal.code))
        return asStop(refusal)
      hasRestarted = true
      feed = await restartFeed(phone.database)
      continue
    }
    const isOtherHistory = feed.epoch !== null && feed.epoch !== pulled.value.epoch
    if (isOtherHistory && !hasRestarted) {
      hasRestarted = true
      feed = await restartFeed(phone.database)
      continue
    }
    if (await hasForeignDots(phone, pulled.value, chains)) return 'forked'
    feed = await written(phone, self, pulled.value)
    if (pulled.value.more) continue
    if (isToCheck && (await isToRepair(phone, pulled.value))) {
      isToCheck = false
      feed = await restartFeed(phone.database)
      continue
    }
    return afterwards(phone, feed, pulled.value)
  }
  return stop('failed', 'too_many_pages')
}

async function isCheckDue({ database, now }: Phone): Promise<boolean> {
  const last = await fetchFact(database, CHECK)
  const age = now() / 1000 - (last?.at ?? 0)
  // A clock that was set back must not put the check off for years.
  return last === null || age >= CHECK_SECONDS || age < 0
}

/** Compare what is here with the server's sums; where they differ, the feed is to be read anew. */
async function isToRepair(phone: Phone, { scopes }: Pull): Promise<boolean> {
  await saveFact(phone.database, CHECK, { at: seconds(phone) })
  const sums = scopes.flatMap(({ s, from, n, sum }) => {
    const windowStart = instantOf(from)
    return windowStart === null ? [] : [{ scope: s, windowStart, count: n, sum }]
  })
  if (sums.length === 0) return false
  const isWrong = disagrees(await rowsWithin(phone.database, sums), sums)
  if (isWrong) await noteEvent(phone.database, 'repair', phone.now())
  return isWrong
}

async function written(phone: Phone, self: string, page: Pull): Promise<Feed> {
  const feed = await writePage(phone.database, self, {
    rows: page.rows,
    goneIds: page.gone.map(({ id }) => id),
    purge: page.purge,
    epoch: page.epoch,
    cursor: page.cursor,
    isLast: !page.more,
  })
  if (page.rows.length + page.gone.length + page.purge.length > 0) phone.onChange?.()
  return feed
}

/** Read what rows only point to: names of projects and people, and authors where versions differ. */
async function afterwards(phone: Phone, feed: Feed, last: Pull): Promise<Stop | null> {
  const revision = last.ref?.projects_rev ?? null
  if (revision === null || revision !== feed.referenceRevision) {
    const stopped = await readReference(phone, feed)
    if (stopped !== null) return stopped
  }
  return readHistories(phone)
}

async function readReference(phone: Phone, feed: Feed): Promise<Stop | null> {
  const read = await inSession(phone, () => reference(phone.fetcher))
  if (!read.ok) return asStop(read.refusal)
  const { rev, projects, people } = read.value
  await saveFact(phone.database, REFERENCE, { projects, people, readAt: seconds(phone) })
  await saveFact(phone.database, FEED, { ...feed, referenceRevision: rev })
  phone.onChange?.()
  return null
}

/**
 * Read who wrote what in entries that raise a question, so that the question can be asked in words
 * when there is no connection. What cannot be read now is read next time; it never stops the rest.
 */
async function readHistories(phone: Phone): Promise<null> {
  const asking = await askingEntries(phone.database)
  const waiting = await waitingEntries(phone.database)
  const unread = [...asking, ...waiting.filter(isDisputed)].filter(
    ({ row, provenanceRev }) => row !== null && row.rev !== provenanceRev,
  )
  for (const { id, row } of unread.slice(0, HISTORIES_MAX)) {
    const read = await inSession(phone, () => history(phone.fetcher, id))
    if (!read.ok) break
    await writeProvenance(phone.database, id, provenanceOf(read.value), row?.rev ?? 0)
    phone.onChange?.()
  }
  return null
}

function provenanceOf({ operations }: History): readonly Provenance[] {
  return operations.map(({ a, q, by, person, who, label, w, reason, s }) => {
    const inGroup = s?.['reason']?.v
    return {
      dot: [a, q],
      person,
      name: who,
      label,
      writtenAt: w,
      reason: reason ?? (typeof inGroup === 'string' ? inGroup : null),
      kind: by,
    }
  })
}

function isDisputed(record: EntryRecord): boolean {
  const { conflicts, isDisputedDeletion } = overlaid(record)
  return conflicts.length > 0 || isDisputedDeletion
}

/** Whether rows know of operations under a name of this phone that are none of its own. */
async function hasForeignDots(
  { database }: Phone,
  { rows }: Pull,
  chains: readonly Chain[],
): Promise<boolean> {
  for (const { actor, head, isCurrent } of chains) {
    const places = rows.flatMap(({ vv }) => (vv[actor] === undefined ? [] : [vv[actor]]))
    const [newest] = [...places].sort(([one], [other]) => other - one)
    if (newest === undefined) continue
    const [number, anchor] = newest
    // Behind the end of a former actor the other copy goes on, and may.
    if (number > head.sequenceNumber && isCurrent) return true
    const own = number > head.sequenceNumber ? null : await operationAt(database, actor, number)
    if (own !== null && anchorOf(own.operation.h) !== anchor) return true
  }
  return false
}

function isCursorGone(code: string): boolean {
  return code === 'cursor_expired' || code === 'cursor_invalid'
}

function seconds(phone: Phone): number {
  return Math.floor(phone.now() / 1000)
}
