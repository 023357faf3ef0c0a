/** Times, and what is said of them. All are in microseconds. */

export interface Spread {
  readonly median: number;
  readonly p95: number;
  readonly count: number;
}

export function spread(times: readonly number[]): Spread {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (part: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
  return { median: at(0.5), p95: at(0.95), count: times.length };
}

/** A series of times for each of several names. */
export class Series {
  readonly #times = new Map<string, number[]>();

  add(name: string, times: readonly number[]): void {
    const known = this.#times.get(name);
    if (known === undefined) this.#times.set(name, [...times]);
    else known.push(...times);
  }

  spreads(): Record<string, Spread> {
    return Object.fromEntries([...this.#times].map(([name, times]) => [name, spread(times)]));
  }
}

/**
 * Runs each of `names` once a round, each round beginning with another one: whatever else the machine does, and what
 * one leaves behind in its caches, meets all alike.
 */
export async function inTurn(
  names: readonly string[],
  rounds: number,
  run: (name: string, round: number) => Promise<void>,
): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < names.length; turn += 1) {
      const name = names[(round + turn) % names.length];
      if (name !== undefined) await run(name, round);
    }
  }
}
