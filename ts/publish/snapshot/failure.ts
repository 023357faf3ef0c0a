/** Why a server could not be read. What a server wrote stands in it: print it through the command's print functions. */
export class SnapshotFailure extends Error {
  override readonly name = "SnapshotFailure";
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
