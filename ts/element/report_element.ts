/** The custom element. It shows what a verifier found, and decides nothing. */
import type { VerificationReport } from "../core/report.js";
import type { InkanError } from "../errors.js";
import type { ArtifactReport, AttestationReport, CatalogueReport } from "../verify/result.js";
import { catalogueParts } from "./definitions.js";
import { h } from "./dom.js";
import { proofParts, stepParts, verdictParts } from "./proof.js";
import { readReport } from "./reading.js";
import { STYLE } from "./style.js";

/** What `report`, `reportArtifact` and `reportAttestation` return, or what `verify` throws. May have come through JSON. */
export type ShownReport = CatalogueReport | ArtifactReport | AttestationReport | VerificationReport | InkanError;

// A server that renders the page first has no such class.
const Base = (globalThis.HTMLElement ?? class {}) as typeof HTMLElement;

let sheet: CSSStyleSheet | undefined;

/** A constructed sheet is allowed by every content security policy, and is parsed once for all elements. */
function sharedSheet(): CSSStyleSheet {
  if (sheet === undefined) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
  }
  return sheet;
}

/**
 * `<inkan-report label="catalogue.json" heading-level="3">`, whose report is given as the property `report`.
 * Its attribute `verdict` says what it shows: `verified`, `refused` or `none`.
 *
 * @example
 * const element = document.createElement("inkan-report");
 * element.report = await verifier.report({ catalogue, bundle, server });
 * document.body.append(element);
 */
export class InkanReport extends Base {
  static readonly observedAttributes = ["label", "heading-level"];

  #report: unknown;
  #verdict: HTMLElement | undefined;
  #body: HTMLElement | undefined;

  /** What is shown. Undefined: nothing yet. */
  get report(): ShownReport | undefined {
    return this.#report as ShownReport | undefined;
  }

  set report(report: ShownReport | undefined | null) {
    this.#report = report ?? undefined;
    this.#show();
  }

  connectedCallback(): void {
    this.#takeEarlyReport();
    this.#show();
  }

  attributeChangedCallback(): void {
    this.#show();
  }

  /** A page may have set the property before the element was defined. It would hide the accessor. */
  #takeEarlyReport(): void {
    if (!Object.hasOwn(this, "report")) return;
    const early = this.report;
    delete (this as { report?: unknown }).report;
    this.report = early;
  }

  #show(): void {
    if (!this.isConnected) return;
    const [verdict, body] = this.#places();
    const reading = readReport(this.#report);
    const level = headingLevel(this.getAttribute("heading-level"));
    this.setAttribute("verdict", reading.verdict);
    const proven = [
      ...(reading.proof === undefined ? [] : proofParts(reading.proof, level)),
      ...(reading.kind === "catalogue" ? catalogueParts(reading.proof ?? {}, level) : []),
    ];
    verdict.replaceChildren(...verdictParts(reading, this.getAttribute("label")).filter((part) => part !== undefined));
    body.replaceChildren(...[...proven, ...stepParts(reading.steps, level)].filter((part) => part !== undefined));
  }

  /** The verdict stays in one element, so that screen readers say when it changes. */
  #places(): readonly [verdict: HTMLElement, body: HTMLElement] {
    if (this.#verdict === undefined || this.#body === undefined) {
      const root = this.attachShadow({ mode: "open" });
      root.adoptedStyleSheets = [sharedSheet()];
      this.#verdict = h("div", { role: "status", part: "verdict" });
      this.#body = h("div", { part: "body" });
      root.append(this.#verdict, this.#body);
    }
    return [this.#verdict, this.#body];
  }
}

/** Where the headings stand in the page's outline: 1 to 6. */
function headingLevel(text: string | null): number {
  const level = Number(text ?? "3");
  return Number.isInteger(level) && level >= 1 && level <= 6 ? level : 3;
}
