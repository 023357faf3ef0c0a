/** What a person does in a page. */
import type { Browser, Context, Look, Page } from "../browsers/playwright.js";
import { until } from "../support/until.js";

/** Counts what the policy stopped, and how far things moved by themselves. */
const WATCH = `
  globalThis.violations = [];
  addEventListener("securitypolicyviolation", (event) => violations.push(event.violatedDirective + " " + event.blockedURI));
  globalThis.shift = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) shift += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
`;

/** The media queries that hold in a page with this look. */
function mediaOf({ viewport, colorScheme, forcedColors, reducedMotion }: Look): string[] {
  return Object.entries({
    width: viewport && `${viewport.width}px`,
    "prefers-color-scheme": colorScheme,
    "forced-colors": forcedColors,
    "prefers-reduced-motion": reducedMotion,
  }).flatMap(([name, value]) => (value === undefined ? [] : [`(${name}: ${value})`]));
}

/** A page in a profile of its own, and what it said on the console. */
export class Visit {
  readonly page: Page;
  readonly said: string[] = [];
  readonly #context: Context;

  private constructor(context: Context, page: Page) {
    this.#context = context;
    this.page = page;
    page.on("pageerror", ({ message }: { message: string }) => this.said.push(message));
    page.on("console", (message: { text(): string }) => this.said.push(message.text()));
  }

  static async of(browser: Browser, look: Look = {}): Promise<Visit> {
    const visit = await Visit.#in(await browser.newContext(look));
    const isSeen = await Promise.all(
      mediaOf(look).map((media) => visit.page.evaluate(`matchMedia("${media}").matches`)),
    );
    if (isSeen.includes(false))
      throw new Error(`the browser does not show pages as asked: ${mediaOf(look).join(", ")}`);
    return visit;
  }

  static async #in(context: Context): Promise<Visit> {
    const page = await context.newPage();
    await page.addInitScript(WATCH);
    return new Visit(context, page);
  }

  async open(url: string): Promise<this> {
    await this.page.goto(url);
    return this;
  }

  /** Another tab of the same profile. */
  tab(): Promise<Visit> {
    return Visit.#in(this.#context);
  }

  close(): Promise<void> {
    return this.#context.close();
  }

  /**
   * Waits until an expression holds. The driver's own way of waiting evaluates a string inside the page, which the page's
   * policy forbids.
   */
  async until(expression: string): Promise<void> {
    await until(
      () => this.page.evaluate<boolean>(`Boolean(${expression})`),
      () => `the page never came to ${expression}; it said: ${this.said.join("\n")}`,
      { pause: 50 },
    );
  }

  /** Takes over what the certificate claims, confirms it, and asks for the verdict. */
  async verifyAsClaimed(): Promise<string | null> {
    await this.page.click("text=Copy the claim");
    return this.verify();
  }

  async verify(): Promise<string | null> {
    await this.page.check("#confirm");
    await this.page.click("#verify");
    return this.verdict();
  }

  async verdict(): Promise<string | null> {
    await this.until(
      `document.querySelector("inkan-report")?.getAttribute("verdict") || document.querySelector("#problem").textContent !== ""`,
    );
    const problem = await this.page.textContent("#problem");
    return problem === "" ? this.page.getAttribute("inkan-report", "verdict") : problem;
  }

  /** All text of the report, which is in its shadow. */
  report(): Promise<string> {
    return this.page.evaluate(`document.querySelector("inkan-report").shadowRoot.textContent`);
  }

  violations(): Promise<string[]> {
    return this.page.evaluate("violations");
  }

  /** What axe-core finds, shadow trees included: a rule and the elements that break it. */
  async axe(source: string): Promise<string[]> {
    await this.page.evaluate(`${source}; undefined`);
    return this.page.evaluate(`axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
      violations.map(({ id, nodes }) => id + ": " + nodes.map(({ target, failureSummary }) => target.join(" ") + " " + failureSummary).join(" | ")))`);
  }
}
