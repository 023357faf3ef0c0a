/** A certificate authority that a test makes, and the certificate of a server on this machine. */
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";

export interface LocalTls {
  /** What a client must trust. */
  readonly authority: string;
  readonly key: string;
  readonly cert: string;
}

/** DER of X.690: a tag, a length and what it holds. */
function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...size), content]);
}

const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts);
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, "hex"));
const TRUE = der(0x01, Buffer.of(0xff));
const ECDSA_SHA256 = sequence(oid("2a8648ce3d040302"));

/** RFC 5280: one common name. */
const nameOf = (text: string): Buffer =>
  sequence(der(0x31, sequence(oid("550403"), der(0x0c, Buffer.from(text, "utf8")))));

const extension = (id: string, value: Buffer, critical = false): Buffer =>
  sequence(oid(id), ...(critical ? [TRUE] : []), der(0x04, value));

const timeOf = (milliseconds: number): Buffer =>
  der(0x18, Buffer.from(`${new Date(milliseconds).toISOString().replace(/\D/g, "").slice(0, 14)}Z`));

interface Stated {
  readonly serial: number;
  readonly issuer: string;
  readonly subject: string;
  readonly key: KeyObject;
  readonly extensions: readonly Buffer[];
}

/** RFC 5280, section 4.1: valid from an hour ago for a day. */
function certificate({ serial, issuer, subject, key, extensions }: Stated, by: KeyObject): string {
  const hour = 3_600_000;
  const content = sequence(
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, Buffer.of(serial)),
    ECDSA_SHA256,
    nameOf(issuer),
    sequence(timeOf(Date.now() - hour), timeOf(Date.now() + 23 * hour)),
    nameOf(subject),
    key.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(...extensions)),
  );
  const signature = sign("sha256", content, by);
  const whole = sequence(content, ECDSA_SHA256, der(0x03, Buffer.of(0), signature));
  const lines = whole.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}

/** For `127.0.0.1`. */
export function localTls(): LocalTls {
  const authority = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const server = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const issuer = "inkan's tests";
  const isAuthority = extension("551d13", sequence(TRUE), true);
  const signsCertificates = extension("551d0f", der(0x03, Buffer.of(2, 0x04)), true);
  const addresses = extension("551d11", sequence(der(0x87, Buffer.of(127, 0, 0, 1))));
  return {
    authority: certificate(
      { serial: 1, issuer, subject: issuer, key: authority.publicKey, extensions: [isAuthority, signsCertificates] },
      authority.privateKey,
    ),
    cert: certificate(
      { serial: 2, issuer, subject: "a server", key: server.publicKey, extensions: [addresses] },
      authority.privateKey,
    ),
    key: server.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}
