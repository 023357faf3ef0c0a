/**
 * `verify-bundle --bundle F (--key K | --certificate-identity I --certificate-oidc-issuer U) --trusted-root T
 * [--tlog-threshold N --timestamp-threshold N --sct-threshold N] FILE_OR_DIGEST`: exit 0 accepts, 1 rejects, 2 misuse.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

const OPTIONS = {
  bundle: { type: "string" },
  key: { type: "string" },
  "certificate-identity": { type: "string" },
  "certificate-oidc-issuer": { type: "string" },
  "trusted-root": { type: "string" },
  "tlog-threshold": { type: "string" },
  "timestamp-threshold": { type: "string" },
  "sct-threshold": { type: "string" },
};

const THRESHOLDS = { "tlog-threshold": "logEntries", "timestamp-threshold": "timestamps", "sct-threshold": "scts" };

function verifierOf(inkan, values) {
  const given = Object.entries(THRESHOLDS).filter(([option]) => values[option] !== undefined);
  const shared = {
    trustRoot: inkan.TrustRoot.fromJson(readFileSync(values["trusted-root"])),
    stateStore: new inkan.InMemoryStateStore(),
    thresholds: Object.fromEntries(given.map(([option, name]) => [name, Number(values[option])])),
  };
  if (values.key !== undefined) {
    return new inkan.KeyedVerifier({ ...shared, keys: readFileSync(values.key, "utf8") });
  }
  const san = values["certificate-identity"];
  const identityPolicy = new inkan.IdentityPolicy({ san, issuer: values["certificate-oidc-issuer"] });
  return new inkan.KeylessVerifier({ ...shared, identityPolicy });
}

/** A signed file first; what turns out to hold an attestation is verified as one. */
async function verify(verifier, input) {
  try {
    await verifier.verifyArtifact(input);
  } catch (error) {
    if (error.code !== "ERR_BUNDLE_CONTENT") throw error;
    await verifier.verifyAttestation(input);
  }
}

export async function run(inkan, [command, ...args]) {
  if (command !== "verify-bundle") {
    console.error(`only verify-bundle is spoken here, not ${command}`);
    return 2;
  }
  const { values, positionals } = parseArgs({ args, options: OPTIONS, allowPositionals: true });
  const [subject] = positionals;
  const artifact = /^sha256:[0-9a-f]{64}$/.test(subject) ? { digest: subject } : { artifact: readFileSync(subject) };
  try {
    await verify(verifierOf(inkan, values), { ...artifact, bundle: readFileSync(values.bundle) });
    return 0;
  } catch (error) {
    if (!(error instanceof inkan.InkanError)) throw error;
    console.error(`${error.code}: ${error.message}`);
    return 1;
  }
}
