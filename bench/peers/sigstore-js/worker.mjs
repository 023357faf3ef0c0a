/** The benchmark's worker for sigstore-js (`@sigstore/verify`). */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { bundleFromJSON } from "@sigstore/bundle";
import { TrustedRoot } from "@sigstore/protobuf-specs";
import { toSignedEntity, toTrustMaterial, Verifier } from "@sigstore/verify";
import { runtime, work } from "../protocol.mjs";

const { version } = createRequire(import.meta.url)("@sigstore/verify/package.json");

await work(`${version}, ${runtime()}`, ({ bundle, artifact, root, identity, issuer }) => {
  const bytes = readFileSync(root);
  const load = () => new Verifier(toTrustMaterial(TrustedRoot.fromJSON(JSON.parse(bytes.toString()))));
  const parse = () => bundleFromJSON(JSON.parse(bundle.toString()));
  const verifier = load();
  const policy = { subjectAlternativeName: identity, extensions: { issuer } };
  const digest = (/** @type {Uint8Array} */ data) => crypto.subtle.digest("SHA-256", data);
  return {
    verify: async () => {
      const parsed = parse();
      verifier.verify(toSignedEntity(parsed, artifact), policy);
      if (parsed.content.$case !== "dsseEnvelope") return;
      // It leaves the statement's subject to its caller.
      const { subject } = JSON.parse(parsed.content.dsseEnvelope.payload.toString());
      const sha256 = Buffer.from(await digest(artifact)).toString("hex");
      if (subject.every((/** @type {any} */ item) => item.digest.sha256 !== sha256))
        throw new Error("another artifact");
    },
    parse,
    root: load,
  };
});
