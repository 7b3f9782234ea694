/** An invite: a link with a secret behind its `#`, or the secret alone. */

const SECRET = /^[A-Za-z0-9_-]{4,200}$/

/** Return the secret of an invite: the text itself, or what follows `#` in its link. */
export function secretOf(invite: string): string | null {
  const text = invite.trim()
  const secret = text.includes('#') ? text.slice(text.lastIndexOf('#') + 1) : text
  return SECRET.test(secret) ? secret : null
}
