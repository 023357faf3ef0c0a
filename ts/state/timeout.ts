/** How long a store's call may take. */
import { invalidOption, readCount } from "../input/options.js";

/** Milliseconds that a timer can wait. */
export function readTimeout(subject: string, value: unknown): number {
  const timeout = readCount(subject, value);
  if (timeout > 0 && timeout < 2 ** 31) return timeout;
  throw invalidOption(subject, "1 to 2147483647", String(timeout));
}
