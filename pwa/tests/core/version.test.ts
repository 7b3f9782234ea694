/** The version that the office sees is the package's. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { APP_VERSION, PROTOCOL } from '../../src/core/version'

test('the app tells the version of its package and a protocol that there is', () => {
  const path = join(import.meta.dirname, '..', '..', 'package.json')

  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ version: APP_VERSION })
  expect(PROTOCOL).toBe(1)
})
