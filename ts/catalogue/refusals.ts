/** The refusals of offered definitions that are not signed. */
import { type ErrorCode, type Facts, InkanError, type RaisedCode, refusal } from "../errors.js";
import { printable } from "../input/printable.js";
import type { DefinitionKind, SignedDefinition } from "./definition.js";
import { describeDifferences } from "./difference.js";
import { WORDS } from "./kinds.js";

interface Wording {
  readonly unsigned: RaisedCode;
  readonly changed: RaisedCode;
  readonly malformed: RaisedCode;
}

const WORDINGS: Readonly<Record<DefinitionKind, Wording>> = {
  tool: {
    unsigned: "ERR_TOOL_UNSIGNED",
    changed: "ERR_TOOL_CHANGED",
    malformed: "ERR_TOOL_MALFORMED",
  },
  prompt: {
    unsigned: "ERR_PROMPT_UNSIGNED",
    changed: "ERR_PROMPT_CHANGED",
    malformed: "ERR_PROMPT_MALFORMED",
  },
  resource: {
    unsigned: "ERR_RESOURCE_UNSIGNED",
    changed: "ERR_RESOURCE_CHANGED",
    malformed: "ERR_RESOURCE_MALFORMED",
  },
  resourceTemplate: {
    unsigned: "ERR_RESOURCE_TEMPLATE_UNSIGNED",
    changed: "ERR_RESOURCE_TEMPLATE_CHANGED",
    malformed: "ERR_RESOURCE_TEMPLATE_MALFORMED",
  },
};

export type RefusedVerdict = "unsigned" | "changed" | "malformed";

export const refusalCode = (kind: DefinitionKind, verdict: RefusedVerdict): ErrorCode => WORDINGS[kind][verdict];

export function unsignedError(kind: DefinitionKind, name: string, signed: number): InkanError {
  const words = WORDS[kind];
  return refusal(WORDINGS[kind].unsigned, {
    subject: subjectOf(words, name),
    expected: signed === 1 ? `the one signed ${words}` : `one of the ${signed} signed ${words}s`,
    found: printable(name),
  });
}

/** Leaves out the offered text if it is too large to look at. */
export function changedError(signed: SignedDefinition, offered: string | undefined, longest: number): InkanError {
  const { changed } = WORDINGS[signed.kind];
  const words = WORDS[signed.kind];
  const differences =
    offered === undefined
      ? { expected: `at most ${longest} bytes, and about as many values as are signed`, found: "more" }
      : describeDifferences(signed.definition, JSON.parse(offered));
  return refusal(changed, { subject: subjectOf(words, signed.name), ...differences });
}

/** `cause` is the core's refusal, or what reading the offered object threw. */
export function malformedError(kind: DefinitionKind, name: string | undefined, cause: Error): InkanError {
  const { malformed } = WORDINGS[kind];
  const words = WORDS[kind];
  const subject = name === undefined ? undefined : subjectOf(words, name);
  return refusal(malformed, { subject, ...reasonOf(cause) }, cause);
}

function reasonOf(cause: Error): Facts {
  if (cause instanceof InkanError) return { expected: cause.expected, found: cause.found };
  return { expected: "a JSON object", found: printable(cause.message) };
}

const subjectOf = (words: string, name: string): string => `${words} ${JSON.stringify(printable(name))}`;
