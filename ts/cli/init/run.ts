/** `inkan init`, from its job to what is written: nothing before consent, and then all of it or nothing. */
import { homedir } from "node:os";
import { basename, dirname, join, resolve, sep } from "node:path";
import { printable } from "../../input/printable.js";
import type { ServerShape } from "../../policy_file/shape.js";
import { ExitCode, misuse, Stop } from "../exit.js";
import { HOSTS, type Host } from "../hosts/known.js";
import { entryFor, entryText, type HostPlan, planHost } from "../hosts/plan.js";
import { isRedis } from "../input/store.js";
import { good, type Line, line } from "../print/line.js";
import { print, printError, printText } from "../print/output.js";
import { Changes } from "./changes.js";
import { type Decision, NOTHING_TO_DO } from "./decision.js";
import { exposures, type Guarded } from "./exposed.js";
import { keyPath } from "./key.js";
import type { Job } from "./options.js";
import { pinServer, updateServer } from "./own.js";
import { verifyServer } from "./pinned.js";
import { type ServerEntry, serverIn, withServer } from "./policy_text.js";
import { fromPublisher } from "./publisher.js";
import { reachEntry } from "./reach.js";
import type { Seen } from "./seen.js";

export async function runInit(given: Job): Promise<ExitCode> {
  const existing = serverIn(given.seen, given.name);
  if (given.values.update && existing === undefined) {
    throw new Stop(ExitCode.Misuse, `${printable(given.config)} has no server ${given.name} to update`);
  }
  const plan = hostPlan(given);
  const job = { ...given, warnings: warningLines(given, existing, plan) };
  printError(job.warnings);
  const decision = await decide(job, existing);
  if (decision === NOTHING_TO_DO && plan?.after === undefined) {
    if (job.values.print !== true) {
      print([line([good("Nothing to do"), `: ${printable(job.name)} is as it was pinned`], 2)]);
    }
    showEntry(job);
    return ExitCode.Verified;
  }
  const changes = new Changes();
  try {
    const told = decision === NOTHING_TO_DO ? [] : await writePolicy(job, existing, decision, changes);
    const backup = plan === undefined ? [] : writeHost(plan, changes);
    print([line([good("Done"), `: ${printable(job.name)} in ${printable(job.config)}`], 2), ...told, ...backup]);
  } catch (error) {
    changes.undo();
    throw error;
  }
  showEntry(job);
  print(nextLines(job));
  return ExitCode.Verified;
}

/** What to do now. A proxy that runs keeps the catalogue that it began with. */
function nextLines({ name, config, host, values }: Job): Line[] {
  if (values.print === true) return [];
  const check = line(`  inkan check --live --config ${printable(config)} shows whether it works`, 4);
  if (values.update) return [line("  restart the host: a proxy that runs keeps the older catalogue", 4), check];
  if (host !== undefined) return [check];
  return [line(`  inkan init ${printable(name)} --host HOST puts it into a host`, 4), check];
}

async function decide(job: Job, existing: ServerEntry | undefined): Promise<Decision | typeof NOTHING_TO_DO> {
  const { values, isReached } = job;
  if (values.update) return updateServer(job, existing);
  if (!isReached) {
    // The server stands in the policy file already, and a host is to start it.
    if (existing !== undefined && job.host !== undefined && values.catalogue === undefined) {
      await verifyServer(job);
      return NOTHING_TO_DO;
    }
    throw misuse("init takes a name, and a URL, or -- and the server's command");
  }
  if (values.catalogue === undefined) return pinServer(job, existing);
  return fromPublisher(job, existing);
}

/** Writes the files and the policy file, and verifies what it wrote as the proxy would. */
async function writePolicy(
  job: Job,
  existing: ServerEntry | undefined,
  decision: Decision,
  changes: Changes,
): Promise<readonly Line[]> {
  const { seen, name, values } = job;
  decision.write(changes);
  if (values.update !== true || existing === undefined) {
    changes.replace(seen, withServer(seen, name, decision.entry).text);
  }
  try {
    await verifyServer(job);
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    throw new Stop(error.exitCode, `${error.message}; nothing was changed`);
  }
  return decision.told;
}

const hostOf = ({ host }: Job): Host | undefined => (host === undefined ? undefined : HOSTS[host]);

const machine = () => ({ platform: process.platform, home: homedir(), env: process.env });

function hostPlan(job: Job): HostPlan | undefined {
  const host = hostOf(job);
  const { values, name, config } = job;
  if (host === undefined || values.print) return undefined;
  const file = values["host-config"] ?? host.place(machine());
  return planHost(host, { file, name, entry: entryFor(host, config, name), replace: values.replace === true });
}

/** Prints the host's entry for `--print`: what it is, on standard error. */
function showEntry(job: Job): void {
  const host = hostOf(job);
  if (host === undefined || job.values.print !== true) return;
  printError([line(`inkan: for ${host.title}, in ${printable(host.place(machine()))}:`, 2)]);
  printText(entryText(host, job.name, entryFor(host, job.config, job.name)));
}

function writeHost({ title, seen, after }: HostPlan, changes: Changes): Line[] {
  if (after === undefined) return [line(`  ${title} has its entry already`, 4)];
  const backup = seen.text === undefined ? undefined : backupName(seen);
  if (backup !== undefined) changes.create(backup, seen.text ?? "", seen.mode ?? 0o600);
  changes.replace(seen, after);
  return [
    line(`  ${title} starts it through inkan from now on, once you restart it: ${printable(seen.path)}`, 4),
    ...(backup === undefined ? [] : [line(`  what the file was before: ${printable(backup)}`, 4)]),
  ];
}

const backupName = ({ path }: Seen): string =>
  join(dirname(path), `${basename(path)}.inkan-${new Date().toISOString().replace(/[-:.]/g, "")}.bak`);

/** What the operator should know before consenting, and what inkan cannot mend. */
function warningLines(job: Job, existing: ServerEntry | undefined, plan: HostPlan | undefined): Line[] {
  const { folder, config, values } = job;
  const { reach, state } = shapeOf(job, existing);
  const guarded: Guarded[] = [
    { what: "the policy file", path: config },
    ...(values.catalogue === undefined ? [{ what: "your key", path: keyPath(values) }] : []),
    ...(state.text === "none" || isRedis(state.text)
      ? []
      : [{ what: "the records", path: resolve(folder, state.text) }]),
    ...(plan === undefined ? [] : [{ what: `the settings of ${plan.title}`, path: plan.seen.path }]),
  ];
  const warnings = exposures(reach, folder, guarded);
  if (values.catalogue === undefined && keyPath(values).startsWith(join(folder, sep))) {
    warnings.push(
      `your key ${printable(keyPath(values))} stands in the policy file's folder, or below it: who reads it there can sign anything. --key FILE keeps it elsewhere.`,
    );
  }
  if (/[/\\]_npx[/\\]/.test(process.argv[1] ?? "") && (plan !== undefined || values.print)) {
    warnings.push(
      "inkan runs out of npx's cache, which npm may empty: a host would not find it then. Run npm install -g inkan, and this again.",
    );
  }
  return warnings.map((text) => line(`warning: ${text}`, 2));
}

/** How the server is reached, and where its records are. The other members do not matter here. */
function shapeOf({ seen, name, target, folder, isReached }: Job, existing: ServerEntry | undefined): ServerShape {
  const entry = isReached
    ? { ...reachEntry(target, folder), server: "unknown", catalogue: "unknown", bundle: "unknown", keys: "unknown" }
    : existing;
  if (entry === undefined) throw misuse("init takes a name, and a URL, or -- and the server's command");
  return withServer(seen, name, entry).shape;
}
