/** Waits for what other processes, servers and pages do. */
import { setTimeout as sleep } from "node:timers/promises";

/**
 * How long a test waits before it fails. How long something takes depends on how busy the machine is, so this only ends
 * what would never end. It is half of what a test may take, so that the test says what it waited for.
 */
export const PATIENCE = 60_000;

/** The first result of `look` that is neither false nor undefined. Without one, fails and says `missing`. */
export async function until<Found>(
  look: () => Found | false | undefined | Promise<Found | false | undefined>,
  missing: () => string,
  { patience = PATIENCE, pause = 5 }: { readonly patience?: number; readonly pause?: number } = {},
): Promise<Found> {
  const deadline = performance.now() + patience;
  for (;;) {
    const found = await look();
    if (found !== false && found !== undefined) return found;
    if (performance.now() > deadline) throw new Error(missing());
    await sleep(pause);
  }
}
