/** `inkan trust-root show FILE` and `inkan trust-root fetch` */
import { dirname, join } from "node:path";
import { LIMITS } from "../../generated/limits.js";
import { printable } from "../../input/printable.js";
import { STATE_FILE } from "../../policy_file/shape.js";
import { JSON_OPTION, type Options } from "../arguments/options.js";
import type { Parsed } from "../arguments/parse.js";
import { ExitCode, misuse } from "../exit.js";
import { readBytes } from "../files.js";
import { trustRootFrom } from "../input/policy.js";
import { STATE_OPTIONS, storeFrom } from "../input/store.js";
import { indented } from "../print/indented.js";
import { line } from "../print/line.js";
import { print, printJson } from "../print/output.js";
import { action, actions, type Verb } from "../verb.js";
import { withReadableKeys } from "../words/fingerprint.js";

const SHOW = { ...JSON_OPTION } as const satisfies Options;

const FETCH_OPTIONS = {
  output: { type: "string", value: "FILE", help: "where to write it; without this option trusted_root.json" },
  mirror: {
    type: "string",
    value: "URL",
    help: "the TUF repository; without this option that of Sigstore's public-good instance",
  },
  root: {
    type: "string",
    value: "FILE",
    help: "the repository's root.json that you trust; without this option the public-good one of this build",
  },
  timeout: { type: "string", value: "SECONDS", help: "for the whole fetch; 30 without this option" },
} as const satisfies Options;

const FETCH = { ...FETCH_OPTIONS, ...STATE_OPTIONS, ...JSON_OPTION } as const satisfies Options;

export const trustRoot: Verb = {
  help: {
    usage: ["inkan trust-root show FILE|public-good [--json]", "inkan trust-root fetch [--output FILE] [OPTIONS]"],
    about: [
      "show prints the certificate authorities, logs and timestamp authorities of a trusted_root.json, or of the public-good root in this build, with the times for which each is trusted.",
      "fetch goes online: it asks a TUF repository for the present trusted_root.json and writes it, with a record of when it was given beside it (trusted_root.tuf.json). Metadata that is expired, not signed by enough keys, or older than what was seen before is refused, and the file stays as it was. It needs the package tuf-js beside inkan.",
    ],
    groups: [
      { title: "For fetch", options: FETCH_OPTIONS },
      {
        title: `Where fetch keeps what it has seen; without --state, in ${STATE_FILE} beside the output`,
        options: STATE_OPTIONS,
      },
      { title: "Output", options: JSON_OPTION },
    ],
    notes: [
      "Exit code of fetch: 0 where the file is the present one, 1 where what the repository gives is refused, 2 where it could not be reached or nothing was judged.",
    ],
  },
  run: actions("trust-root", { show: action(SHOW, show), fetch: action(FETCH, fetchRoot) }),
};

async function show({ values, positionals }: Parsed<typeof SHOW>): Promise<ExitCode> {
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0) throw misuse("trust-root show takes one file");
  const description = await trustRootFrom(file).describe();
  if (values.json) printJson(description);
  else print(indented(withReadableKeys(description as object)));
  return ExitCode.Verified;
}

async function fetchRoot({ values, positionals }: Parsed<typeof FETCH>): Promise<ExitCode> {
  if (positionals.length > 0) throw misuse("trust-root fetch takes no arguments beside its options: --output FILE");
  const { output = "trusted_root.json", mirror, root, timeout } = values;
  const options = {
    ...(mirror === undefined ? {} : { mirror }),
    ...(root === undefined ? {} : { root: readBytes(root, LIMITS.trustRoot) }),
    ...(timeout === undefined ? {} : { timeoutMs: secondsFrom(timeout) * 1_000 }),
  };
  const state = values.state ?? join(dirname(output), STATE_FILE);
  const open = await storeFrom({ ...values, state });
  if (open === undefined) throw misuse("--state is missing");
  try {
    const [{ fetchTrustRoot }, { writeTrustRoot }] = await Promise.all([
      import("../../tuf/fetch.js"),
      import("../../tuf/write.js"),
    ]);
    const fetched = await fetchTrustRoot({ stateStore: open.store, ...options });
    writeTrustRoot(output, fetched);
    const { repository, givenAt, sha256, versions } = fetched.record;
    if (values.json) {
      printJson({ file: output, ...fetched.record });
      return ExitCode.Verified;
    }
    print([
      line(`Written: ${printable(output)}, as TUF gives it now`),
      line(`  repository: ${printable(repository)}`, 14),
      line(`  given at:   ${givenAt}`, 14),
      line(
        `  versions:   root ${versions.root}, timestamp ${versions.timestamp}, snapshot ${versions.snapshot}, targets ${versions.targets}`,
        14,
      ),
      line(`  sha256:     ${sha256}`, 14),
      line(`  state:      ${stateName(state)}: nothing older is taken from now on`, 14),
    ]);
    return ExitCode.Verified;
  } finally {
    await open.close();
  }
}

/** The URL of a Redis server may hold a password. */
const stateName = (state: string): string => (/^rediss?:/.test(state) ? "Redis" : printable(state));

function secondsFrom(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw misuse("--timeout takes an integer of 1 or more");
  return Number(text);
}
