/** Inputs that cost: what each is for, and one of any size. Legal or not, none may take more than its size is worth. */

/** Where an input is given. */
export type Entry = "bundle" | "trust root" | "definition" | "catalogue" | "key" | "note" | "record" | "witnesses";

export interface Kind {
  readonly name: string;
  readonly entries: readonly Entry[];
  /** About `size` bytes of it. */
  readonly make: (size: number) => Uint8Array;
}

const fill = (piece: string, size: number): string => piece.repeat(Math.max(1, Math.floor(size / piece.length)));
const list = (item: string, size: number): string => `[${fill(`${item},`, size)}${item}]`;
const numbered = (size: number, length: number, item: (index: number) => string, between = ","): string =>
  Array.from({ length: Math.max(1, Math.floor(size / length)) }, (_, index) => item(index)).join(between);

/** 2^1024 less half a unit in the last place of the largest double: there number texts become infinite. */
const EDGE = (2n ** 1024n - 2n ** 970n).toString();
/** The middle between 1 and the next double, and between the two least. */
const MIDDLE = `1.${(5n ** 53n).toString().padStart(53, "0")}`;
const LEAST_MIDDLE = `${(5n ** 1075n).toString().slice(0, 20)}e-343`;

const NUMBERS: Readonly<Record<string, string>> = {
  ordinary: "1",
  integral: "1e21",
  "largest double": "1.7976931348623157e308",
  "smallest double": "5e-324",
  subnormal: "1e-320",
  "smallest normal": "2.2250738585072014e-308",
  "17 digits": "1.2345678901234567e-300",
  "19 digits": "1234567890123456789e-300",
  "20 digits, small": "12345678901234567891e-319",
  "20 digits at the edge of infinity": `${EDGE.slice(0, 20)}e289`,
  "100 digits at the edge of infinity": `${EDGE.slice(0, 100)}e209`,
  "all digits at the edge of infinity": `${EDGE.slice(0, 308)}0`,
  "in the middle": MIDDLE,
  "in the middle, cut": MIDDLE.slice(0, 24),
  "in the middle of the least, cut": LEAST_MIDDLE,
  "768 digits": `1.${"7".repeat(767)}e-300`,
  "64 bits": "18446744073709551615",
  "zeros first": `0.${"0".repeat(300)}1`,
  "zeros last": `1${"0".repeat(300)}`,
};

const ANY_JSON: readonly Entry[] = ["bundle", "trust root", "definition", "catalogue", "record"];
const tool = (name: string, schema: string): string => `{"name":"${name}","inputSchema":${schema}}`;
const bundle = (material: string): string =>
  `{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{${material}}}`;
const pem = (label: string, base64: string): string => `-----BEGIN ${label}-----\n${base64}\n-----END ${label}-----\n`;
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

/** DER: a tag, its length, its content. */
function der(tag: number, ...parts: Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const length =
    content.length < 128 ? [content.length] : [0x83, content.length >> 16, content.length >> 8, content.length];
  return Buffer.concat([Buffer.from([tag, ...length.map((byte) => byte & 0xff)]), content]);
}

const within = (text: string): Buffer => Buffer.from(text);
const text = (name: string, entries: readonly Entry[], make: (size: number) => string): Kind => ({
  name,
  entries,
  make: (size) => within(make(size)),
});

/** A certificate in a bundle. It has its own limit: larger ones are refused unread. */
const certificate = (name: string, make: (size: number) => Uint8Array): Kind =>
  text(name, ["bundle"], (size) => bundle(`"certificate":{"rawBytes":"${base64(make(Math.min(size, 40_000)))}"}`));

export const KINDS: readonly Kind[] = [
  ...Object.entries(NUMBERS).flatMap(([name, number]) => [
    text(`numbers: ${name}`, ["bundle", "trust root"], (size) => `{"x":${list(number, size)}}`),
    text(`numbers: ${name}`, ["definition"], (size) => tool("t", `{"e":${list(number, size)}}`)),
    text(`numbers: ${name}`, ["catalogue"], (size) => `{"tools":[${tool("t", `{"e":${list(number, size)}}`)}]}`),
  ]),
  text("one integer", ANY_JSON, (size) => `{"x":${"9".repeat(size)}}`),
  text("one fraction", ANY_JSON, (size) => `{"x":0.${"1".repeat(size)}}`),
  text("one exponent", ANY_JSON, (size) => `{"x":1e${"9".repeat(size)}}`),
  text("one exponent of zero", ANY_JSON, (size) => `{"x":0e${"9".repeat(size)}}`),
  text("one integer in a definition", ["definition"], (size) =>
    tool("t", `{"x":1${"0".repeat(300)}.${"7".repeat(size)}}`),
  ),
  text("blanks", [...ANY_JSON, "key", "note", "witnesses"], (size) => " ".repeat(size)),
  text("lines", [...ANY_JSON, "key", "note", "witnesses"], (size) => "\n".repeat(size)),
  { name: "zeros", entries: [...ANY_JSON, "key", "note", "witnesses"], make: (size) => new Uint8Array(size) },
  { name: "no UTF-8", entries: ["bundle", "trust root", "catalogue"], make: (size) => new Uint8Array(size).fill(0xff) },
  text("deep arrays", ANY_JSON, (size) => "[".repeat(size)),
  text("deep objects", ANY_JSON, (size) => fill('{"a":', size)),
  text("nested as deep as may be", ANY_JSON, (size) => `{"x":${list(`${"[".repeat(60)}${"]".repeat(60)}`, size)}}`),
  text("empty objects", ANY_JSON, (size) => `{"x":${list("{}", size)}}`),
  text("one key again", ANY_JSON, (size) => `{${fill('"a":0,', size)}"a":0}`),
  text("keys alike", ANY_JSON, (size) => `{${numbered(size, 62, (index) => `"${"a".repeat(50)}${index}":0`)}}`),
  text("keys in a definition", ["definition"], (size) =>
    tool("t", `{${numbered(size, 14, (i) => `"k${(i * 7919) % 1_000_003}":0`)}}`),
  ),
  text("keys of surrogates", ["definition"], (size) =>
    tool("t", `{${numbered(size, 15, (i) => `"\u{1f600}\uffff${i}":0`)}}`),
  ),
  text("one long key", ANY_JSON, (size) => `{"${"k".repeat(size)}":0}`),
  text("escapes", ANY_JSON, (size) => `{"x":"${fill("\\u0041", size)}"}`),
  text("escaped controls", ["definition"], (size) => `{"name":"t","inputSchema":{},"x":"${fill("\\u0001", size)}"}`),
  text("surrogates", ANY_JSON, (size) => `{"x":"${fill("\\ud83d\\ude00", size)}"}`),
  text("quotes", ["definition"], (size) => `{"name":"t","inputSchema":{},"description":"${fill('\\"', size)}"}`),
  text("a long name", ["definition"], (size) => tool("n".repeat(size), "{}")),
  text("a name of controls", ["definition"], (size) => tool(fill("\\u0000", size), "{}")),
  text("members", ["definition"], (size) => `{"name":"t","inputSchema":{},${numbered(size, 12, (i) => `"m${i}":[]`)}}`),
  text("many tools", ["catalogue"], (size) => `{"tools":[${numbered(size, 34, (i) => tool(`t${i}`, "{}"))}]}`),
  text(
    "tools alike",
    ["catalogue"],
    (size) => `{"tools":[${numbered(size, 90, (i) => tool(`${"t".repeat(50)}${i}`, "{}"))}]}`,
  ),
  text("one tool again", ["catalogue"], (size) => `{"tools":[${list(tool("t", "{}"), size).slice(1, -1)}]}`),
  text("instructions", ["catalogue"], (size) => `{"tools":[],"instructions":"${fill('\\"', size)}"}`),
  text("log entries", ["bundle"], (size) => bundle(`"tlogEntries":${list("{}", size)}`)),
  text("timestamps", ["bundle"], (size) =>
    bundle(`"timestampVerificationData":{"rfc3161Timestamps":${list('{"signedTimestamp":"MAA="}', size)}}`),
  ),
  text("certificates", ["bundle"], (size) =>
    bundle(`"x509CertificateChain":{"certificates":${list('{"rawBytes":"MAA="}', size)}}`),
  ),
  text("base64", ["bundle"], (size) => bundle(`"certificate":{"rawBytes":"${"A".repeat(size & ~3)}"}`)),
  text("a payload", ["bundle"], (size) => {
    const payload = base64(Buffer.alloc((size * 3) >> 2, " "));
    return `{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{"publicKey":{"hint":"x"},"tlogEntries":[]},"dsseEnvelope":{"payload":"${payload}","payloadType":"application/vnd.in-toto+json","signatures":[{"sig":"MAA="}]}}`;
  }),
  certificate("nested sequences", (size) => Buffer.from(fill("\x30\x82\x7f\xff", size), "latin1")),
  certificate("a long integer", (size) => der(0x30, der(0x30, der(0x02, Buffer.alloc(size, 0x7f))))),
  certificate("a long object identifier", (size) =>
    der(0x30, der(0x30, der(0x02, Buffer.from([1])), der(0x30, der(0x06, Buffer.alloc(size, 0x81))))),
  ),
  certificate("many names", (size) =>
    der(0x30, der(0x30, der(0x02, Buffer.from([1])), der(0x30), Buffer.from(fill("\x31\x00", size), "latin1"))),
  ),
  { name: "nested groups", entries: ["bundle"], make: (size) => new Uint8Array(size).fill(0x0b) },
  {
    name: "protobuf: entries",
    entries: ["bundle"],
    make: (size) => Buffer.from(fill("\x12\x02\x1a\x00", size), "latin1"),
  },
  text(
    "logs",
    ["trust root"],
    (size) => `{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1","tlogs":${list("{}", size)}}`,
  ),
  text("one block", ["key"], (size) => pem("PUBLIC KEY", "A".repeat(size & ~3))),
  text("lines of base64", ["key"], (size) => pem("PUBLIC KEY", fill("AAAA\n", size))),
  text("many blocks", ["key"], (size) => fill(pem("PUBLIC KEY", "MAA="), size)),
  text("beginnings of blocks", ["key"], (size) => fill("-----BEGIN PUBLIC KEY-----\n", size)),
  text("dashes", ["key"], (size) => "-".repeat(size)),
  text("signature lines", ["note"], (size) => `origin\n1\nAAAA\n\n${fill("— a AAAAAAAA\n", size)}`),
  text("a long origin", ["note"], (size) => `${"o".repeat(size)}\n1\nAAAA\n\n— a AAAAAAAA\n`),
  text("paragraphs", ["note"], (size) => `${fill("a\n\n", size)}— a AAAAAAAA\n`),
  text("comments", ["witnesses"], (size) => `${fill("# c\n", size)}quorum none\n`),
  text(
    "witnesses",
    ["witnesses"],
    (size) => `${numbered(size, 40, (i) => `witness w${i} example.com/w+00000000+AAAA`, "\n")}\n`,
  ),
  text("groups", ["witnesses"], (size) => `${numbered(size, 16, (i) => `group g${i} all g${i - 1}`, "\n")}\n`),
  text("one long group", ["witnesses"], (size) => `group g all ${numbered(size, 5, (i) => `w${i}`, " ")}\n`),
  text("words", ["witnesses"], (size) => fill("a ", size)),
];

/** The largest input of each entry point, where that is below what is tried. */
export const ROOM: Readonly<Partial<Record<Entry, number>>> = {
  key: 60_000,
  note: 60_000,
  record: 500_000,
  witnesses: 500_000,
};
