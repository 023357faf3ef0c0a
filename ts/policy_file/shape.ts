/** What stands in `inkan.config.json`: names, shapes, and which members exclude each other. Nothing is opened here. */
import { isHeaderName, isHeaderValue } from "../input/header.js";
import { shownUrl } from "../input/secrets.js";
import { isPrivateWay } from "../input/url.js";
import { type Entry, parseDocument } from "./document.js";

/** How a server is reached. */
export type Reach =
  | {
      readonly kind: "command";
      readonly command: string;
      readonly args: readonly string[];
      readonly env: Readonly<Record<string, string>>;
      readonly cwd: string | undefined;
    }
  | { readonly kind: "url"; readonly url: string; readonly headers: Readonly<Record<string, string>> };

/** Where a file of the policy is. */
export type Source =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "url"; readonly url: string }
  | { readonly kind: "npm"; readonly name: string; readonly version: string | undefined }
  | { readonly kind: "well-known" };

export const SIGNER_NAMES = ["keys", "identity", "identityPattern", "githubActions", "githubRelease"] as const;
export type SignerName = (typeof SIGNER_NAMES)[number];

/** One server of the file. Entries are what only a verifier can judge; they keep their line for its refusals. */
export interface ServerShape {
  readonly name: string;
  readonly entry: Entry;
  readonly reach: Reach;
  /** The identifier that the catalogue must be signed for. */
  readonly server: string;
  readonly catalogue: { readonly source: Source; readonly entry: Entry };
  readonly evidence: { readonly field: "bundle" | "signature"; readonly source: Source; readonly entry: Entry };
  readonly signer: { readonly name: SignerName; readonly entry: Entry };
  readonly trustRoot: { readonly path: string | "public-good"; readonly entry: Entry } | undefined;
  readonly logOrigins: Entry | undefined;
  readonly thresholds: Entry | undefined;
  readonly freshness: Entry | undefined;
  readonly firstUse: Entry | undefined;
  readonly state: { readonly text: string; readonly entry: Entry };
  readonly unsigned: readonly ("prompts" | "resources" | "resourceTemplates")[] | undefined;
  readonly sampling: "refuse" | "allow" | undefined;
  readonly overlapSeconds: number | undefined;
  readonly refresh: { readonly everySeconds: number } | undefined;
  readonly validate: "arguments" | "results" | "both" | undefined;
}

const SERVER_NAMES = [
  "command",
  "args",
  "env",
  "cwd",
  "url",
  "headers",
  "server",
  "catalogue",
  "bundle",
  "signature",
  ...SIGNER_NAMES,
  "trustRoot",
  "logOrigins",
  "thresholds",
  "freshness",
  "firstUse",
  "state",
  "unsigned",
  "sampling",
  "overlapSeconds",
  "refresh",
  "validate",
] as const;

export const SURFACES = ["prompts", "resources", "resourceTemplates"] as const;

/** The default of `state`. */
export const STATE_FILE = "inkan.state.json";
/** The policy file, unless another is named. */
export const POLICY_FILE = "inkan.config.json";

/** Values of the process's environment, which `${env:NAME}` stands for. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the whole file. Every server must be well formed, whichever of them is used. */
export function readPolicyFile(file: string, text: string, environment: Environment): ReadonlyMap<string, ServerShape> {
  const top = parseDocument(file, text);
  const { servers, $schema } = top.object(["$schema", "servers"], {
    mcpServers: "servers",
    context_servers: "servers",
  });
  $schema?.text();
  if (servers === undefined) throw top.refuse("the member servers", "none", 'Write { "servers": { … } }.');
  const shapes = new Map<string, ServerShape>();
  for (const [name, entry] of servers.members()) {
    if (name === "") throw entry.refuse("a name", "an empty text");
    shapes.set(name, readServer(name, entry, environment));
  }
  return shapes;
}

const SIGNER_HINT =
  'Say who signs the catalogue: for example "keys": ["publisher.pem"], or "githubActions": { "repository": "acme/tools", "workflow": "release.yml", "ref": "refs/tags/v*" }.';
const EVIDENCE_HINT = 'Say where the signature is: for example "bundle": "catalogue.sigstore.json".';

type Given = { readonly [name in (typeof SERVER_NAMES)[number]]?: Entry };

function readServer(name: string, entry: Entry, environment: Environment): ServerShape {
  const given = entry.object(SERVER_NAMES);
  const reach = readReach(entry, given, environment);
  const server = given.server?.text() ?? (reach.kind === "url" ? reach.url : undefined);
  if (server === undefined) {
    const hint = "Name the server as its catalogue does, such as npm:@acme/files-server.";
    throw entry.refuse("the member server", "none", hint);
  }
  const catalogue = given.catalogue;
  if (catalogue === undefined) throw entry.refuse("the member catalogue", "none", "Say where the signed catalogue is.");
  const places = [catalogue, given.bundle, given.signature].filter((place) => place !== undefined);
  for (const place of places) {
    if (sourceOf(place).kind === "well-known" && reach.kind !== "url") {
      throw place.refuse(
        "url beside well-known:",
        "command",
        "A command has no origin: give a path, a URL or npm:NAME.",
      );
    }
  }
  const evidence = oneOf(entry, given, ["bundle", "signature"], sourceOf(catalogue).kind, EVIDENCE_HINT);
  const signer = oneOf(entry, given, SIGNER_NAMES, undefined, SIGNER_HINT);
  const trustRoot = given.trustRoot;
  if (trustRoot === undefined && signer.name !== "keys") {
    const hint = 'Give the path of a trusted_root.json, or "public-good".';
    throw entry.refuse("the member trustRoot", "none", hint);
  }
  if (signer.name !== "keys" && evidence.name === "signature") {
    throw evidence.entry.refuse(
      "bundle",
      "signature",
      "A detached signature is for keys; a keyless one needs its bundle.",
    );
  }
  return {
    name,
    entry,
    reach,
    server,
    catalogue: { source: sourceOf(catalogue), entry: catalogue },
    evidence: { field: evidence.name, source: sourceOf(evidence.entry), entry: evidence.entry },
    signer,
    trustRoot: trustRoot === undefined ? undefined : { path: trustRoot.text(), entry: trustRoot },
    logOrigins: given.logOrigins,
    thresholds: given.thresholds,
    freshness: given.freshness,
    firstUse: given.firstUse,
    state: {
      text: given.state === undefined ? STATE_FILE : readState(given.state, environment),
      entry: given.state ?? entry,
    },
    unsigned: given.unsigned?.list().map((surface) => surface.oneOf(SURFACES)),
    sampling: given.sampling?.oneOf(["refuse", "allow"]),
    overlapSeconds: given.overlapSeconds?.count(),
    refresh: given.refresh === undefined ? undefined : { everySeconds: given.refresh.secondsOr("everySeconds") },
    validate: given.validate?.oneOf(["arguments", "results", "both"]),
  };
}

/**
 * Where records are kept. The place is not told: a URL may hold a password. In a URL of Redis, `${env:NAME}` is a text, such
 * as a password, and is percent-encoded (RFC 3986, section 2.1).
 */
function readState(entry: Entry, environment: Environment): string {
  const text = withoutNul(entry, entry.text());
  if (/^rediss?:\/\//.test(text)) {
    return withVariables(entry, text, environment, (value) =>
      encodeURIComponent(value.replace(/\p{Surrogate}/gu, "\ufffd")),
    );
  }
  // A text that begins like a URL of Redis is a mistake in one: a file of this name would be another memory.
  if (/^[a-z][a-z0-9+.-]+:\/\/|^rediss?:?\//i.test(text)) {
    throw entry.refuse("a path, redis://…, rediss://… or none", "another URL");
  }
  return text;
}

/** The one of several members that is given. */
function oneOf<Name extends keyof Given>(
  entry: Entry,
  given: Given,
  names: readonly Name[],
  beside?: Source["kind"],
  hint?: string,
): { readonly name: Name; readonly entry: Entry } {
  const [first, second] = names.flatMap((name) => {
    const member = given[name];
    return member === undefined ? [] : [{ name, entry: member }];
  });
  if (second !== undefined) throw second.entry.refuse(`one of ${names.join(", ")}`, `${first?.name} too`);
  if (first !== undefined) return first;
  // Where a convention says where the catalogue is, it says where its bundle is.
  const [name] = names;
  if ((beside === "npm" || beside === "well-known") && name !== undefined && given.catalogue !== undefined) {
    return { name, entry: given.catalogue };
  }
  throw entry.refuse(`one of ${names.join(", ")}`, "none", hint);
}

function readReach(entry: Entry, given: Given, environment: Environment): Reach {
  const { command, args, env, cwd, url, headers } = given;
  if (command !== undefined && url !== undefined) throw url.refuse("one of command, url", "command too");
  if (command !== undefined) {
    if (headers !== undefined) throw headers.refuse("url beside headers", "command");
    return {
      kind: "command",
      command: withoutNul(command, command.text()),
      args: args === undefined ? [] : args.list().map((argument) => withoutNul(argument, argument.anyText())),
      env: env === undefined ? {} : readVariables(env, environment, checkVariable),
      cwd: cwd === undefined ? undefined : withoutNul(cwd, cwd.text()),
    };
  }
  if (url === undefined) {
    throw entry.refuse("one of command, url", "none", 'Say how the server is started, "command", or reached, "url".');
  }
  for (const misplaced of [args, env, cwd]) {
    if (misplaced !== undefined) throw misplaced.refuse("command beside it", "url");
  }
  const sent = headers === undefined ? {} : readVariables(headers, environment, checkHeader);
  return { kind: "url", url: readUrl(url), headers: sent };
}

/** No program can be given a text with U+0000. */
function withoutNul(entry: Entry, text: string): string {
  if (text.includes("\0")) throw entry.refuse("a text without U+0000", "one with it");
  return text;
}

/** Refuses a variable that no program can be given. Values are never told: they may be secrets. */
function checkVariable(entry: Entry, name: string, value: string): void {
  if (name === "" || /[=\0]/.test(name)) throw entry.refuse("a variable's name, without = and U+0000", name);
  withoutNul(entry, value);
}

/** Refuses a header that cannot be sent. */
function checkHeader(entry: Entry, name: string, value: string): void {
  if (!isHeaderName(name)) throw entry.refuse("a header's name", name);
  if (!isHeaderValue(value)) {
    throw entry.refuse("a value that a header may hold", "characters that none may hold");
  }
}

/** Names and texts, with `${env:NAME}` replaced by what the environment has. */
function readVariables(
  entry: Entry,
  environment: Environment,
  check: (entry: Entry, name: string, value: string) => void,
): Readonly<Record<string, string>> {
  const read: Record<string, string> = Object.create(null);
  for (const [name, member] of entry.members()) {
    const value = withVariables(member, member.anyText(), environment, (set) => set);
    check(member, name, value);
    read[name] = value;
  }
  return read;
}

/** A text with `${env:NAME}` replaced by what `write` makes of the environment's value. */
function withVariables(entry: Entry, text: string, environment: Environment, write: (value: string) => string): string {
  return text.replace(/\$\{env:([^}]*)(\}?)/g, (_, variable: string, end: string) => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the spelling of the policy file
    if (variable === "" || end === "") throw entry.refuse("${env:NAME}", "no name, or no brace at its end");
    const set = Object.hasOwn(environment, variable) ? environment[variable] : undefined;
    if (set === undefined) {
      throw entry.refuse(`the environment variable ${variable}`, "not set", `Set ${variable}, or write the value.`);
    }
    return write(set);
  });
}

function readUrl(entry: Entry): string {
  const text = entry.text();
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // Before anything that would print it.
  if (url !== undefined && (url.username !== "" || url.password !== "")) {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the spelling of the policy file
    throw entry.refuse("a URL without a user's name", "one with it", "Give credentials by headers and ${env:NAME}.");
  }
  // A parser of URLs forgives white space and missing slashes.
  const isWhole = /^https?:\/\/\S+$/i.test(text);
  if (url === undefined || !isWhole || !isPrivateWay(url)) {
    throw entry.refuse("an https URL (http for this machine alone)", shownUrl(text));
  }
  return text;
}

/** A package's name and, after `@`, one exact version. Neither is a path, nor an option of a command. */
const PACKAGE = /^((?:@[a-z0-9~][\w.~-]*\/)?[a-z0-9~][\w.~-]*)(?:@(\d+\.\d+\.\d+(?:[-+][\w.+-]+)?))?$/i;

/** Where a file is: a path, an https URL, `npm:NAME`, `npm:NAME@VERSION`, or `well-known:`. */
function sourceOf(entry: Entry): Source {
  const text = entry.text();
  if (text === "well-known:") return { kind: "well-known" };
  if (text.startsWith("npm:")) {
    const [, name, version] = PACKAGE.exec(text.slice("npm:".length)) ?? [];
    if (name === undefined) {
      throw entry.refuse("npm: and a package's name, with @ and an exact version or without", text);
    }
    return { kind: "npm", name, version };
  }
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(text)) return { kind: "url", url: readUrl(entry) };
  if (/^[a-z][a-z0-9+.-]+:/i.test(text) && !/^[a-z]:[\\/]/i.test(text)) {
    throw entry.refuse("a path, an https URL, npm:NAME or well-known:", text);
  }
  return { kind: "file", path: text };
}
