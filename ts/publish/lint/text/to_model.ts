/**
 * Text that addresses the model instead of describing the tool. The patterns are few and specific: they find what is written
 * in known attacks, in English and in a few other languages. Text that is worded otherwise is not found.
 */
import type { Problem } from "../finding.js";
import type { Subject, Text } from "../subject.js";
import { folded } from "./look_alike.js";

/** How a text is prepared for a pattern. */
interface Forms {
  /** Look-alikes and hidden characters undone, in small letters, on one line. */
  readonly sentence: string;
  /** The same in capital and small letters, line by line. */
  readonly lines: string;
  /** On one line, in small letters, in its own script. */
  readonly own: string;
}

interface Pattern {
  readonly on: keyof Forms;
  readonly pattern: RegExp;
  readonly what: string;
}

const FORMER =
  "(?:all|any|every|the|your|my|these|those|other|previous|prior|preceding|above|earlier|existing|former|system|of|and|safety|developer)";
const RULES = "(?:instructions?|prompts?|rules|guidelines|directions|directives|polic(?:y|ies)|guardrails|constraints)";

const DISREGARD = "tells the model to disregard instructions";
const SECRECY = "tells the model to keep something from the user";
const ROLE = "gives the model a new role";
const TAG = "has a tag that models read as an instruction";

/** Sources: descriptions in published attacks (Invariant Labs' notification on tool poisoning, OWASP MCP Top 10, SAFE-T1001). */
const OVERRIDES: readonly Pattern[] = [
  {
    on: "sentence",
    pattern: new RegExp(`\\b(?:ignor|disregard|forget|overrid|bypass)(?:e|es|ing|s)? (?:${FORMER} ){1,5}${RULES}\\b`),
    what: DISREGARD,
  },
  {
    on: "sentence",
    pattern:
      /\b(?:do not|don't|never|must not|should not|without) (?:tell|telling|inform|informing|mention|mentioning|reveal|revealing|disclose|disclosing)\b[^.]{0,40}\bthe user\b/,
    what: SECRECY,
  },
  {
    on: "sentence",
    pattern: /\b(?:hide|conceal|keep)(?:s|ing)? (?:this|it|that|these)\b[^.]{0,30}\bfrom the user\b/,
    what: SECRECY,
  },
  {
    on: "sentence",
    pattern:
      /\b(?:your|the model's|the assistant's) (?:(?:hidden|initial|original|full|entire|secret) )?system prompt\b/,
    what: "is about the model's system prompt",
  },
  {
    on: "sentence",
    pattern:
      /\b(?:takes?|taking|have|has) (?:precedence|priority) over (?:\w{1,20} ){0,4}(?:instructions?|prompts?|guidelines)\b/,
    what: "claims precedence over other instructions",
  },
  { on: "sentence", pattern: /\bfrom now on,? (?:you|always|never|act|respond|pretend)\b/, what: ROLE },
  { on: "sentence", pattern: /\bpretend (?:to be|that you are|you are)\b/, what: ROLE },
  { on: "sentence", pattern: /<\/?(?:important|system[_-]prompt|sys|im_start|im_end)(?: [^<>]{0,60})?>/, what: TAG },
  // In small letters and alone they are names for what to fill in: <system>/<component>.
  { on: "sentence", pattern: /<\/(?:system|instructions?|assistant|admin|secret|override|critical)>/, what: TAG },
  { on: "lines", pattern: /<(?:SYSTEM|INSTRUCTIONS?|ADMIN|SECRET|OVERRIDE|CRITICAL)>/, what: TAG },
  {
    on: "lines",
    pattern: /<\|[a-z_]{2,30}\|>|\[\/?INST\]|<<\/?SYS>>|^#{2,4} ?(?:System|Instructions?):/im,
    what: "has a token of a model's prompt format",
  },
  // Chinese, Japanese, Korean; Spanish, French, German, Portuguese; Russian.
  {
    on: "own",
    pattern:
      /忽略(?:之前|以前|先前|上述|所有)[^。]{0,12}(?:指令|指示|提示)|(?:以前|これまで|上記|前)の(?:すべての|全ての)?(?:指示|命令|プロンプト)を無視|이전(?:의)? (?:모든 )?(?:지시|명령)[^.]{0,6}무시/,
    what: DISREGARD,
  },
  {
    on: "own",
    pattern:
      /\b(?:ignora|olvida) (?:todas )?las instrucciones (?:anteriores|previas)|\bignorez? (?:toutes )?les instructions pr[ée]c[ée]dentes|\bignoriere? (?:alle )?(?:vorherigen|vorigen|bisherigen) anweisungen|\bignore (?:todas )?as instru[çc][õo]es anteriores/,
    what: DISREGARD,
  },
  { on: "own", pattern: /игнорируй(?:те)? (?:все )?(?:предыдущие|прежние) (?:инструкции|указания)/, what: DISREGARD },
];

const ORDER = "gives the model an order";

const ORDERS: readonly Pattern[] = [
  {
    on: "sentence",
    pattern: /\byou (?:must|should|shall|have to|need to|are required to) (?:always|never)\b/,
    what: ORDER,
  },
  {
    on: "sentence",
    pattern:
      /\b(?:always|never|must) (?:call|use|run|invoke|execute) (?:this|the|that|it)\b[^.]{0,30}(?:\btool|\bfunction|\bfirst\b|\bbefore\b|\binstead\b)/,
    what: ORDER,
  },
  {
    on: "sentence",
    pattern: /\b(?:before|prior to|instead of) (?:calling|using|running|invoking) (?:any|all|every)\b/,
    what: "puts itself before other tools",
  },
  {
    on: "sentence",
    pattern:
      /\b(?:instead of|rather than|in place of|do not use|don't use|never use) (?:any|all) other\b[^.]{0,20}\btools?\b/,
    what: "keeps the model from other tools",
  },
  {
    on: "sentence",
    pattern: /\bfor (?:any|every|all) (?:user )?(?:requests?|questions?|messages?|tasks?),? (?:always|you must|call)\b/,
    what: "claims every request",
  },
];

const known = new WeakMap<Text, Forms>();

function formsOf(given: Text): Forms {
  const forms = known.get(given) ?? prepare(given.text);
  known.set(given, forms);
  return forms;
}

function prepare(text: string): Forms {
  const own = text.normalize("NFKC").replace(/\p{Default_Ignorable_Code_Point}/gu, "");
  const lines = folded(own)
    .replace(/[\u2018\u2019]/g, "'")
    .replace(/[ \t\r]+/g, " ");
  return { lines, sentence: onOneLine(lines), own: onOneLine(own) };
}

const onOneLine = (text: string): string => text.replace(/\s+/g, " ").toLowerCase();

function* matches(text: Text, patterns: readonly Pattern[]): Iterable<Problem> {
  const forms = formsOf(text);
  const told = new Set<string>();
  for (const { on, pattern, what } of patterns) {
    const [found] = pattern.exec(forms[on]) ?? [];
    if (found === undefined || told.has(what)) continue;
    told.add(what);
    yield { text: `The text ${what}: ${JSON.stringify(found.trim().slice(0, 100))}.` };
  }
}

/** A text that is shorter says nothing. */
const SHORTEST = 4;

export function* overrides(text: Text): Iterable<Problem> {
  if (text.role !== "unseen" && text.text.length >= SHORTEST) yield* matches(text, OVERRIDES);
}

/** The instructions of a server are there to tell a model what to do: orders in them are honest. */
export function* orders(text: Text, { about }: Subject): Iterable<Problem> {
  if (text.role === "prose" && about.kind !== "instructions" && text.text.length >= SHORTEST)
    yield* matches(text, ORDERS);
}
