/**
 * A child and all that it has started, as one: a process group, which a child that was spawned with `detached` leads. Windows
 * has none: there a child is ended with its descendants.
 */
import { type ChildProcess, spawn } from "node:child_process";

/**
 * Waits for a line from this process. If its pipe ends without one, this process was killed: the group is asked to end, and
 * then ended.
 */
const WATCH = `read -r done && exit 0
for signal in CONT TERM; do kill -s $signal -- "-$1" 2>/dev/null || exit 0; done
i=0; while [ $i -lt 20 ]; do kill -s 0 -- "-$1" 2>/dev/null || exit 0; sleep 0.1; i=$((i + 1)); done
kill -s KILL -- "-$1" 2>/dev/null; exit 0`;

const isWindows = process.platform === "win32";

/** Signals that ask this process to end. */
export const ENDING_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Signals the group of the child `pid`; 0 only asks whether it is there. False where there is none. */
export function signalGroup(pid: number | undefined, signal: NodeJS.Signals | 0): boolean {
  if (pid === undefined) return false;
  try {
    if (!isWindows) process.kill(-pid, signal);
    else if (signal === 0) process.kill(pid, 0);
    else endOnWindows(pid);
    return true;
  } catch {
    return false;
  }
}

function endOnWindows(pid: number): void {
  const kill = spawn("taskkill", ["/pid", String(pid), "/T", "/F"], { stdio: "ignore", windowsHide: true });
  kill.on("error", () => {});
}

/** Starts what ends the group if this process is killed. Nothing on Windows. */
export function watchGroup(group: number | undefined): ChildProcess | undefined {
  if (group === undefined || isWindows) return undefined;
  try {
    const shell = spawn("/bin/sh", ["-c", WATCH, "inkan-watch", String(group)], {
      stdio: ["pipe", "ignore", "ignore"],
      detached: true,
      env: { PATH: "/usr/bin:/bin" },
    });
    shell.on("error", () => {});
    shell.stdin.on("error", () => {});
    shell.unref();
    return shell;
  } catch {
    return undefined;
  }
}
