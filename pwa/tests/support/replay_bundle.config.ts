/** Builds the replay of histories into one script, for a page that has nothing else. */
import { join } from 'node:path'
import { defineConfig } from 'vite'

export default defineConfig({
  publicDir: false,
  build: {
    target: 'es2022',
    minify: false,
    lib: {
      entry: join(import.meta.dirname, 'history_replay.ts'),
      name: 'histories',
      formats: ['iife'],
      fileName: () => 'histories.js',
    },
  },
})
