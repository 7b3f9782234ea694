/** The person's own devices, the branches of a chain, and the phones of the people one sees. */
import { anything } from '../core/shape'
import type { Result } from '../core/result'
import { called, type ApiError, type Fetcher } from './client'
import {
  branchShape,
  devicesShape,
  teamSyncShape,
  type DevicesAnswer,
  type TeamSyncAnswer,
} from './wire'

export type RetireReason = 'replaced' | 'lost' | 'signed_out'

export interface BranchBody {
  readonly branch_of: string
  readonly match_at: number | null
  readonly alg: 'ES256'
  readonly public_key: Readonly<Record<'kty' | 'crv' | 'x' | 'y', string>>
  readonly proof: string
}

export async function listDevices(fetcher: Fetcher): Promise<Result<DevicesAnswer, ApiError>> {
  return called(fetcher, { method: 'GET', path: '/v1/devices', answer: devicesShape })
}

/** Retire one of the person's own devices; its sessions end. */
export async function retire(
  fetcher: Fetcher,
  actor: string,
  reason: RetireReason,
): Promise<Result<unknown, ApiError>> {
  const path = `/v1/devices/${encodeURIComponent(actor)}/retire`
  return called(fetcher, { method: 'POST', path, body: { reason }, answer: anything })
}

/** Ask for a new actor on which a forked branch goes on. */
export async function branch(
  fetcher: Fetcher,
  body: BranchBody,
): Promise<Result<{ actor: string }, ApiError>> {
  return called(fetcher, { method: 'POST', path: '/v1/devices/branch', body, answer: branchShape })
}

/** Read how far the phones of the people one sees are behind. */
export async function teamSync(fetcher: Fetcher): Promise<Result<TeamSyncAnswer, ApiError>> {
  return called(fetcher, { method: 'GET', path: '/v1/team/sync', answer: teamSyncShape })
}
