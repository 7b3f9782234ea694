/** An expected outcome as a value: either what was asked for, or why not. */
export type Result<Value, Refusal> = Ok<Value> | Err<Refusal>

export interface Ok<Value> {
  readonly ok: true
  readonly value: Value
}

export interface Err<Refusal> {
  readonly ok: false
  readonly refusal: Refusal
}

export function ok<Value>(value: Value): Ok<Value> {
  return { ok: true, value }
}

export function err<Refusal>(refusal: Refusal): Err<Refusal> {
  return { ok: false, refusal }
}
