/** In-toto attestations about catalogues and files, signed by real clients. */
import { describe, expect, test } from "vitest";
import { InMemoryStateStore, KeyedVerifier, KeylessVerifier } from "../ts/entry/node.js";
import { realCase, SERVER } from "./support/cases.js";
import { codeOf } from "./support/refusal.js";

const real = realCase("dsse-keyless-email");
const { bundle } = real;
const verifierOf = () =>
  new KeylessVerifier({
    trustRoot: real.trustRoot(),
    identityPolicy: real.identityPolicy(),
    stateStore: new InMemoryStateStore(),
  });

const statement = {
  type: "https://in-toto.io/Statement/v0.1",
  predicateType: "https://mcp.example.com/catalogue/v1",
  subject: [{ name: "catalogue.json", digest: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } }],
  predicate: { catalogueVersion: 7, publisher: "acme", toolCount: 12 },
};

describe("an attestation", () => {
  test("gives statement, predicate and proof", async () => {
    const attestation = await verifierOf().verifyAttestation({ artifact: real.catalogue, bundle });
    expect(attestation).toMatchObject(statement);
    expect(attestation.signer).toMatchObject({ type: "keyless", san: { type: "email" } });
    expect(attestation.log).toHaveLength(1);
    expect(Object.isFrozen(attestation.predicate) && Object.isFrozen(attestation.subject[0]?.digest)).toBe(true);
  });

  test("about a digest", async () => {
    const { digest } = await verifierOf().verifyAttestation({ artifact: real.catalogue, bundle });
    expect(await verifierOf().verifyAttestation({ digest, bundle })).toMatchObject(statement);
  });

  test("about another file is refused", async () => {
    expect(await codeOf(() => verifierOf().verifyAttestation({ artifact: Buffer.from("x"), bundle }))).toBe(
      "ERR_STATEMENT_SUBJECT",
    );
  });

  test("is not what a message signature is", async () => {
    const message = realCase("keyless-email");
    const code = codeOf(() => verifierOf().verifyAttestation({ artifact: message.catalogue, bundle: message.bundle }));
    expect(await code).toBe("ERR_BUNDLE_CONTENT");
  });

  test("by a managed key", async () => {
    const keyed = realCase("dsse-key-ed25519");
    const verifier = new KeyedVerifier({ keys: keyed.key(), trustRoot: keyed.trustRoot() });
    const attestation = await verifier.verifyAttestation({ artifact: keyed.catalogue, bundle: keyed.bundle });
    expect(attestation.signer.type).toBe("key");
  });

  test("has a report", async () => {
    const report = await verifierOf().reportAttestation({ artifact: real.catalogue, bundle });
    if (report.verdict !== "verified") throw report.error;
    expect(report.attestation.predicateType).toBe(statement.predicateType);
    expect(report.steps.find(({ id }) => id === "attestation")?.status).toBe("passed");
  });
});

describe("an attested catalogue or file", () => {
  test("carries the statement", async () => {
    const catalogue = await verifierOf().verify({ catalogue: real.catalogue, server: SERVER, bundle });
    expect(catalogue.tools).toHaveLength(12);
    expect(catalogue.attestation).toMatchObject(statement);
    const artifact = await verifierOf().verifyArtifact({ artifact: real.catalogue, bundle });
    expect(artifact.attestation).toMatchObject(statement);
  });

  test("signed directly has none", async () => {
    const message = realCase("keyless-email");
    const catalogue = await verifierOf().verify({
      catalogue: message.catalogue,
      server: SERVER,
      bundle: message.bundle,
    });
    expect(catalogue.attestation).toBeUndefined();
  });
});
