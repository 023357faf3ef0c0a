// workerd: a Durable Object that keeps records, and a Worker that a test drives over HTTP.
import { KeylessVerifier } from "inkan";
import { DurableObjectStateStore, StateDurableObject } from "inkan/state-durable-object";
import { runSuite, seriesVerifier } from "./store_body.mjs";

/** The object, with doors for the test's faults. */
export class TestObject extends StateDurableObject {
  #context;
  constructor(context) {
    super(context);
    this.#context = context;
  }
  async fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname === "/put") {
      const { name, value } = await request.json();
      await this.#context.storage.put(name, value);
      return new Response();
    }
    if (pathname === "/clear") {
      await this.#context.storage.deleteAll();
      return new Response();
    }
    return super.fetch(request);
  }
}

/** Never answers. */
export class SilentObject {
  fetch() {
    return new Promise(() => {});
  }
}

/** Fails at every second call, as an object does that was moved or updated. */
export class BrokenObject extends StateDurableObject {
  static calls = 0;
  async fetch(request) {
    BrokenObject.calls += 1;
    if (BrokenObject.calls % 2 === 1) throw new Error("the object was reset");
    return super.fetch(request);
  }
}

/** Another program's object. */
export class OtherObject {
  async fetch() {
    return new Response('{"hello":"world"}');
  }
}

const outcome = (call) =>
  Promise.resolve()
    .then(call)
    .then(
      (value) => ["accepted", value instanceof Map ? [...value] : (value ?? null)],
      ({ code, found, message }) => [code ?? message, found],
    );

const verify = seriesVerifier((policy) => new KeylessVerifier(policy));
/** A store that lives as long as the Worker. */
let lasting;

const actions = {
  async suite({ STATE }) {
    let count = 0;
    const names = new Map();
    return runSuite({
      open: async () => {
        count += 1;
        const name = `suite ${count} ${crypto.randomUUID()}`;
        const store = new DurableObjectStateStore({ namespace: STATE, name, timeoutMs: 20_000 });
        names.set(store, name);
        return store;
      },
      reopen: async (store) =>
        new DurableObjectStateStore({ namespace: STATE, name: names.get(store), timeoutMs: 20_000 }),
    });
  },
  call(env, { binding = "STATE", options = {}, name, args }) {
    const store = new DurableObjectStateStore({ namespace: env[binding], ...options });
    return outcome(() => store[name](...args.map((arg) => arg ?? undefined)));
  },
  verify({ STATE }, { name, options, isNew }) {
    if (isNew) lasting = undefined;
    lasting ??= new DurableObjectStateStore({ namespace: STATE });
    return outcome(() => verify(lasting, name, options));
  },
  async door({ STATE }, { path, body }) {
    const stub = STATE.get(STATE.idFromName("inkan"));
    const { status } = await stub.fetch(`https://inkan.invalid${path}`, { method: "POST", body: JSON.stringify(body) });
    return status;
  },
};

export default {
  async fetch(request, env) {
    const { action, ...given } = await request.json();
    return Response.json(await actions[action](env, given));
  },
};
