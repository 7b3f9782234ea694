/** The six states an entry can be in, everywhere the same words, icons and colours. */
import type { RowState } from '../core/entry_view'
import type { TextKey } from '../i18n/catalogue'
import type { IconName } from './icon_names'

interface Look {
  readonly word: TextKey
  readonly icon: IconName
}

export const rowStates: Readonly<Record<RowState, Look>> = {
  on_this_phone: { word: 'state.on_this_phone', icon: 'on-this-phone' },
  sent: { word: 'state.sent', icon: 'sent' },
  approved: { word: 'state.approved', icon: 'approved' },
  sent_back: { word: 'state.sent_back', icon: 'sent-back' },
  needs_you: { word: 'state.needs_you', icon: 'needs-you' },
  booked: { word: 'state.booked', icon: 'booked' },
}
