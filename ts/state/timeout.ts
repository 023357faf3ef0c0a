/** How long a store's call may take. */
import { invalidOption, readCount } from "../input/options.js";

/** Milliseconds that a timer can wait. */
export function readTimeout(subject: string, value: unknown): number {
  const timeout = readCount(subject, value);
  if (timeout > 0 && timeout < 2 ** 31) return timeout;
  throw invalidOption(subject, "1 to 2147483647", String(timeout));
}

/** Waits for `call`, but no longer than this. After that time it throws what `late` gives; `call` goes on unheard. */
export async function inTime<T>(milliseconds: number, call: Promise<T>, late: () => Error): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const end = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), milliseconds);
  });
  try {
    return await Promise.race([call, end]);
  } finally {
    clearTimeout(timer);
  }
}
