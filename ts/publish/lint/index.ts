/**
 * What in a catalogue should be mended before it is signed. Pure: the time is an argument, and nothing is read but the file.
 * A file without findings is not safe by that: the rules know what they know.
 */
import { type CatalogueFile, readCatalogue } from "../catalogue.js";
import type { About, Finding, LintResult, Problem } from "./finding.js";
import { readIgnores } from "./ignore.js";
import { locate } from "./locate.js";
import { type Context, RULES, type Rule, type RuleName } from "./rules.js";
import { type Subject, subjectsOf } from "./subject.js";

export type { About, Counts, Finding, LintResult, Severity } from "./finding.js";
export { RULES, type RuleName } from "./rules.js";

/** What a rule tells of one definition. More is counted. */
const MOST_OF_A_RULE = 10;
/** What is told at all: GitHub takes 5,000 results of a file (code scanning, SARIF limits). */
const MOST = 5_000;

const EACH: readonly (Rule & { readonly name: RuleName })[] = RULES;
const FILE: About = { kind: "catalogue" };

/**
 * Judges a catalogue; `file` is what was read of it, if it was read. Else the core must be loaded, which knows what a
 * definition is. Throws a `TypeError` or `SyntaxError` that says why the input is none.
 */
export function lint(input: Uint8Array | string, now: number = Date.now(), file?: CatalogueFile): LintResult {
  const bytes = typeof input === "string" ? new TextEncoder().encode(input) : input;
  const text = typeof input === "string" ? input : new TextDecoder("utf-8", { ignoreBOM: true }).decode(input);
  return judge(file ?? readCatalogue(bytes), text, now);
}

function judge(file: CatalogueFile, text: string, now: number): LintResult {
  const names = RULES.map(({ name }) => name);
  const ignores = readIgnores(file, names);
  const context: Context = {
    members: file.members,
    now,
    tools: new Set(file.lists.tool.map(({ name }) => name)),
    ignoreProblems: ignores.problems,
  };
  const subjects = subjectsOf(file);
  const found = new Found((rule, about) => ignores.isIgnored(rule, about));
  for (const rule of EACH) {
    for (const problem of rule.file?.(context) ?? []) found.add(rule, FILE, problem, "");
    for (const [subject, problem] of rule.all?.(subjects) ?? []) found.addOf(rule, subject, problem);
  }
  for (const subject of subjects) judgeSubject(subject, context, found);
  return found.result(text, subjects);
}

function judgeSubject(subject: Subject, context: Context, found: Found): void {
  for (const rule of EACH) {
    for (const problem of rule.each?.(subject, context) ?? []) found.addOf(rule, subject, problem);
    if (rule.text === undefined) continue;
    for (const text of subject.texts) {
      for (const problem of rule.text(text, subject, context)) {
        found.addOf(rule, subject, { ...problem, pointer: problem.pointer ?? text.pointer });
      }
    }
  }
}

type Unplaced = Omit<Finding, "line" | "column">;

class Found {
  readonly #isIgnored: (rule: string, about: About) => boolean;
  readonly #findings: Unplaced[] = [];
  readonly #told = new Map<string, number>();
  #errors = 0;
  #warnings = 0;

  constructor(isIgnored: (rule: string, about: About) => boolean) {
    this.#isIgnored = isIgnored;
  }

  addOf(rule: (typeof EACH)[number], subject: Subject, problem: Problem): void {
    const identifier = subject.about.kind === "instructions" ? subject.pointer : identifierPointer(subject);
    this.add(rule, subject.about, problem, identifier);
  }

  add({ name, severity }: (typeof EACH)[number], about: About, { text, pointer }: Problem, place: string): void {
    if (this.#isIgnored(name, about)) return;
    if (severity === "error") this.#errors += 1;
    else this.#warnings += 1;
    const key = `${name} ${about.kind} ${about.name ?? ""}`;
    const told = this.#told.get(key) ?? 0;
    this.#told.set(key, told + 1);
    if (told >= MOST_OF_A_RULE || this.#findings.length >= MOST) return;
    this.#findings.push({ rule: name, severity, about, pointer: pointer ?? place, message: text });
  }

  result(text: string, subjects: readonly Subject[]): LintResult {
    const places = locate(
      text,
      this.#findings.map(({ pointer }) => pointer),
    );
    const order = new Map<string, number>();
    for (const { about } of [{ about: FILE }, ...subjects]) {
      const key = JSON.stringify(about);
      if (!order.has(key)) order.set(key, order.size);
    }
    const rank = ({ about }: Unplaced): number => order.get(JSON.stringify(about)) ?? 0;
    const findings = this.#findings
      .map((finding) => ({
        finding,
        rank: rank(finding),
        place: places.get(finding.pointer) ?? { line: 1, column: 1 },
      }))
      .sort((one, other) => one.rank - other.rank || severityRank(one.finding) - severityRank(other.finding))
      .map(({ finding, place }) => ({ ...finding, ...place }));
    return {
      findings,
      counts: { errors: this.#errors, warnings: this.#warnings },
      omitted: this.#errors + this.#warnings - findings.length,
      definitions: subjects.filter(({ about }) => about.kind !== "instructions").length,
    };
  }
}

const severityRank = ({ severity }: Unplaced): number => (severity === "error" ? 0 : 1);

/** Where a definition has its name: the line that people look for. */
function identifierPointer(subject: Subject): string {
  const { kind } = subject.about;
  return subject.at(kind === "resource" ? "uri" : kind === "resourceTemplate" ? "uriTemplate" : "name");
}
