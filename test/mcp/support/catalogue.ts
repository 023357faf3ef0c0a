/** Catalogues signed with a key of the test's own. */
import { generateKeyPairSync, sign } from "node:crypto";
import { KeyedVerifier } from "../../../ts/entry/node.js";
import type { VerifiedCatalogue } from "../../../ts/index.js";

const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
export const publisherKey = publicKey.export({ type: "spki", format: "pem" }).toString();
const verifier = new KeyedVerifier({ keys: publisherKey });

export const SERVER = "npm:@acme/field";

/** Signs the catalogue's text, or the object as JSON. */
export async function signedCatalogue(content: object | string): Promise<VerifiedCatalogue> {
  const text = typeof content === "string" ? content : JSON.stringify({ server: SERVER, version: 1, ...content });
  const catalogue = new TextEncoder().encode(text);
  const signature = sign("sha256", catalogue, privateKey).toString("base64");
  const server: unknown = (JSON.parse(text) as { server?: unknown }).server;
  // Long ago: what has expired by now was valid then.
  return verifier.verify({
    catalogue,
    signature,
    now: "2000-01-01T00:00:00Z",
    ...(typeof server === "string" && { server }),
  });
}

/** A plain tool. */
export const tool = (name: string, description = `Does ${name}.`): { name: string; [member: string]: unknown } => ({
  name,
  description,
  inputSchema: { type: "object", properties: { text: { type: "string" } } },
});
