/** What one server may cost a snapshot. Each bound is named in the message of what goes beyond it. */
export interface Bounds {
  /** Milliseconds until a request must be answered. */
  readonly answer: number;
  /** Milliseconds that a server which was asked for the newer protocol may be silent before it counts as an older one. */
  readonly probe: number;
  /** Milliseconds for the whole snapshot. */
  readonly total: number;
  /** When that time is over, in milliseconds of Unix time. */
  readonly deadline: number;
  /** Bytes that a server may send in one session. */
  readonly bytes: number;
  /** Pages of one list. */
  readonly pages: number;
  /** Definitions of one list: as many as a catalogue may hold. */
  readonly definitions: number;
}

const BOUNDS = {
  answer: 30_000,
  probe: 5_000,
  total: 600_000,
  bytes: 64 * 2 ** 20,
  pages: 1_000,
  definitions: 100_000,
} as const;

/** The bounds of a snapshot that begins now. */
export const boundsFrom = (answer: number = BOUNDS.answer, total: number = BOUNDS.total): Bounds => ({
  ...BOUNDS,
  answer,
  total,
  deadline: Date.now() + total,
});
