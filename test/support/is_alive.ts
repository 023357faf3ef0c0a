/** Processes that a test did not start itself, such as those that a child has started. */
import { existsSync, readFileSync } from "node:fs";

/** Whether a process is there. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // What has ended stands in the table of processes until its parent asks for its exit code. A new parent may never ask.
    const stat = `/proc/${pid}/stat`;
    return !existsSync(stat) || !/^\d+ \(.*\) Z/s.test(readFileSync(stat, "utf8"));
  } catch {
    return false;
  }
}
