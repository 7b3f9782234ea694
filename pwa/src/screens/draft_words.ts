/** Between the form of an entry and what is saved. */
import type { EntryDraft } from '../components/entry_draft'
import type { Break, WorkTime } from '../core/time_entry'
import { clockTime, duration } from '../i18n/formats.svelte'
import { t } from '../i18n/messages.svelte'
import type { Draft } from '../state/time_entries.svelte'

/** Return breaks in words, "11:00 to 11:30, 15 min". */
export function breakWords(breaks: readonly Break[], zone: string): string {
  return breaks
    .map((pause) => {
      if (pause.start === null) return duration(pause.seconds ?? 0)
      return t('duration.range', {
        from: clockTime(pause.start, zone),
        to: pause.end === null ? t('day.now') : clockTime(pause.end, zone),
      })
    })
    .join(t('list.separator'))
}

/** Return what is saved of a form whose time is `time`. */
export function draftToSave(draft: EntryDraft, time: WorkTime, zone: string): Draft {
  const plain = {
    project: draft.project,
    task: draft.task,
    note: draft.note.trim(),
    zone,
    isRunning: draft.running && draft.end === '',
  }
  return time.form === 'length'
    ? {
        ...plain,
        form: 'length',
        start: null,
        end: null,
        breaks: [],
        date: time.date,
        seconds: time.seconds,
      }
    : {
        ...plain,
        form: 'interval',
        start: time.start,
        end: time.end,
        breaks: time.breaks,
        date: null,
        seconds: null,
      }
}
