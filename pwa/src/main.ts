/** Starts the app: shows the first screen from the local database, then talks to the server. */
import { mount } from 'svelte'
import App from './App.svelte'
import { startClock } from './state/clock.svelte'
import { followLinks } from './state/route.svelte'

startClock()
followLinks()
const target = document.getElementById('app')
if (target === null) throw new Error('index.html lacks #app')
mount(App, { target })
