/** The forms of what the server sends; members that this version does not know are ignored. */
import {
  flag,
  json,
  listOf,
  nullable,
  number,
  objectOf,
  oneOf,
  optional,
  pairOf,
  recordOf,
  text,
  type Shaped,
} from '../core/shape'

const dot = pairOf(text, number)
const context = recordOf(pairOf(number, text))

export const rowShape = objectOf({
  id: text,
  rev: number,
  owner: text,
  d: dot,
  dots: recordOf(listOf(dot)),
  vv: context,
  v: recordOf(listOf(json)),
  status: oneOf(
    'draft',
    'submitted',
    'approved',
    'approved+amendment',
    'rejected',
    'approval_conflict',
    'decision_conflict',
  ),
  flags: listOf(text),
  approved: nullable(
    objectOf({
      dg: text,
      v: recordOf(json),
      who: text,
      at: text,
    }),
  ),
  posted: optional(text, null),
})

export const pullShape = objectOf({
  epoch: text,
  cursor: text,
  more: flag,
  rows: listOf(rowShape),
  gone: listOf(objectOf({ id: text, rev: number, why: text })),
  /** Scopes whose rows are no longer to be seen; let go of before the page's rows are taken. */
  purge: optional(listOf(text), []),
  /** On the last page, when sums were asked for. */
  scopes: optional(listOf(objectOf({ s: text, from: text, n: number, sum: text })), []),
  ref: optional(objectOf({ projects_rev: optional(number, null) }), null),
})

const questionShape = objectOf({
  id: text,
  kind: text,
  asked: optional(text, null),
  label: optional(text, null),
  count: optional(number, null),
  oldest: optional(text, null),
  e: optional(text, null),
  a: optional(text, null),
  q: optional(number, null),
})

export const helloShape = objectOf({
  epoch: text,
  now: text,
  actors: listOf(
    objectOf({
      a: text,
      q: number,
      h: optional(text, null),
      match: nullable(flag),
      known: optional(flag, true),
      retired: optional(flag, false),
    }),
  ),
  /** What this person is asked; a kind that this version has no words for is left out when read. */
  questions: optional(listOf(questionShape), []),
  limits: optional(
    objectOf({
      ops: optional(number, null),
      bytes: optional(number, null),
      rows: optional(number, null),
    }),
    null,
  ),
  /** Below it the server only takes what this version wrote, and gives it no rows. */
  schema_pull_min: optional(number, 1),
  retry_after: optional(number, null),
})

const verdictShape = oneOf('applied', 'amendment', 'late', 'held')
const word = optional(text, null)

/** A duplicate carries the answer that was given first. */
export const pushShape = objectOf({
  results: listOf(
    objectOf({
      q: number,
      st: oneOf('applied', 'amendment', 'late', 'held', 'duplicate'),
      code: word,
      field: word,
      note: word,
      result: optional(objectOf({ st: verdictShape, code: word, field: word, note: word }), null),
    }),
  ),
})

export const depositShape = objectOf({ results: listOf(objectOf({ q: number })) })

export const organisationShape = objectOf({
  id: text,
  name: text,
  time_zone: text,
  currency: optional(text, null),
  practice: optional(flag, false),
})

export const personShape = objectOf({
  id: text,
  name: text,
  roles: listOf(text),
})

export const enrolmentShape = objectOf({
  actor: text,
  person: personShape,
  organisation: organisationShape,
})

export const sessionShape = enrolmentShape

export const challengeShape = objectOf({ nonce: text })

export const referenceShape = objectOf({
  rev: number,
  projects: listOf(
    objectOf({
      id: text,
      name: text,
      tasks: optional(listOf(objectOf({ id: text, name: text })), []),
      billable: optional(flag, true),
      closed: optional(flag, false),
    }),
  ),
  people: optional(listOf(objectOf({ id: text, name: text })), []),
})

export const historyShape = objectOf({
  operations: listOf(
    objectOf({
      a: text,
      q: number,
      by: text,
      person: optional(text, null),
      who: optional(text, null),
      label: optional(text, null),
      w: optional(text, null),
      reason: optional(text, null),
      s: optional(recordOf(objectOf({ v: optional(json, null) })), null),
    }),
  ),
})

const deviceMembers = {
  label: text,
  platform: optional(text, ''),
  last_contact: optional(text, null),
  pending: optional(number, null),
  oldest: optional(text, null),
  skew_seconds: optional(number, null),
}

export const devicesShape = objectOf({
  devices: listOf(
    objectOf({
      ...deviceMembers,
      actor: text,
      enrolled: optional(text, null),
      retired: optional(text, null),
      reason: optional(text, null),
      this: optional(flag, false),
    }),
  ),
})

export const branchShape = objectOf({ actor: text })

export const teamSyncShape = objectOf({
  now: text,
  people: listOf(objectOf({ id: text, name: text, devices: listOf(objectOf(deviceMembers)) })),
})

export const pushKeyShape = objectOf({ key: text })

export const postingsShape = objectOf({
  postings: listOf(
    objectOf({
      id: text,
      entry_id: text,
      person: optional(text, null),
      project: optional(text, null),
      work_date: optional(text, null),
      seconds: optional(number, null),
      state: text,
      reason: optional(text, null),
      batch: optional(text, null),
      posted_at: optional(text, null),
    }),
  ),
  /** By the server's states: computed, frozen, held, posted, withdrawn. */
  totals: recordOf(objectOf({ count: number, seconds: number })),
})

export type Pull = Shaped<typeof pullShape>
export type Hello = Shaped<typeof helloShape>
export type WireQuestion = Shaped<typeof questionShape>
export type DevicesAnswer = Shaped<typeof devicesShape>
export type TeamSyncAnswer = Shaped<typeof teamSyncShape>
export type Deposit = Shaped<typeof depositShape>
export type Push = Shaped<typeof pushShape>
export type Enrolment = Shaped<typeof enrolmentShape>
export type History = Shaped<typeof historyShape>
export type PostingsAnswer = Shaped<typeof postingsShape>
