/** The engine: answers the page's calls in a worker. Only here does the page use the library. */
import { shown } from "../../../ts/element/dom.js";
import { InkanError, ready } from "../../../ts/index.js";
import { readCatalogue } from "../../../ts/publish/catalogue.js";
import { diffCatalogues } from "../../../ts/publish/diff/diff.js";
import { bytesOf, type Given } from "../files.js";
import { type Answer, type Calls, Missing, type Request } from "./calls.js";
import { identify } from "./identify.js";
import { judge, look } from "./judge.js";

const calls: Calls = {
  identify,
  look,
  judge,
  async compare(older, newer) {
    await ready();
    return diffCatalogues(await read(older), await read(newer));
  },
};

/** Just what is used of a worker's scope; the types of the DOM do not have it. */
interface Scope {
  postMessage(answer: Answer): void;
  addEventListener(type: "message", listener: (event: MessageEvent<Request>) => void): void;
}

export function serve(): void {
  const scope = globalThis as unknown as Scope;
  scope.addEventListener("message", ({ data: { id, call, given } }) => {
    const act = calls[call] as (...given: readonly unknown[]) => Promise<unknown>;
    act(...given).then(
      (result) => scope.postMessage({ id, result }),
      (error: unknown) => scope.postMessage({ id, problem: sentenceOf(error) }),
    );
  });
  scope.postMessage({ id: 0 });
  // While a person chooses files, the core loads. A failure is told by the call that needs it.
  ready().catch(() => {});
}

async function read(given: Given) {
  try {
    return readCatalogue(await bytesOf(given));
  } catch (error) {
    throw new Missing(
      `${shown(given.name)} cannot be compared: ${shown(error instanceof Error ? error.message : error)}.`,
    );
  }
}

function sentenceOf(error: unknown): string {
  if (error instanceof Missing) return error.message;
  if (error instanceof InkanError) {
    const { summary, subject, expected, found, hint } = error;
    const facts = [
      ["Where", subject],
      ["Expected", expected],
      ["Found", found],
    ]
      .flatMap(([name, text]) => (text === undefined ? [] : [` ${name}: ${text}.`]))
      .join("");
    return `${summary}${facts} ${hint} (${error.code})`;
  }
  return `The page failed, and nothing was judged: ${shown(error instanceof Error ? error.message : error)}.`;
}
