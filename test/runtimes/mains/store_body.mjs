// What the stores of browsers and edge runtimes are tried with, in every runtime.
import { IdentityPolicy, TrustRoot } from "inkan";
import { managedStoreTests, storeTests } from "inkan/state-suite";
import { fixtures } from "./fixtures.mjs";

/** Runs the suite that is shipped. The result has the form of the test body's. */
export async function runSuite(under) {
  const results = [];
  for (const { title, run } of [...storeTests, ...managedStoreTests]) {
    const failure = await run(under).then(
      () => null,
      (error) => String(error.stack ?? error),
    );
    results.push({ name: title, failure });
  }
  return { exports: [], results };
}

const bytes = (name) => Uint8Array.from(atob(fixtures[name]), (character) => character.charCodeAt(0));

/** Verifies a catalogue of the series that one signer published: `series-01` is older than `series-02`. */
export const seriesVerifier = (make) => {
  const { identity, issuer } = JSON.parse(new TextDecoder().decode(bytes("series-01/expected.json")));
  return async (stateStore, name, options = {}) => {
    const trustRoot = TrustRoot.fromJson(bytes(`${name}/trusted_root.json`));
    const identityPolicy = new IdentityPolicy({ san: identity, issuer });
    const verifier = make({ trustRoot, identityPolicy, stateStore, ...options });
    const { version } = await verifier.verify({
      catalogue: bytes(`${name}/catalogue.json`),
      bundle: bytes(`${name}/bundle.sigstore.json`),
      server: "https://tools.example.com/mcp",
    });
    return version ?? "verified";
  };
};
