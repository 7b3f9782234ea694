/** Answers that only the server can take: said when they are there, and why when they are not. */
import { t } from '../i18n/messages.svelte'
import type { AnswerOutcome } from '../state/questions.svelte'
import { announce } from './announcement.svelte'

/** Give an answer; returns why it did not arrive, in words, or null when it did. */
export async function told(give: () => Promise<AnswerOutcome>): Promise<string | null> {
  switch (await give()) {
    case 'answered':
      announce(t('needs.told'))
      return null
    case 'offline':
      return t('needs.told.offline')
    case 'refused':
      return t('error.text')
  }
}
