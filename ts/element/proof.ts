/** The parts of a report: the verdict, what was proven, and the steps. */
import { type Child, disclosure, facts, h, json, LONGEST_NAME, shown, value } from "./dom.js";
import { listOf, type Members, membersOf, objectsOf, type Reading } from "./reading.js";

/** What each kind of evidence is called. */
const NOUNS = { catalogue: "catalogue", artifact: "file", attestation: "attestation" };
/** Each status of a step: its mark, and its word. */
const STATUSES: ReadonlyMap<unknown, readonly [mark: string, word: string]> = new Map([
  ["passed", ["✓", "passed"]],
  ["failed", ["✗", "failed"]],
  ["not-reached", ["·", "not reached"]],
  ["not-required", ["–", "not required"]],
]);

export const heading = (level: number, text: string): HTMLElement =>
  h("div", { role: "heading", "aria-level": String(level), part: "heading", class: "heading" }, text);

/** The verdict in one line, and what was refused. */
export function verdictParts({ verdict, reason, kind, error }: Reading, label: string | null): Child[] {
  const about = label === null || label === "" ? undefined : value(label, "label", LONGEST_NAME);
  if (verdict === "none") return [h("p", { part: "summary" }, reason)];
  const title = (mark: string, word: string): HTMLElement =>
    h(
      "p",
      { part: "title", class: "title" },
      h("span", { "aria-hidden": "true", class: "mark" }, mark),
      h("strong", {}, word),
      ...(about === undefined ? [] : [" ", about]),
    );
  if (verdict === "verified") {
    return [
      title("✓", "Verified"),
      h("p", { part: "summary" }, `Every required check of this ${NOUNS[kind ?? "artifact"]} passed.`),
    ];
  }
  return [
    title("✗", "Refused"),
    h("p", { part: "summary" }, shown(error?.summary ?? error?.title ?? "The verification failed.")),
    facts([["Code", error?.code === undefined ? undefined : value(error.code, "code")], ...expectation(error ?? {})]),
  ];
}

const expectation = (given: Members): [string, Child][] =>
  (
    [
      ["Where", given.subject],
      ["Expected", given.expected],
      ["Found", given.found],
      ["What to do", given.hint],
    ] as const
  ).map(([name, text]) => [name, text === undefined ? undefined : value(text)]);

/** Who signed, when, and where it is logged. */
export function proofParts(proof: Members, level: number): Child[] {
  return [
    heading(level, "Signer"),
    facts([...signerRows(membersOf(proof.signer) ?? {}), ...timeRows(proof), ["Digest", value(proof.digest)]]),
    ...objectsOf(proof.log).flatMap((entry) => [heading(level, "Log entry"), facts(logRows(entry))]),
    ...statementParts(membersOf(proof.attestation) ?? (proof.predicateType === undefined ? undefined : proof), level),
  ];
}

function signerRows(signer: Members): [string, Child][] {
  const san = membersOf(signer.san);
  const optional = (text: unknown): Child => (text === undefined ? undefined : value(text));
  const extensions = Object.entries(membersOf(signer.extensions) ?? {});
  return [
    ["Identity", optional(san?.value)],
    ["Kind of identity", optional(san?.type)],
    ["Confirmed by", optional(signer.issuer)],
    ["Certificate", optional(signer.certificate)],
    ["Key", optional(signer.algorithm)],
    ["Fingerprint", optional(signer.fingerprint)],
    [
      "More from the certificate",
      extensions.length === 0
        ? undefined
        : disclosure("extensions", [`${extensions.length} statements`], () => [
            facts(extensions.map(([name, text]) => [shown(name), value(text)])),
          ]),
    ],
  ];
}

function timeRows(proof: Members): [string, Child[]][] {
  const times = listOf(proof.signedAt);
  const row =
    times.length > 0 ? times.map((time) => value(time)) : ["No time is proven: only a signature was checked."];
  return [["Signed at", row]];
}

function logRows(entry: Members): [string, Child | Child[]][] {
  const witnesses = objectsOf(entry.witnesses);
  return [
    ["Log", value(entry.origin)],
    ["Index", value(entry.logIndex)],
    ["Tree size", value(entry.treeSize)],
    ["Root hash", value(entry.rootHash)],
    ["Witnesses", witnesses.map((one) => h("span", {}, value(one.name), " at ", value(one.cosignedAt)))],
    [
      "Quorum",
      entry.witnessQuorum === undefined ? undefined : entry.witnessQuorum === true ? "cosigned" : "not cosigned",
    ],
    ["History", entry.history === undefined ? undefined : value(entry.history)],
  ];
}

function statementParts(statement: Members | undefined, level: number): Child[] {
  if (statement === undefined) return [];
  return [
    heading(level, "Attestation"),
    facts([
      ["Type", value(statement.predicateType)],
      ["Subjects", objectsOf(statement.subject).map((one) => value(one.name ?? "without a name"))],
    ]),
    disclosure("predicate", ["What the signer states"], () => json(statement.predicate)),
  ];
}

/** Every step, reached or not. */
export function stepParts(steps: readonly Members[], level: number): Child[] {
  if (steps.length === 0) return [];
  const items = steps.map((step) => {
    const [mark, word] = STATUSES.get(step.status) ?? ["?", "unknown"];
    const status = word.replace(" ", "-");
    const title = h(
      "div",
      { class: "step-title" },
      h("span", { "aria-hidden": "true", class: "mark" }, mark),
      h(
        "span",
        {},
        h("span", { part: "step-title" }, shown(step.title)),
        ": ",
        h("span", { part: "step-status", class: "muted" }, word),
      ),
    );
    const details = listOf(step.details).map((detail) => h("p", { part: "step-detail" }, value(detail)));
    const code: [string, Child] = ["Code", step.code === undefined ? undefined : value(step.code, "code")];
    const rest = step.status === "failed" ? [facts([code, ...expectation(step)])] : [];
    return h("li", { part: `step step-${status}`, class: `step ${status}` }, title, ...details, ...rest);
  });
  return [heading(level, "Steps"), h("ol", { part: "steps", class: "plain" }, ...items)];
}
