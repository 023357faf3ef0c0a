/** The benchmark's worker for `@freedomofpress/sigstore-browser`, which runs on Node's WebCrypto as on a browser's. */
import { readFileSync } from "node:fs";
import { Identity, SigstoreVerifier } from "@freedomofpress/sigstore-browser";
import { runtime, work } from "../protocol.mjs";

const lock = JSON.parse(readFileSync(new URL("package-lock.json", import.meta.url), "utf8"));
const { version } = lock.packages["node_modules/@freedomofpress/sigstore-browser"];

await work(`${version}, ${runtime()}`, async ({ bundle, artifact, root, identity, issuer }) => {
  const bytes = readFileSync(root);
  const load = async () => {
    const verifier = new SigstoreVerifier();
    await verifier.loadSigstoreRoot(JSON.parse(bytes.toString()));
    return verifier;
  };
  const parse = () => JSON.parse(bundle.toString());
  const verifier = await load();
  return {
    verify: async () => {
      const parsed = parse();
      if (parsed.dsseEnvelope === undefined) {
        await verifier.verifyArtifact(identity, issuer, parsed, artifact);
        return;
      }
      // It leaves the statement's subject to its caller.
      const { payload } = await verifier.verifyDsse(parsed, new Identity({ identity, issuer }));
      const { subject } = JSON.parse(new TextDecoder().decode(payload));
      const sha256 = Buffer.from(await crypto.subtle.digest("SHA-256", artifact)).toString("hex");
      if (subject.every((/** @type {any} */ item) => item.digest.sha256 !== sha256))
        throw new Error("another artifact");
    },
    parse,
    root: load,
  };
});
