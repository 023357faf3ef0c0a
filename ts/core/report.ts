import type { StepId } from "../generated/names.js";

export type { StepId };

/** `not-reached`: an earlier step failed. `not-required`: the policy does not ask for it, and `details` says why. */
export type StepStatus = "passed" | "failed" | "not-reached" | "not-required";

/** One step of a verification. Untrusted text in it is escaped: it may be printed as it is. */
export interface ReportStep {
  readonly id: StepId;
  readonly title: string;
  readonly status: StepStatus;
  readonly details: readonly string[];
  readonly code?: string;
  readonly expected?: string;
  readonly found?: string;
  readonly hint?: string;
}

/** Every step of one verification, reached or not. */
export interface VerificationReport {
  readonly verdict: "verified" | "refused";
  readonly steps: readonly ReportStep[];
}
