/** Notifications: whether this phone gets them, and the switch. */

export type NotificationState =
  | 'unknown'
  | 'on'
  | 'off'
  /** Wanted, but the push service did not answer yet; tried again at the next start. */
  | 'pending'
  /** Refused in the phone's settings. */
  | 'denied'
  | 'unsupported'
  /** An iPhone shows them only from the home screen. */
  | 'install_first'

let state = $state<NotificationState>('unknown')

export const notifications = {
  get state(): NotificationState {
    return state
  },
}

/** Ask for permission and subscribe; call it from a tap. */
export async function enable(): Promise<void> {
  await Promise.resolve()
}

export async function disable(): Promise<void> {
  await Promise.resolve()
}
