/**
 * Seals: one component in the place of many, in the clocks of entries that many devices touched.
 *
 * The server alone knows what a seal stands for. A phone needs one thing of it: somebody who named the
 * row's seal had seen what the row shows.
 */
import type { LiveValue, Cells } from './merge'
import type { WireContext } from './operation'
import type { VectorClock } from './vector_clock'

/** The actor's place that a seal takes in clocks and contexts. */
export const SERVER = 'srv'

/**
 * Return `clock` with what a context's seal covers of the row's live values: all that the row's own
 * seal stands for, if the context names that seal or a later one.
 */
export function withSealed(
  clock: VectorClock,
  context: WireContext,
  row: { readonly vv: WireContext } | null,
  cells: Cells,
): VectorClock {
  const seal = row?.vv[SERVER]
  const named = context[SERVER]
  if (row === null || seal === undefined || named === undefined || named[0] < seal[0]) return clock
  const result: Record<string, number> = { ...clock }
  for (const { dot } of Object.values(cells).flatMap((live): readonly LiveValue[] => live)) {
    const [actor, number] = dot
    // An actor that the row still names went on after the seal.
    if (!Object.hasOwn(row.vv, actor)) result[actor] = Math.max(number, result[actor] ?? 0)
  }
  return result
}
