/** What this app is, as it tells the server. */

/** The grammar of the sync protocol that it speaks. */
export const PROTOCOL = 1
export const APP_VERSION = '0.1.0'
