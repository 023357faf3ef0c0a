/** Characters that a person reads. What a server wrote may have millions. */
const LONGEST = 2_000;

/** Why a server could not be read. What a server wrote stands in it: print it through the command's print functions. */
export class SnapshotFailure extends Error {
  override readonly name = "SnapshotFailure";

  constructor(message: string) {
    super(message.length > LONGEST ? `${message.slice(0, LONGEST)}…` : message);
  }
}

/** A server's answer that is an error. */
export class AnsweredError extends SnapshotFailure {
  readonly code: number | undefined;

  constructor(message: string, code?: number) {
    super(message);
    this.code = code;
  }
}

/** The server does not begin a session of this era. */
export class UnspokenEra extends SnapshotFailure {}
