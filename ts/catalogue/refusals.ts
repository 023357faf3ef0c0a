/** What is said of an offered definition that is not signed. */
import { type ErrorCode, errorOf, InkanError } from "../errors.js";
import { printable } from "../input/printable.js";
import type { DefinitionKind, SignedDefinition } from "./definition.js";
import { describeDifferences } from "./difference.js";

interface Wording {
  readonly words: string;
  readonly unsigned: ErrorCode;
  readonly changed: ErrorCode;
  readonly malformed: ErrorCode;
  /** What not to do with one that changed. */
  readonly use: string;
}

const WORDINGS: Readonly<Record<DefinitionKind, Wording>> = {
  tool: {
    words: "tool",
    unsigned: "ERR_TOOL_UNSIGNED",
    changed: "ERR_TOOL_CHANGED",
    malformed: "ERR_TOOL_MALFORMED",
    use: "call it",
  },
  prompt: {
    words: "prompt",
    unsigned: "ERR_PROMPT_UNSIGNED",
    changed: "ERR_PROMPT_CHANGED",
    malformed: "ERR_PROMPT_MALFORMED",
    use: "use it",
  },
  resource: {
    words: "resource",
    unsigned: "ERR_RESOURCE_UNSIGNED",
    changed: "ERR_RESOURCE_CHANGED",
    malformed: "ERR_RESOURCE_MALFORMED",
    use: "read it",
  },
  resourceTemplate: {
    words: "resource template",
    unsigned: "ERR_RESOURCE_TEMPLATE_UNSIGNED",
    changed: "ERR_RESOURCE_TEMPLATE_CHANGED",
    malformed: "ERR_RESOURCE_TEMPLATE_MALFORMED",
    use: "use it",
  },
};

export type RefusedVerdict = "unsigned" | "changed" | "malformed";

export const refusalCode = (kind: DefinitionKind, verdict: RefusedVerdict): ErrorCode => WORDINGS[kind][verdict];

export function unsignedError(kind: DefinitionKind, name: string, signed: number): InkanError {
  const { words, unsigned } = WORDINGS[kind];
  return errorOf({
    code: unsigned,
    message: `The ${words} is not in the verified catalogue.`,
    subject: subjectOf(words, name),
    expected: signed === 1 ? `the one signed ${words}` : `one of the ${signed} signed ${words}s`,
    found: printable(name),
    hint: `The server offers a ${words} that its publisher did not sign.`,
  });
}

/** Without the offered text where that is too large to look at. */
export function changedError(signed: SignedDefinition, offered: string | undefined, longest: number): InkanError {
  const { words, changed, use } = WORDINGS[signed.kind];
  const differences =
    offered === undefined
      ? { expected: `at most ${longest} bytes`, found: "more" }
      : describeDifferences(signed.definition, JSON.parse(offered));
  return errorOf({
    code: changed,
    message: `The ${words}'s definition differs from the signed one.`,
    subject: subjectOf(words, signed.name),
    ...differences,
    hint: `The server changed a ${words} after it was signed; do not ${use}.`,
  });
}

/** `cause` is the core's refusal, or what reading the offered object threw. */
export function malformedError(kind: DefinitionKind, name: string | undefined, cause: unknown): InkanError {
  const { words, malformed } = WORDINGS[kind];
  const detail = {
    code: malformed,
    message: `What the server offers is not a ${words}${kind === "resourceTemplate" ? "" : " definition"}.`,
    ...(name === undefined ? {} : { subject: subjectOf(words, name) }),
    ...reasonOf(cause),
    hint: `Pass the whole ${words} object as the server lists it; if that is what you passed, the server is broken.`,
  };
  return errorOf(detail, cause);
}

function reasonOf(cause: unknown): { readonly expected?: string; readonly found?: string } {
  if (!(cause instanceof InkanError)) {
    return { expected: "a JSON object", found: printable(cause instanceof Error ? cause.message : String(cause)) };
  }
  const { expected, found } = cause;
  return { ...(expected === undefined ? {} : { expected }), ...(found === undefined ? {} : { found }) };
}

const subjectOf = (words: string, name: string): string => `${words} ${JSON.stringify(printable(name))}`;
