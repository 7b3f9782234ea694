/** Starts the app: the first screen comes from the local database, then the phone talks to the server. */
import { mount } from 'svelte'
import App from './App.svelte'
import { startApp } from './state/app.svelte'
import { startClock } from './state/clock.svelte'
import './state/approvals.svelte'
import './state/conflicts.svelte'
import './state/outbox.svelte'
import './state/reference.svelte'
import './state/time_entries.svelte'
import { startNotifications } from './state/notifications.svelte'
import { startSession } from './state/session.svelte'

const target = document.getElementById('app')
if (target === null) throw new Error('index.html lacks #app')
startClock()
mount(App, { target })
void start()

/** Not awaited here: a file that is loaded later waits until this one has been run to its end. */
async function start(): Promise<void> {
  await startSession()
  await startApp()
  await startNotifications()
}
