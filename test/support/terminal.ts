/** Runs the command on a terminal of its own (Python's pty), and answers what it asks. */
import { spawnSync } from "node:child_process";
import { COMMAND } from "./command.js";

/** What is waited for, and what is typed then. */
export type Answer = readonly [asked: string, typed: string];

const SCRIPT = `
import json, os, pty, select, sys, time
job = json.loads(sys.argv[1])
pid, fd = pty.fork()
if pid == 0:
    os.chdir(job["cwd"])
    os.environ.update(job["env"])
    os.execv(job["command"][0], job["command"])
seen, at, answers, end = b"", 0, job["answers"], time.time() + 200
while time.time() < end:
    ready, _, _ = select.select([fd], [], [], 0.2)
    if ready:
        try:
            piece = os.read(fd, 65536)
        except OSError:
            break
        if not piece:
            break
        seen += piece
    if answers:
        found = seen.find(answers[0][0].encode(), at)
        if found != -1:
            at = found + len(answers[0][0].encode())
            time.sleep(0.3)
            os.write(fd, answers.pop(0)[1].encode())
else:
    os.kill(pid, 9)
_, status = os.waitpid(pid, 0)
sys.stdout.buffer.write(json.dumps({
    "status": os.waitstatus_to_exitcode(status),
    "screen": seen.decode(errors="replace"),
    "unasked": len(answers),
}).encode())
`;

export interface Shown {
  readonly status: number;
  readonly screen: string;
  /** Answers that nobody asked for. */
  readonly unasked: number;
}

export function inkanOnTerminal(
  args: readonly string[],
  answers: readonly Answer[],
  { cwd, env = {} }: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Shown {
  const command = [process.execPath, COMMAND, ...args];
  const job = JSON.stringify({ command, answers, cwd, env: { TERM: "xterm", ...env } });
  const { status, stdout, stderr } = spawnSync("python3", ["-c", SCRIPT, job], { encoding: "utf8" });
  if (status !== 0) throw new Error(`python3 is needed for a terminal: ${stderr}`);
  return JSON.parse(stdout);
}
