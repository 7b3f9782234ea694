/**
 * Builds the service worker after the page: lists what the page is made of and puts the list, each
 * unhashed file with its hash, and the texts of notifications into the script.
 */
import { createHash } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { build, type Plugin } from 'vite'

interface PrecachedFile {
  readonly url: string
  /** Null when the name carries the hash already. */
  readonly revision: string | null
}

/** What a notification may say; everything else of the catalogues stays out of the worker. */
const PUSH_KEYS = [
  'push.approvals.title',
  'push.approvals.body',
  'push.returned.title',
  'push.returned.body',
  'push.show',
  'push.later',
] as const

const LANGUAGES = ['en', 'de', 'fr', 'es', 'pl'] as const

function precached(folder: string): readonly PrecachedFile[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => relative(folder, join(file.parentPath, file.name)).replaceAll('\\', '/'))
    .filter((name) => name !== 'sw.js')
    .sort()
    .map((name) => ({
      url: `/${name}`,
      revision: name.startsWith('assets/') ? null : hashOf(join(folder, name)),
    }))
}

function hashOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 16)
}

function pushTexts(root: string): Readonly<Record<string, Readonly<Record<string, string>>>> {
  return Object.fromEntries(LANGUAGES.map((language) => [language, textsOf(root, language)]))
}

function textsOf(root: string, language: string): Readonly<Record<string, string>> {
  const path = join(root, 'src', 'i18n', `${language}.json`)
  const catalogue: unknown = JSON.parse(readFileSync(path, 'utf8'))
  if (typeof catalogue !== 'object' || catalogue === null)
    throw new Error(`${path} is no catalogue`)
  const entries: readonly [string, unknown][] = Object.entries(catalogue)
  return Object.fromEntries(
    PUSH_KEYS.map((key) => {
      const text = entries.find(([name]) => name === key)?.[1]
      if (typeof text !== 'string') throw new Error(`${path} lacks ${key}`)
      return [key, text]
    }),
  )
}

/** Return the plugin. The worker is one classic script, because module workers are younger. */
export function serviceWorker(): Plugin {
  let folder = 'dist'
  let root = '.'
  return {
    name: 'daywork-service-worker',
    apply: 'build',
    configResolved(config) {
      root = config.root
      folder = join(config.root, config.build.outDir)
    },
    async closeBundle() {
      await build({
        configFile: false,
        root,
        logLevel: 'warn',
        define: {
          __PRECACHE__: JSON.stringify(precached(folder)),
          __PUSH_TEXTS__: JSON.stringify(pushTexts(root)),
        },
        build: {
          outDir: folder,
          emptyOutDir: false,
          copyPublicDir: false,
          target: 'es2022',
          lib: {
            entry: join(root, 'src', 'sw', 'service_worker.ts'),
            formats: ['iife'],
            name: 'daywork',
            fileName: () => 'sw.js',
          },
        },
      })
    },
  }
}
