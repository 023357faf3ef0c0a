/** The bounds of the proxy. */
export const LIMITS = {
  /** Bytes of one message: of a line, of an event, of the body of an answer. What is longer is dropped while it arrives. */
  messageBytes: 32 * 2 ** 20,
  /** Levels of objects and lists in one message. */
  messageDepth: 512,
  /** Bytes of the host that are read before those before them were taken: more than one message. */
  aheadBytes: 40 * 2 ** 20,
  /** Seconds in which the first request must have an answer. Hosts give up after 60. */
  firstAnswerSeconds: 30,
  /** Seconds in which open requests are still answered after the host has closed its end. */
  lastAnswersSeconds: 3,
  /** Seconds from the end of a child's input to SIGTERM, and from there to SIGKILL. */
  endSeconds: 2,
  /** Seconds in which the requests of the host are still told why there is no server. */
  deadServerSeconds: 2,
  /** Requests over HTTP that are open at a time; the next one waits, and nothing is read of a host that has sent so much. */
  openPosts: 256,
  unsentCharacters: 32 * 2 ** 20,
  /** Streams that a server keeps open after their answer; of more than these the oldest is closed. */
  lingeringStreams: 32,
  /** Seconds for a new session in place of one that a remote server has forgotten. */
  renewalSeconds: 30,
  /** Characters of a server's own words that are shown to a person. */
  shownCharacters: 200,
} as const;
