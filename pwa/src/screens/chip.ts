/** What the chip on every screen says. */
import type { TextKey } from '../i18n/catalogue'
import { clockTime, dayAndTime } from '../i18n/formats.svelte'
import { counted, t } from '../i18n/messages.svelte'
import { dayOf } from '../core/instant'
import type { Chip } from '../state/connection.svelte'
import { today } from '../state/time_entries.svelte'

/** Return a moment as briefly as it stays clear: the time alone when it was today. */
export function moment(instant: number): string {
  return dayOf(instant, today.zone) === today.date
    ? clockTime(instant, today.zone)
    : dayAndTime(instant, today.zone)
}

/** Return the words of the chip. */
export function chipText(chip: Chip): string {
  switch (chip.kind) {
    case 'all_sent':
      return chip.at === null ? t('chip.never') : t('chip.all_sent', { time: moment(chip.at) })
    case 'on_phone':
      return counted('chip.on_phone', chip.count)
    case 'needs_you':
      return counted('chip.needs_you', chip.count)
    case 'sending':
      return t('chip.sending', { done: chip.done, total: chip.total })
    case 'sign_in':
      return counted('chip.sign_in', chip.count)
    case 'needs_office':
      return t('chip.office')
  }
}

/** Return how loud the chip is. */
export function chipTone(chip: Chip): 'sent' | 'waiting' | 'asks' {
  switch (chip.kind) {
    case 'all_sent':
      return chip.at === null ? 'waiting' : 'sent'
    case 'on_phone':
    case 'sending':
      return 'waiting'
    case 'needs_you':
    case 'sign_in':
    case 'needs_office':
      return 'asks'
  }
}

const held: Readonly<Record<string, TextKey>> = {
  project_closed: 'outbox.held.project_closed',
  unknown_ref: 'outbox.held.unknown_ref',
  value_invalid: 'outbox.held.value_invalid',
  not_authorised: 'outbox.held.not_authorised',
  future_time: 'outbox.held.future_time',
  too_old_erased: 'outbox.held.too_old_erased',
  quota: 'outbox.held.quota',
  causal_gap: 'outbox.held.causal_gap',
}

/** Return why the office could not count something, in words. */
export function heldWords(code: string | null): string {
  return t(held[code ?? ''] ?? 'outbox.held.other')
}
