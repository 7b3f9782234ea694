/** One operation of this phone: what is written, chained, sent and kept. */

export const OPERATION_KINDS = [
  'new',
  'edit',
  'resolve',
  'delete',
  'restore',
  'submit',
  'recall',
  'approve',
  'reject',
  'revoke',
] as const

export type OperationKind = (typeof OPERATION_KINDS)[number]
