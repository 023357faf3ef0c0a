/** The bounds of a session by Streamable HTTP, whoever holds it. */
export const LIMITS = {
  /** Redirects within the origin that one request follows. */
  redirects: 3,
  /** Milliseconds until an event stream that broke is asked for again: unless the server says, at least, at most. */
  firstRetryMs: 1_000,
  shortestRetryMs: 50,
  longestRetryMs: 60_000,
  /** How often in a row the stream of an answer is asked for again without an event in between. */
  retries: 8,
  /** Milliseconds for a notification, a new session or the end of one. */
  noticeMs: 30_000,
  /** Bytes of an answer that says what is wrong. */
  complaintBytes: 64 * 1_024,
  /** Milliseconds for its body: the status alone says that there is no other answer. */
  complaintMs: 5_000,
  /** Characters of a server's own words that are shown to a person. */
  shownCharacters: 200,
} as const;
