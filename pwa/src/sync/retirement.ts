/**
 * What a retired phone does: it forgets what it had read, and hands in what it had still to send.
 *
 * The deposit needs no session and gives nothing back. What was deposited counts when the person has
 * joined again (the phone then sends it once more, as theirs) or when the office releases it.
 */
import { deposit } from '../api/sync'
import { waitingOperations } from '../store/operations'
import { eraseAllButOutbox, eraseWhenDone, markDeposited } from '../store/retirement'
import { currentDatabase, setCurrentDatabase } from '../store/registry'
import { stop, stopOf, type Phone, type Stop } from './phone'
import { nextBatch, PUSH_LIMITS, signedBatch, type Chain } from './push'

const RETIRED = stop('needs_office', 'device_retired')

/** Erase and hand in; returns how it stands. Whatever cannot be handed in now stays. */
export async function handedIn(phone: Phone, chains: readonly Chain[]): Promise<Stop> {
  const { database } = phone
  await eraseAllButOutbox(database, phone.now())
  phone.onChange?.()
  for (const chain of chains) {
    const stopped = await deposited(phone, chain)
    if (stopped !== null && stopped.result !== 'needs_office') return stopped
  }
  if (await eraseWhenDone(database, phone.now())) {
    if ((await currentDatabase()) === database.name) await setCurrentDatabase(null)
    phone.onChange?.()
  }
  return RETIRED
}

/** Deposit what a chain has still to send; returns why it stopped, or null. */
async function deposited(phone: Phone, chain: Chain): Promise<Stop | null> {
  const { database } = phone
  const waiting = (await waitingOperations(database)).filter(
    ({ actor, depositedAt }) => actor === chain.actor && depositedAt === undefined,
  )
  let next = waiting[0]?.operation.q ?? Infinity
  let size = PUSH_LIMITS.operations
  while (next <= chain.head.sequenceNumber) {
    const batch = await nextBatch(phone, chain, next, { ...PUSH_LIMITS, operations: size })
    if (batch.length === 0) return null
    const answered = await deposit(phone.fetcher, await signedBatch(chain, batch))
    if (answered.ok) {
      const numbers = answered.value.results.map(({ q }) => q)
      await markDeposited(database, chain.actor, numbers, phone.now())
      phone.onChange?.()
      next = (batch.at(-1)?.operation.q ?? Infinity) + 1
      size = PUSH_LIMITS.operations
    } else {
      const { refusal } = answered
      const isTooMuch =
        refusal.kind === 'refused' &&
        (refusal.status === 413 || refusal.code === 'malformed_body') &&
        batch.length > 1
      if (!isTooMuch) return stopOf(refusal)
      size = Math.ceil(batch.length / 2)
    }
  }
  return null
}
