import fc from 'fast-check'
import { expect, test } from 'vitest'
import { href, routeOf, type Route } from '../src/router'

const DAYS = fc.integer({ min: 1, max: 28 }).map((day) => `2026-03-${String(day).padStart(2, '0')}`)
const ROUTES = fc.oneof(
  fc.constantFrom<Route>(
    { name: 'join' },
    { name: 'today' },
    { name: 'outbox' },
    { name: 'needs' },
    { name: 'me' },
    { name: 'diagnostics' },
    { name: 'devices' },
    { name: 'team' },
    { name: 'inbox' },
    { name: 'postings' },
    { name: 'week', monday: null },
    { name: 'add', date: null },
  ),
  DAYS.map((monday): Route => ({ name: 'week', monday })),
  DAYS.map((date): Route => ({ name: 'add', date })),
  fc.uuid().map((id): Route => ({ name: 'entry', id: `te:${id}` })),
  fc.tuple(fc.uuid(), DAYS).map(([person, date]): Route => ({ name: 'person_day', person, date })),
)

test('the address of a screen leads back to it', () => {
  fc.assert(
    fc.property(ROUTES, (route) => {
      expect(routeOf(href(route))).toEqual(route)
    }),
  )
})

test('any other address means no screen, and never an error', () => {
  fc.assert(
    fc.property(fc.string(), (path) => {
      expect(typeof routeOf(`/${path}`).name).toBe('string')
    }),
  )
  for (const path of ['/nothing', '/week/soon', '/inbox/x', '/a/b/c/d', '/entry/', '/%zz']) {
    expect(routeOf(path).name).toBe('unknown')
  }
})

test('no address has anything personal in it but ids', () => {
  expect(href({ name: 'person_day', person: 'p 1/2', date: '2026-03-02' })).toBe(
    '/inbox/p%201%2F2/2026-03-02',
  )
})
