/** Why a file of other programs is left as it is. */
export class Unfit extends Error {
  override readonly name = "Unfit";
}

/** The entry of a host for a server: how the host starts it. */
export interface HostEntry {
  readonly type?: "stdio";
  readonly command: string;
  readonly args: readonly string[];
}
