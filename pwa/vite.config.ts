import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'
import { fileOf } from './vite/first_screen.ts'
import { serviceWorker } from './vite/service_worker_plugin.ts'

const BACKEND = 'http://localhost:8000'

export default defineConfig({
  plugins: [svelte(), serviceWorker()],
  build: {
    target: 'es2022',
    modulePreload: { polyfill: false },
    // An image in the script would break the budget, and `img-src` allows files anyway.
    assetsInlineLimit: 0,
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: fileOf }] } } },
  },
  server: {
    proxy: {
      '/v1': BACKEND,
      '/health': BACKEND,
    },
  },
  test: {
    environment: 'node',
    // A slow machine is no fault of a test.
    testTimeout: 60_000,
    include: ['tests/**/*.test.ts'],
    dangerouslyIgnoreUnhandledErrors: false,
  },
})
