/** The worker script: what happens when no page is open. */
/// <reference lib="webworker" />
declare const self: ServiceWorkerGlobalScope

self.addEventListener('install', () => undefined)
