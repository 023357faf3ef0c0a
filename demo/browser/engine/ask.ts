/** The page's side of the engine: a call is a message, and its answer settles the promise. */
import { shown } from "../../../ts/element/dom.js";
import { type Answer, type Calls, Missing, type Request } from "./calls.js";

interface Waiting {
  resolve(result: never): void;
  reject(problem: Missing): void;
}

export function engineIn(worker: Worker): Calls {
  const waiting = new Map<number, Waiting>();
  let last = 0;
  // What is sent before the worker listens would be lost.
  const started = new Promise<void>((resolve, reject) => {
    worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => {
      if (data.id === 0) return resolve();
      const call = waiting.get(data.id);
      waiting.delete(data.id);
      if ("problem" in data) call?.reject(new Missing(data.problem));
      else if ("result" in data) call?.resolve(data.result as never);
    });
    // It could not start, or it ended: no call will be answered.
    worker.addEventListener("error", ({ message }) => {
      const broken = new Missing(`The verifier cannot run in this browser: ${shown(message || "its worker ended")}.`);
      reject(broken);
      for (const call of waiting.values()) call.reject(broken);
      waiting.clear();
    });
  });
  started.catch(() => {});
  const ask =
    (call: keyof Calls) =>
    async (...given: readonly unknown[]): Promise<never> => {
      await started;
      return new Promise<never>((resolve, reject) => {
        last += 1;
        waiting.set(last, { resolve, reject });
        worker.postMessage({ id: last, call, given } satisfies Request);
      });
    };
  return { identify: ask("identify"), look: ask("look"), judge: ask("judge"), compare: ask("compare") };
}
