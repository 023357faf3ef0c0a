/** A refusal of the library as this command tells it: with options in place of the library's names. */
import type { ReportStep } from "../../core/report.js";
import { type InkanError, isErrorCode, reworded } from "../../errors.js";
import type { AnyReport } from "../verdict.js";
import { hintInFlags } from "./hints.js";
import { optionOf } from "./options.js";

/** Facts may be anybody's text, so that only these whole sentences of the library's are replaced. */
const OWN_FACTS: ReadonlySet<string> = new Set([
  "a time, since the policy has maxAgeSeconds",
  "the ref of workflowRepository at which the workflow stands",
]);

/** The refusal in the words of the command line. What is about a line of a policy file has that file's words already. */
export function inFlags(error: InkanError): InkanError {
  if (/:\d+: /.test(error.subject ?? "")) return error;
  return reworded(error, { subject: optionOf, fact: factInFlags, hint: hintInFlags });
}

/** The report in the words of the command line. */
export function reportInFlags(report: AnyReport): AnyReport {
  const steps = report.steps.map(stepInFlags);
  return report.verdict === "refused" ? { ...report, steps, error: inFlags(report.error) } : { ...report, steps };
}

function stepInFlags(step: ReportStep): ReportStep {
  const { code, expected, found, hint } = step;
  if (!isErrorCode(code)) return step;
  return {
    ...step,
    ...(expected === undefined ? {} : { expected: factInFlags(expected) }),
    ...(found === undefined ? {} : { found: factInFlags(found) }),
    ...(hint === undefined ? {} : { hint: hintInFlags(hint) }),
  };
}

const factInFlags = (text: string): string => (OWN_FACTS.has(text) ? hintInFlags(text) : text);
