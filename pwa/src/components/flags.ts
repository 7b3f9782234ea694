/** What is odd about an entry, in words. */
import type { ExceptionReason } from '../core/entry_view'
import type { TextKey } from '../i18n/catalogue'
import { t } from '../i18n/messages.svelte'

const words: Readonly<Record<ExceptionReason, TextKey>> = {
  'conflict:time': 'entry.flag.conflict',
  'conflict:alloc': 'entry.flag.conflict',
  'conflict:note': 'entry.flag.conflict',
  'conflict:life': 'entry.flag.conflict',
  delete_vs_edit: 'entry.flag.delete_vs_edit',
  overlap: 'entry.flag.overlap',
  double_stop: 'entry.flag.double_stop',
  long: 'entry.flag.long',
  clock_check: 'entry.flag.clock_check',
  clock_skew: 'entry.flag.clock_check',
  forced: 'entry.flag.forced',
  future: 'entry.flag.future',
  open_timer: 'entry.flag.open_timer',
  no_project: 'entry.flag.no_project',
  over_12_hours: 'entry.flag.over_12',
  changed_after_approval: 'entry.flag.amended',
  disputed: 'entry.flag.disputed',
}

/** Return reasons in words, each once, in the language chosen now. */
export function flagWords(reasons: readonly ExceptionReason[]): readonly string[] {
  return [...new Set(reasons.map((reason) => words[reason]))].map((key) => t(key))
}
