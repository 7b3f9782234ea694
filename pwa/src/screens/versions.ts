/** The versions of a conflict in words, for the card that shows them. */
import type { Told } from '../components/told'
import type { Conflict, EntryView, Version } from '../core/entry_view'
import { NOTE_CHARACTERS_MAX, workedSecondsAt, type WorkTime } from '../core/time_entry'
import { clockTime, dayAndTime, duration, entryTimes, shortDate } from '../i18n/formats.svelte'
import type { CountKey, TextKey } from '../i18n/catalogue'
import { counted, t } from '../i18n/messages.svelte'
import { today } from '../state/time_entries.svelte'

/** A longer note stands above its button, which then names who wrote it. */
const BUTTON_CHARACTERS_MAX = 48

/** The answer that keeps all versions. */
interface Both {
  readonly word: string
  /** What it means; null when the word says it. */
  readonly text: string | null
}

/** Return whose hand a version is from. */
export function authorWords(version: Version): string {
  switch (version.author.kind) {
    case 'this_phone':
      return t('needs.version.you')
    case 'own_device':
      return version.author.label === null
        ? t('needs.version.own_unnamed')
        : t('needs.version.own', { device: version.author.label })
    case 'person':
      return version.author.name
    case 'unknown':
      return t('needs.version.unknown')
  }
}

function timeWords(time: WorkTime, zone: string): string {
  if (time.form === 'length') return entryTimes(time, zone)
  const end = time.end ?? time.start
  const seconds = end - time.start - workedSecondsAt(time, end)
  const pause =
    seconds <= 0
      ? t('needs.version.no_break')
      : t('needs.version.break', { length: duration(seconds) })
  return [entryTimes(time, zone), pause].join(t('list.separator'))
}

/** Return the part of a time in which it differs from the others: its end, its start, its length. */
function timeAnswer(
  time: WorkTime,
  others: readonly WorkTime[],
  zone: string,
  seconds: number,
): string {
  if (time.form === 'interval' && time.end !== null) {
    const { start, end } = time
    const isSame = (part: 'start' | 'end'): boolean =>
      others.every((other) => other.form === 'interval' && other[part] === time[part])
    const sameBreaks = others.every(
      (other) =>
        other.form === 'interval' && JSON.stringify(other.breaks) === JSON.stringify(time.breaks),
    )
    if (sameBreaks && isSame('start') && !isSame('end')) return clockTime(end, zone)
    if (sameBreaks && isSame('end') && !isSame('start')) return clockTime(start, zone)
  }
  return duration(seconds)
}

/** Return a conflict's versions in words, each with the answer that stands on its button. */
export function toldVersions(conflict: Conflict, zone: string): readonly Told[] {
  return distinguished(tellEach(conflict, zone))
}

/** Two buttons never say the same: where the short answers do, the whole value stands there. */
function distinguished(told: readonly Told[]): readonly Told[] {
  const isTwice = ({ answer }: Told, all: readonly Told[]): boolean =>
    all.filter((other) => other.answer === answer).length > 1
  const whole = told.map((one) => (isTwice(one, told) ? { ...one, answer: one.value } : one))
  return whole.map((one) =>
    isTwice(one, whole) ? { ...one, answer: [one.who, one.answer].join(t('list.separator')) } : one,
  )
}

function tellEach(conflict: Conflict, zone: string): readonly Told[] {
  return conflict.versions.map((version) => {
    const plain = {
      who: authorWords(version),
      // When it was written is the reader's time; what was written is the work's.
      when: version.writtenAt === null ? null : dayAndTime(version.writtenAt, today.zone),
      workedSeconds: null,
      time: null,
    }
    if (conflict.group === 'time' && version.time !== null) {
      const others = conflict.versions.flatMap((other) =>
        other === version || other.time === null ? [] : [other.time],
      )
      const seconds = version.workedSeconds ?? 0
      return {
        ...plain,
        value: timeWords(version.time, zone),
        answer: timeAnswer(version.time, others, zone, seconds),
        workedSeconds: seconds,
        time: version.time,
      }
    }
    const value = plainValue(conflict, version)
    const isShort = value.length <= BUTTON_CHARACTERS_MAX
    return { ...plain, value, answer: isShort ? value : plain.who }
  })
}

function plainValue(conflict: Conflict, version: Version): string {
  if (conflict.group === 'alloc') return version.project?.name ?? t('today.no_project')
  if (conflict.group === 'note') {
    return version.note === null || version.note === '' ? t('needs.version.no_note') : version.note
  }
  return version.deleted === true ? t('needs.version.deleted') : t('needs.version.kept')
}

const ofTwo = {
  time: 'needs.conflict.time',
  alloc: 'needs.conflict.alloc',
  note: 'needs.conflict.note',
  life: 'needs.conflict.delete',
} as const satisfies Record<Conflict['group'], TextKey>

const ofMany = {
  time: 'needs.conflict.many.time',
  alloc: 'needs.conflict.many.alloc',
  note: 'needs.conflict.many.note',
} as const satisfies Partial<Record<Conflict['group'], CountKey>>

/** Return what a conflict is about, "Tue, 3 Mar, Bridge Street: two versions of the same time". */
export function questionWords(entry: EntryView, { group, versions }: Conflict): string {
  const when = [shortDate(entry.workDate), entry.project?.name ?? null]
    .filter((part) => part !== null)
    .join(t('list.separator'))
  return versions.length > 2 && group !== 'life'
    ? counted(ofMany[group], versions.length, { when })
    : t(ofTwo[group], { when })
}

/** Return the answer that keeps all versions, where there is one: two times, or all the words. */
export function bothWords({ group, versions }: Conflict): Both | null {
  if (group === 'time') {
    const hours = duration(versions.reduce((sum, one) => sum + (one.workedSeconds ?? 0), 0))
    return {
      word: versions.length === 2 ? t('needs.both') : t('needs.all_happened'),
      text: counted('needs.both.text', versions.length, { hours }),
    }
  }
  return group === 'note' && allNotes(versions) !== null
    ? { word: t('needs.both.notes'), text: null }
    : null
}

/** Return all notes below each other, or null when that is more than a note may hold. */
export function allNotes(versions: readonly Version[]): string | null {
  const text = versions
    .map(({ note }) => note?.trim() ?? '')
    .filter((note) => note !== '')
    .join('\n')
  return Array.from(text).length > NOTE_CHARACTERS_MAX ? null : text
}
