import { expect, test } from 'vitest'
import { canonical, wellFormed } from '../../src/core/canonical_json'
import type { JsonValue } from '../../src/core/json_value'
import { vectors } from '../support/vectors'

interface Example {
  readonly name: string
  readonly value: JsonValue
  readonly canonical: string
}

test.each(vectors<Example>('canonical.json'))('$name', ({ value, canonical: expected }) => {
  expect(canonical(value)).toBe(expected)
})

test('a fraction has no spelling', () => {
  expect(() => canonical({ hours: 7.5 })).toThrow(RangeError)
})

test('a number that loses digits has no spelling', () => {
  expect(() => canonical(2 ** 53)).toThrow(RangeError)
})

test('a lone surrogate has no spelling', () => {
  expect(() => canonical('\ud83d')).toThrow(RangeError)
})

test('lone surrogates are replaced and pairs are kept', () => {
  expect(wellFormed('a\ud83db \ud83d\udee0 \udee0')).toBe('a\ufffdb \ud83d\udee0 \ufffd')
})
