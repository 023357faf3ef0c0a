/** Text that depends on when and where the server ran. Such a catalogue matches on one machine, or for one day. */
import type { Problem } from "../finding.js";
import type { Text } from "../subject.js";

/** Before an example: what is found there is made up. */
const EXAMPLE =
  /(?:\be\.?g\.?|\bexamples?|\bsuch as|\blike|\bfor instance|\bformat(?:ted)?|\bISO|\bRFC|例|例えば|z\. ?B\.|напр|\bp\. ?ex\.)[^.\n]{0,40}$/i;
const BEFORE = 60;

/** Names in paths that stand for any user. */
const ANYBODY =
  /^(?:user(?:name)?|me|you|name|foo|bar|someone|alice|bob|john|jane|example|test|runner|node|app|shared|public|default)$/i;

interface Kind {
  readonly pattern: RegExp;
  readonly what: string;
  /** Whether what was found counts. */
  readonly counts?: (found: RegExpExecArray) => boolean;
}

const KINDS: readonly Kind[] = [
  { pattern: /\b20\d\d-[01]\d-[0-3]\d[T ][0-2]\d:[0-5]\d/g, what: "a time" },
  {
    pattern:
      /\b(?:today(?: is|'s date)?|current(?: date| time)?(?: is)?|now is|as of|last updated|generated(?: on| at)?|started(?: on| at)?|built(?: on| at)?)[: ]{1,2}(?:[A-Z][a-z]{2,8},? )?(?:20\d\d-[01]\d-[0-3]\d|[0-3]?\d [A-Z][a-z]{2,8} 20\d\d|[A-Z][a-z]{2,8} [0-3]?\d,? 20\d\d)/gi,
    what: "a date",
  },
  {
    pattern: /(?:\/home\/|\/Users\/|\b[A-Z]:\\Users\\)([\w.-]+)/g,
    what: "a user's folder",
    counts: ([, name = ""]) => !ANYBODY.test(name),
  },
  {
    pattern:
      /\/var\/folders\/\w\w\/|\/tmp\/[\w-]*(?:\d{3}|[A-Z][a-z0-9]*[A-Z]|[a-z]{2,}[-.][A-Za-z0-9]{6,})[\w-]*|\\AppData\\Local\\Temp\\/g,
    what: "a temporary folder",
  },
  {
    pattern: /\b(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\]):(\d{4,5})\b/g,
    what: "a port that the system chose",
    counts: ([, port = ""]) => Number(port) >= 32_768 && Number(port) <= 65_535,
  },
  { pattern: /\b[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b/gi, what: "a UUID" },
  { pattern: /\bpid[ :=]{1,2}\d{2,7}\b/gi, what: "a process id" },
  { pattern: /\b(?:logged|signed) in as [`'"]?[\w.@-]+/gi, what: "a user" },
  { pattern: /\b1[6-9]\d{11}\b/g, what: "a time in milliseconds" },
];

export function* dynamicText({ text, role }: Text): Iterable<Problem> {
  if (role === "data" || role === "unseen") return;
  for (const { pattern, what, counts } of KINDS) {
    for (const found of text.matchAll(pattern)) {
      if (counts?.(found as RegExpExecArray) === false) continue;
      if (role === "prose" && EXAMPLE.test(text.slice(Math.max(0, found.index - BEFORE), found.index))) continue;
      yield { text: `The text has ${what}: ${JSON.stringify(found[0].slice(0, 80))}.` };
      break;
    }
  }
}
