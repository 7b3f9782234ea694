/** Why nothing goes out or nothing comes in, in words, and what to do about it. */
import type { IconName } from '../components/icon_names'
import { counted, t } from '../i18n/messages.svelte'
import type { Exchange } from '../state/connection.svelte'

export interface Problem {
  readonly icon: IconName
  readonly tone: 'quiet' | 'asks'
  readonly title: string
  readonly text: string
  /** The button below it; null when the phone needs nobody. */
  readonly step: 'sign_in' | 'join_again' | 'update' | null
  /** Whether it stays until somebody does something: then it is also said on Today. */
  readonly stays: boolean
}

/** Return what is wrong after an exchange that ended so, or null when nothing is. */
export function problemOf(
  exchange: Exchange,
  detail: string | null,
  waiting: number,
): Problem | null {
  switch (exchange) {
    case 'never':
    case 'ok':
      return null
    case 'unreachable':
      return {
        icon: 'offline',
        tone: 'quiet',
        title: t('problem.unreachable.title'),
        text: t('problem.unreachable.text'),
        step: null,
        stays: false,
      }
    case 'busy':
      return {
        icon: 'clock',
        tone: 'quiet',
        title: t('problem.busy.title'),
        text: t('problem.busy.text'),
        step: null,
        stays: false,
      }
    case 'sign_in':
      return {
        icon: 'needs-you',
        tone: 'asks',
        title: t('outbox.sign_in.title'),
        text: counted('outbox.sign_in.text', waiting),
        step: 'sign_in',
        stays: false,
      }
    case 'update_required':
      return {
        icon: 'again',
        tone: 'asks',
        title: t('outbox.update.title'),
        text: t('outbox.update.text'),
        step: 'update',
        stays: true,
      }
    case 'needs_office':
      return detail === 'device_retired' ? retired() : forTheOffice()
    case 'failed':
      return {
        icon: 'warning',
        tone: 'asks',
        title: t('problem.failed.title'),
        text: t('problem.failed.text'),
        step: null,
        stays: false,
      }
  }
}

function retired(): Problem {
  return {
    icon: 'on-this-phone',
    tone: 'asks',
    title: t('problem.retired.title'),
    text: t('problem.retired.text'),
    step: 'join_again',
    stays: true,
  }
}

function forTheOffice(): Problem {
  return {
    icon: 'warning',
    tone: 'asks',
    title: t('outbox.office.title'),
    text: t('outbox.office.text'),
    step: null,
    stays: true,
  }
}
