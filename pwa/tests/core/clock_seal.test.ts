/** Whoever names a row's seal had seen what the row shows, and nothing that came behind it. */
import { describe, expect, it } from 'vitest'

import { SERVER, withSealed } from '../../src/core/clock_seal'
import type { Cells } from '../../src/core/merge'
import type { WireContext } from '../../src/core/operation'

const cells: Cells = {
  note: [
    { dot: ['aaaaaaaaaa', 3], value: 'sealed' },
    { dot: ['bbbbbbbbbb', 7], value: 'written behind the seal' },
  ],
}
const row: { vv: WireContext } = { vv: { [SERVER]: [2, 'abcdef'], bbbbbbbbbb: [7, 'zzzzzz'] } }

describe('a context that names a seal', () => {
  it('covers what the seal of the row stands for', () => {
    const clock = withSealed({ [SERVER]: 2 }, { [SERVER]: [2, 'abcdef'] }, row, cells)

    expect(clock['aaaaaaaaaa']).toBe(3)
    expect(clock['bbbbbbbbbb']).toBeUndefined()
  })

  it('covers nothing by an earlier seal, or by none', () => {
    expect(withSealed({}, { [SERVER]: [1, 'abcdef'] }, row, cells)).toEqual({})
    expect(withSealed({}, {}, row, cells)).toEqual({})
  })

  it('means nothing beside a row without a seal', () => {
    const plain: { vv: WireContext } = { vv: { aaaaaaaaaa: [3, 'abcdef'] } }

    expect(withSealed({}, { [SERVER]: [1, 'abcdef'] }, plain, cells)).toEqual({})
    expect(withSealed({}, { [SERVER]: [1, 'abcdef'] }, null, cells)).toEqual({})
  })
})
