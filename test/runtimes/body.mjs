/**
 * The one test body. Every runtime imports it from the folder into which the packed package was installed, hands it
 * the module under test, and prints what it returns. Plain JavaScript: it must run unbuilt everywhere.
 */
import { createGate, gateTransport } from "inkan/mcp";
import { fixtures } from "./fixtures.mjs";

const bytes = (name) => Uint8Array.from(atob(fixtures[name]), (character) => character.charCodeAt(0));

/** Changes one bit in the middle. */
function flipped(data) {
  data[data.length >> 1] ^= 1;
  return data;
}

/** The code of the refusal; what is not refused, or without a code, is a failure. */
async function codeOf(call) {
  try {
    await call();
  } catch (error) {
    if (typeof error?.code !== "string") throw error;
    return error.code;
  }
  return "accepted";
}

function equal(found, expected) {
  if (found !== expected) throw new Error(`expected ${expected}, found ${found}`);
}

const WORKFLOW = "https://github.com/acme/mcp-tools/.github/workflows/release.yml@refs/tags/v1.4.2";

function catalogueVerifier(inkan, changes = {}, options = {}) {
  return new inkan.KeylessVerifier({
    trustRoot: inkan.TrustRoot.fromJson(bytes("catalogue/trusted_root.json")),
    identityPolicy: new inkan.IdentityPolicy({ san: WORKFLOW, issuer: "http://127.0.0.1:18100/gha", ...changes }),
    stateStore: new inkan.InMemoryStateStore(),
    ...options,
  });
}

/** A store that has seen the log's newest checkpoint. */
async function storeWithNewest(inkan) {
  const records = new Map();
  const stateStore = {
    load: async (key) => records.get(key),
    compareAndSwap: async (key, expected, next) => records.get(key) === expected && records.set(key, next).size > 0,
  };
  await catalogueVerifier(inkan, {}, { stateStore }).verify(catalogueInput(inkan));
  const note = new TextDecoder().decode(bytes("log/checkpoint"));
  const [, treeSize, rootHash] = note.split("\n");
  for (const [key, record] of records) {
    const mark = JSON.parse(record);
    if (mark.kind === "log") records.set(key, JSON.stringify({ ...mark, treeSize, rootHash, note }));
  }
  // Another object: what was verified over the first is the process's floor there.
  return { ...stateStore };
}

const catalogueInput = (inkan) => ({
  catalogue: bytes("catalogue/catalogue.json"),
  bundle: inkan.KeylessBundle.fromProtobufBundle(bytes("catalogue/bundle.sigstore.json")),
  server: "https://tools.example.com/mcp",
});

const BEACON =
  "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main";

/** Verifies a bundle of the public instance, about `a.txt` and by the conformance suite's workflow. */
function verifyPublic(inkan, name) {
  const verifier = new inkan.KeylessVerifier({
    trustRoot: inkan.TrustRoot.fromJson(bytes(`${name}/trusted_root.json`)),
    identityPolicy: new inkan.IdentityPolicy({ san: BEACON, issuer: "https://token.actions.githubusercontent.com" }),
    stateStore: new inkan.InMemoryStateStore(),
  });
  return verifier.verifyArtifact({ artifact: bytes("a.txt"), bundle: bytes(`${name}/bundle.sigstore.json`) });
}

const checks = {
  "verifies a signed catalogue, and returns its tools": async (inkan) => {
    const catalogue = await catalogueVerifier(inkan).verify(catalogueInput(inkan));
    equal(catalogue.server, "https://tools.example.com/mcp");
    const [tool] = JSON.parse(new TextDecoder().decode(bytes("catalogue/catalogue.json"))).tools;
    equal(catalogue.require(tool).description, tool.description);
    equal(await codeOf(() => catalogue.require({ ...tool, description: "changed" })), "ERR_TOOL_CHANGED");
    equal(await codeOf(() => catalogue.require({ ...tool, name: "another" })), "ERR_TOOL_UNSIGNED");
  },
  "refuses a catalogue with one bit changed": async (inkan) => {
    const input = catalogueInput(inkan);
    flipped(input.catalogue);
    equal(await codeOf(() => catalogueVerifier(inkan).verify(input)), "ERR_DIGEST_MISMATCH");
  },
  "refuses another identity": async (inkan) => {
    const san = WORKFLOW.replace("acme", "evil");
    equal(await codeOf(() => catalogueVerifier(inkan, { san }).verify(catalogueInput(inkan))), "ERR_IDENTITY_SAN");
  },
  "refuses another issuer": async (inkan) => {
    const issuer = "https://issuer.example";
    equal(
      await codeOf(() => catalogueVerifier(inkan, { issuer }).verify(catalogueInput(inkan))),
      "ERR_IDENTITY_ISSUER",
    );
  },
  "refuses what is no bundle": async (inkan) => {
    const input = { ...catalogueInput(inkan), bundle: "{" };
    equal(await codeOf(() => catalogueVerifier(inkan).verify(input)), "ERR_JSON_MALFORMED");
  },
  "reports every step": async (inkan) => {
    const good = await catalogueVerifier(inkan).report(catalogueInput(inkan));
    equal(good.verdict, "verified");
    const input = catalogueInput(inkan);
    flipped(input.catalogue);
    const bad = await catalogueVerifier(inkan).report(input);
    equal(bad.verdict, "refused");
    equal(bad.steps.length, good.steps.length);
  },
  "verifies bundles of the public instance, Rekor v1 and v2": async (inkan) => {
    for (const name of ["happy-path-v0.3", "rekor2-happy-path"]) {
      equal((await verifyPublic(inkan, name)).log.length, 1);
    }
  },
  "refuses a forged entry timestamp": async (inkan) => {
    equal(await codeOf(() => verifyPublic(inkan, "set-invalid-signature_fail")), "ERR_SET_INVALID");
  },
  "proves two trees of a log to be one history, out of tiles": async (inkan) => {
    const asked = [];
    const verify = async (fetch) => {
      const source = new inkan.TileConsistency({ url: "https://log.example", fetch });
      const options = { stateStore: await storeWithNewest(inkan), consistency: { source } };
      const report = await catalogueVerifier(inkan, {}, options).report({ ...catalogueInput(inkan), scope: "another" });
      return report.error?.code ?? report.steps.find(({ id }) => id === "freshness").details.join();
    };
    const served = await verify(async (url) => {
      asked.push(url);
      return new Response(bytes("log/tile"));
    });
    equal(served.includes("size 2 is proven to be the past of 39"), true);
    equal(asked.join(), "https://log.example/api/v2/tile/0/000.p/39");
    equal(await verify(async () => new Response(flipped(bytes("log/tile")))), "ERR_CONSISTENCY_PROOF_INVALID");
    equal(await verify(async () => new Response(null, { status: 503 })), "ERR_CONSISTENCY_UNAVAILABLE");
    equal(await verify(() => Promise.reject(new TypeError("offline"))), "ERR_CONSISTENCY_UNAVAILABLE");
  },
  "a gate lets through what is signed, and nothing else": async (inkan) => {
    const catalogue = await catalogueVerifier(inkan).verify(catalogueInput(inkan));
    const [tool] = JSON.parse(new TextDecoder().decode(bytes("catalogue/catalogue.json"))).tools;
    let offered = [tool, { ...tool, name: "evil" }];
    const asked = [];
    const inner = {
      start: async () => {},
      close: async () => inner.onclose(),
      send: async (message) => {
        asked.push(message);
        const result = message.method === "tools/list" ? { tools: offered } : { content: [] };
        if (message.id !== undefined) inner.onmessage({ jsonrpc: "2.0", id: message.id, result });
      },
    };
    const decisions = [];
    const gate = createGate({
      server: "https://tools.example.com/mcp",
      catalogue,
      validate: "both",
      now: () => "2026-11-22T12:00:00Z",
      onDecision: ({ decision }) => decisions.push(decision),
    });
    const transport = gateTransport(inner, gate);
    await transport.start();
    const ask = (id, method, params) =>
      new Promise((resolve) => {
        transport.onmessage = resolve;
        transport.send({ jsonrpc: "2.0", id, method, params });
      });
    const { result } = await ask(1, "tools/list", {});
    equal(
      JSON.stringify(result.tools.map(({ name, description }) => [name, description])),
      JSON.stringify([[tool.name, tool.description]]),
    );
    equal((await ask(2, "tools/call", { name: "evil", arguments: {} })).error.data.code, "ERR_TOOL_UNSIGNED");
    const wrong = await ask(3, "tools/call", { name: tool.name, arguments: 5 });
    equal(wrong.error.data.code, "ERR_TOOL_ARGUMENTS");
    equal(asked.length, 1);
    offered = [{ ...tool, description: "changed" }];
    equal((await ask(4, "tools/list", {})).result.tools.length, 0);
    equal((await ask(5, "tools/call", { name: tool.name, arguments: {} })).error.data.code, "ERR_TOOL_CHANGED");
    equal(decisions.includes("revoked"), true);
    await transport.close();
  },
  "throws errors of its classes": async (inkan) => {
    try {
      await catalogueVerifier(inkan, { issuer: "https://issuer.example" }).verify(catalogueInput(inkan));
    } catch (error) {
      equal(
        error instanceof inkan.VerificationError && error instanceof inkan.InkanError && error instanceof Error,
        true,
      );
      return;
    }
    throw new Error("accepted");
  },
};

/** Runs every check, all at once: the WASM must be initialised in a single flight. */
export async function runBody(inkan) {
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      try {
        await check(inkan);
        return { name, failure: null };
      } catch (error) {
        return { name, failure: String(error?.stack ?? error) };
      }
    }),
  );
  return { exports: Object.keys(inkan).sort(), results };
}
