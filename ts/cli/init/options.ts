/** The options of `inkan init`, and what they say together. */

import { dirname, resolve } from "node:path";
import { shownUrl } from "../../input/secrets.js";
import { isPrivateWay } from "../../input/url.js";
import { POLICY_FILE } from "../../policy_file/shape.js";
import type { Options, Values } from "../arguments/options.js";
import { misuse } from "../exit.js";
import { HOST_NAMES, type HostName } from "../hosts/known.js";
import type { Line } from "../print/line.js";
import { acceptedFrom } from "./consent.js";
import { KEY_OPTIONS } from "./key.js";
import type { Target } from "./reach.js";
import { readForEdit, type Seen } from "./seen.js";

export const SERVER_OPTIONS = {
  config: { type: "string", value: "FILE", help: "the policy file; ./inkan.config.json without this option" },
  server: {
    type: "string",
    value: "ID",
    help: "the server's identifier; else what the catalogue names, the URL, or npm:NAME of what npx starts",
  },
  env: {
    type: "string",
    value: "NAME=VALUE",
    multiple: true,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the words to write
    help: "a variable for the command; ${env:NAME} in the value is read when the server is started",
  },
  header: {
    type: "string",
    value: "NAME=VALUE",
    multiple: true,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the words to write
    help: "a header for the URL; ${env:NAME} in the value is read when the server is reached",
  },
  timeout: {
    type: "string",
    value: "SPAN",
    help: "how long each answer of the server may take: 30s without this option",
  },
} as const satisfies Options;

export const PUBLISHER_OPTIONS = {
  catalogue: {
    type: "string",
    value: "WHERE",
    help: "the publisher's signed catalogue: a file, an https URL, npm:NAME or well-known:",
  },
  bundle: { type: "string", value: "WHERE", help: "its Sigstore bundle; else the .sigstore.json beside it" },
  signature: { type: "string", value: "WHERE", help: "or its detached signature; only with --public-key" },
  "public-key": {
    type: "string",
    value: "FILE",
    help: "the publisher's public key, if the catalogue is signed by one",
  },
  "trusted-root": {
    type: "string",
    value: "FILE",
    help: "trusted_root.json of the Sigstore instance; public-good without this option",
  },
  "certificate-identity": { type: "string", value: "NAME", help: "whom the signer must be, exactly" },
  "certificate-oidc-issuer": { type: "string", value: "URL", help: "and who must have vouched for that name" },
  "github-ref": {
    type: "string",
    value: "GLOB",
    help: "which refs of the repository may sign from now on, such as 'refs/tags/v*'; else the ref that signed",
  },
} as const satisfies Options;

export const CONSENT_OPTIONS = {
  accept: { type: "string", value: "sha256:…", help: "consent to the catalogue of this digest, without being asked" },
  update: { type: "boolean", help: "show what changed since the server was pinned, and sign that" },
  replace: { type: "boolean", help: "replace a server of this name, in the policy file and in the host" },
} as const satisfies Options;

export const HOST_OPTIONS = {
  host: {
    type: "string",
    value: "NAME",
    help: `the host that is to start the server through inkan: ${HOST_NAMES.join(", ")}`,
  },
  "host-config": { type: "string", value: "FILE", help: "the host's file, if it is not where the host keeps it" },
  print: { type: "boolean", help: "print the host's entry instead of writing it" },
} as const satisfies Options;

export const ALL = {
  ...SERVER_OPTIONS,
  ...PUBLISHER_OPTIONS,
  ...KEY_OPTIONS,
  ...CONSENT_OPTIONS,
  ...HOST_OPTIONS,
} as const satisfies Options;

export type Given = Values<typeof ALL>;

/** What is to be done. */
export interface Job {
  readonly name: string;
  readonly values: Given;
  readonly target: Target;
  /** Whether the command line says how the server is reached. */
  readonly isReached: boolean;
  /** The policy file by its absolute path, and as it stands. */
  readonly config: string;
  readonly seen: Seen;
  /** What the paths in it are relative to. */
  readonly folder: string;
  readonly accepted: string | undefined;
  /** What the operator should know before consenting. */
  readonly warnings: readonly Line[];
  readonly host: HostName | undefined;
}

/** Names that every host and every file system takes. */
const NAME = /^[A-Za-z0-9][\w.-]{0,63}$/;

export function jobFrom(values: Given, positionals: readonly string[], command: readonly string[] | undefined): Job {
  const [name, url, ...others] = positionals;
  if (name === undefined) throw misuse("the server's name is missing: inkan init NAME -- COMMAND…");
  if (!NAME.test(name)) {
    throw misuse(
      /:\/\//.test(name)
        ? "the server's name is missing: inkan init NAME URL"
        : "a server's name has up to 64 letters, digits, dots, hyphens and underscores, and begins with a letter or digit",
    );
  }
  if (others.length > 0 || (url !== undefined && command !== undefined)) {
    throw misuse("init takes a name, and a URL, or -- and a command");
  }
  if (url !== undefined) checkUrl(url);
  const { update, replace, catalogue, host, print, "host-config": file } = values;
  if (update && replace) throw misuse("--update and --replace exclude each other");
  if (update && (catalogue ?? url ?? command) !== undefined) {
    throw misuse("--update takes the server from the policy file: leave out its command, URL and --catalogue");
  }
  if (catalogue === undefined) {
    const strange = Object.keys(PUBLISHER_OPTIONS).find((one) => values[one as keyof Given] !== undefined);
    if (strange !== undefined) throw misuse(`--${strange} is for --catalogue`);
  } else {
    const strange = Object.keys(KEY_OPTIONS).find((one) => values[one as keyof Given] !== undefined);
    if (strange !== undefined) throw misuse(`--${strange} is for a server that nobody signs, without --catalogue`);
  }
  const known = HOST_NAMES.find((one) => one === host);
  if (host !== undefined && known === undefined) throw misuse(`--host is one of ${HOST_NAMES.join(", ")}`);
  if (known === undefined && (file !== undefined || print)) throw misuse("--host-config and --print are for --host");
  const config = resolve(values.config ?? POLICY_FILE);
  return {
    name,
    values,
    target: { command, url, env: values.env, headers: values.header },
    isReached: (command ?? url) !== undefined,
    config,
    seen: readForEdit(config),
    folder: dirname(config),
    accepted: acceptedFrom(values.accept),
    warnings: [],
    host: known,
  };
}

/** Refuses what the policy file would refuse of the URL, in the words of the command line. */
function checkUrl(text: string): void {
  const url = /^https?:\/\/\S+$/i.test(text) && URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) throw misuse(`init takes a URL of http or https, or -- and the server's command`);
  if (url.username !== "" || url.password !== "") {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the words to write
    throw misuse('init takes a URL without credentials; give them as --header "Authorization=Bearer ${env:TOKEN}"');
  }
  if (!isPrivateWay(url)) {
    throw misuse(
      `${shownUrl(text)} is not encrypted, so that anybody on the way can change what the server says: give its https URL. http is for this machine alone`,
    );
  }
}
