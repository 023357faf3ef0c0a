import type { VerificationReport } from "./core/report.js";
import { ERROR_CLASSES, type ErrorClass, type ErrorCode } from "./generated/error_codes.js";
import { ERROR_TEXTS } from "./generated/error_texts.js";
import { withoutPrototype } from "./input/json.js";
import { escapeUnprintable } from "./input/printable.js";

export type { ErrorClass, ErrorCode };

/** What makes an error: the code, and texts for people. `message` is the code's meaning, one sentence. */
export interface ErrorDetail {
  readonly code: ErrorCode;
  readonly message: string;
  readonly subject?: string;
  readonly expected?: string;
  readonly found?: string;
  readonly hint: string;
  readonly evidence?: readonly string[];
  readonly evidenceDocument?: string;
}

/**
 * Every error that this library throws on purpose. Compare `code`, never a text.
 *
 * `message` is for stacks and logs: the sentence, the facts and the hint in one text. A page that shows `subject`,
 * `expected`, `found` and `hint` by themselves shows `summary` with them, not `message`.
 * All texts but `evidence` and `evidenceDocument`, which are verbatim, may be printed as they are.
 */
export abstract class InkanError extends Error {
  /** Stable across releases. */
  readonly code: ErrorCode;
  /** What happened, in one sentence without the facts: the meaning of the code. */
  readonly summary: string;
  /** What the error is about: an option, a field path, a certificate's subject. */
  readonly subject?: string;
  readonly expected?: string;
  readonly found?: string;
  /** What to do next. */
  readonly hint: string;
  /** Signed texts, verbatim. For `ERR_LOG_FORK`, and for a consistency proof that does not hold, these are the two notes. */
  readonly evidence?: readonly string[];
  /** For `ERR_LOG_FORK`: what proves it to others, as `inkan log check-fork` takes it. */
  readonly evidenceDocument?: string;
  /** Every step of the refused verification. Absent if nothing was verified yet. */
  readonly report?: VerificationReport;

  constructor(given: ErrorDetail, options?: { cause?: unknown }) {
    const detail = withoutPrototype(escapeTexts(withoutPrototype(given)));
    super(wholeText(detail), options);
    this.code = detail.code;
    this.summary = detail.message;
    this.hint = detail.hint;
    if (detail.subject !== undefined) this.subject = detail.subject;
    if (detail.expected !== undefined) this.expected = detail.expected;
    if (detail.found !== undefined) this.found = detail.found;
    if (detail.evidence !== undefined) this.evidence = detail.evidence;
    if (detail.evidenceDocument !== undefined) this.evidenceDocument = detail.evidenceDocument;
  }

  /** What a log should keep: everything but the stack and the report. */
  toJSON(): Record<string, unknown> {
    const { code, name, message, summary, subject, expected, found, hint, evidence, evidenceDocument } = this;
    return { code, class: name, message, summary, subject, expected, found, hint, evidence, evidenceDocument };
  }
}

/** The input is malformed, or an option is wrong. Correct the call or the file. */
export class InputError extends InkanError {
  override readonly name = "InputError";
}

/** The evidence does not hold. Do not use what was signed. */
export class VerificationError extends InkanError {
  override readonly name = "VerificationError";
}

/** What is presented contradicts what was seen before. Alert someone. */
export class FreshnessError extends InkanError {
  override readonly name = "FreshnessError";
}

/** The state store failed or holds invalid records, or the source of proofs did not answer. Nothing was released. */
export class StateError extends InkanError {
  override readonly name = "StateError";
}

/** A bug of this library, or a runtime that cannot load it. */
export class InternalError extends InkanError {
  override readonly name = "InternalError";
}

const CONSTRUCTORS: Record<ErrorClass, new (detail: ErrorDetail, options?: { cause?: unknown }) => InkanError> = {
  InputError,
  VerificationError,
  FreshnessError,
  StateError,
  InternalError,
};

/** The error of a code, of the class that the list gives this code. */
export function errorOf(detail: ErrorDetail, cause?: unknown): InkanError {
  const Class = CONSTRUCTORS[ERROR_CLASSES[detail.code]];
  return new Class(detail, cause === undefined ? undefined : { cause });
}

/** A code whose texts this layer has, because it raises the code. The core raises the others, with their texts. */
export type RaisedCode = keyof typeof ERROR_TEXTS;

/** What a refusal adds to the texts of its code. `hint` replaces the hint of the code. */
export interface Facts {
  readonly subject?: string | undefined;
  readonly expected?: string | undefined;
  readonly found?: string | undefined;
  readonly hint?: string | undefined;
}

/** The error of a code, with the sentence and the hint that the core's list gives this code. */
export function refusal(code: RaisedCode, facts: Facts = {}, cause?: unknown): InkanError {
  return errorOf({ code, ...ERROR_TEXTS[code], ...known(facts) }, cause);
}

/** The facts that are not undefined. */
const known = (facts: Facts): object =>
  Object.fromEntries(Object.entries(facts).filter(([, text]) => text !== undefined));

/** Whether a text is a code of this build. */
export function isErrorCode(text: unknown): text is ErrorCode {
  return typeof text === "string" && Object.hasOwn(ERROR_CLASSES, text);
}

/** Whether an error is about a wrong call and not about the evidence. */
export const isMisuse = ({ code }: InkanError): boolean => code.startsWith("ERR_OPTION_");

/** How the texts of a refusal change where its reader has other names for things than a caller of this library. */
export interface Words {
  readonly subject?: (text: string) => string;
  /** What was expected or found. */
  readonly fact?: (text: string) => string;
  readonly hint?: (text: string) => string;
}

/** The same refusal in other words. Its evidence and its report stay as they are. */
export function reworded(error: InkanError, words: Words): InkanError {
  const { code, summary: message, subject, expected, found, evidence, evidenceDocument, report } = error;
  const { subject: ofSubject = same, fact = same, hint = same } = words;
  const detail = {
    code,
    message,
    hint: hint(error.hint),
    ...known({
      subject: subject && ofSubject(subject),
      expected: expected && fact(expected),
      found: found && fact(found),
    }),
    ...(evidence === undefined ? {} : { evidence }),
    ...(evidenceDocument === undefined ? {} : { evidenceDocument }),
  };
  const told = errorOf(detail, error.cause);
  return report === undefined ? told : attachReport(told, report);
}

const same = (text: string): string => text;

/** The same refusal, with the beginning of its subject replaced by a name that the caller knows. */
export const renamed = (error: InkanError, begin: RegExp, name: string): InkanError =>
  reworded(error, { subject: (text) => text.replace(begin, name) });

/** The same error, with the report of the verification that it ended. */
export function attachReport<E extends InkanError>(error: E, report: VerificationReport): E {
  return Object.defineProperty(error, "report", withoutPrototype({ value: report, enumerable: false }));
}

/**
 * The same with all texts for people made safe to print, because option values and names in them may come from anybody.
 */
function escapeTexts(detail: ErrorDetail): ErrorDetail {
  const { message, subject, expected, found, hint } = detail;
  return {
    ...detail,
    message: escapeUnprintable(message),
    hint: escapeUnprintable(hint),
    ...(subject === undefined ? {} : { subject: escapeUnprintable(subject) }),
    ...(expected === undefined ? {} : { expected: escapeUnprintable(expected) }),
    ...(found === undefined ? {} : { found: escapeUnprintable(found) }),
  };
}

const wholeText = (detail: ErrorDetail): string => `${sentences(detail)} ${detail.hint}`;

function sentences({
  message,
  subject,
  expected,
  found,
}: Pick<ErrorDetail, "message" | "subject" | "expected" | "found">): string {
  const parts = [message];
  if (subject !== undefined) parts.push(`Where: ${subject}.`);
  if (expected !== undefined) parts.push(`Expected: ${expected}.`);
  if (found !== undefined) parts.push(`Found: ${found}.`);
  return parts.join(" ");
}

/** What an error's message says but for its hint, for a text that has the hint by itself. */
export const factsText = (error: InkanError): string => sentences({ ...error, message: error.summary });
