/** What the test body needs, as a module that every runtime can import: base64, because not every one has files. */
import { generateKeyPairSync, sign } from "node:crypto";

export function fixturesModule(): string {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const message = Buffer.from("a tool catalogue");
  const files: Record<string, Buffer> = {
    point: publicKey.export({ type: "spki", format: "der" }).subarray(-65),
    message,
    signature: sign("sha256", message, privateKey),
  };
  const base64 = Object.fromEntries(Object.entries(files).map(([name, data]) => [name, data.toString("base64")]));
  return `export const fixtures = ${JSON.stringify(base64, null, 2)};\n`;
}
