/** What the bundle holds, beside the verdict: chain, log entry, times, cosigners. */
import { h, shown, value } from "../../ts/element/dom.js";
import type { Certificate, Inspected } from "./engine/inspected.js";
import { momentsOf, timesPicture } from "./times.js";
import { treePicture } from "./tree.js";

/** What a verdict adds to the contents of a bundle. */
export interface Verdict {
  readonly verified: boolean;
  readonly signedAt: readonly string[];
  /** Dates that the signed file states. */
  readonly stated: readonly (readonly [string, string | undefined])[];
  /** Whether a witness policy was given, so that the report says which cosignatures verify. */
  readonly witnessed: boolean;
}

const UNPROVEN = "The verification failed. This is what the bundle says, and none of it is proven.";

export async function evidenceSections(
  bundle: Inspected,
  verdict: Verdict,
  authorities: readonly string[],
): Promise<HTMLElement[]> {
  const section = (title: string, ...parts: readonly Node[]): HTMLElement =>
    h(
      "section",
      {},
      h("h2", {}, title),
      verdict.verified ? undefined : h("p", { class: "problem" }, UNPROVEN),
      ...parts,
    );
  const certificates = bundle.certificates ?? [];
  return [
    ...(certificates.length === 0 ? [] : [section("Certificate chain", chain(certificates, verdict, authorities))]),
    section("Times", timesPicture(momentsOf(bundle, verdict.signedAt, verdict.stated), bundle)),
    ...(await logSections(bundle, section, verdict)),
  ];
}

function chain(certificates: readonly Certificate[], verdict: Verdict, authorities: readonly string[]): HTMLElement {
  const items = certificates.map((one, index) =>
    h(
      "li",
      {},
      h("strong", {}, index === 0 ? "The signer's certificate" : shown(one.subject ?? "A certificate")),
      rows([
        ["Names", (one.names ?? []).join(", ") || undefined],
        ["Confirmed by", one.oidcIssuer],
        ["Valid", `${one.notBefore ?? "?"} to ${one.notAfter ?? "?"}`],
        ["Key", one.key],
        ["Issued by", one.issuedBy],
        ["Fingerprint", one.fingerprint],
      ]),
    ),
  );
  const end = verdict.verified
    ? "It leads to an authority of the trust root"
    : "It must lead to an authority of the trust root";
  return h(
    "ol",
    { class: "chain" },
    ...items,
    h("li", {}, h("strong", {}, end), rows(authorities.map((name) => ["Authority", name]))),
  );
}

async function logSections(
  { logEntries = [], paths }: Inspected,
  section: (title: string, ...parts: readonly Node[]) => HTMLElement,
  verdict: Verdict,
): Promise<HTMLElement[]> {
  const pictures = await Promise.all(paths.map(treePicture));
  const sections = logEntries.map((entry, index) =>
    section(
      "Log entry",
      rows([
        ["Kind", entry.kind],
        ["Index", entry.logIndex],
        ["Tree size", entry.treeSize],
        ["Root hash", entry.rootHash],
      ]),
      // Without a picture for every entry, nobody knows which entry a picture is of.
      ...(pictures.length === logEntries.length && pictures[index] !== undefined ? [pictures[index]] : []),
      ...cosigners(entry.checkpoint, verdict),
    ),
  );
  return sections.length === 0 ? [section("Log entry", h("p", {}, "The bundle holds no log entry."))] : sections;
}

/** The signature lines of a signed note (C2SP signed-note): "— NAME KEY-AND-SIGNATURE". */
function cosigners(checkpoint: string | undefined, { witnessed }: Verdict): HTMLElement[] {
  if (checkpoint === undefined) return [];
  const [origin = ""] = checkpoint.split("\n");
  const names = [...checkpoint.matchAll(/^\u2014 (\S+) \S+$/gm)].map(([, name = ""]) => name);
  const others = names.filter((name) => !origin.startsWith(name));
  const meaning = witnessed
    ? "The report above says which of them verify by your witness policy."
    : "Nobody has checked the cosignatures: drop a witness policy for that.";
  return [
    h("h3", {}, "Who signed the log's tree"),
    h(
      "ul",
      {},
      ...names.map((name) =>
        h("li", {}, value(name), others.includes(name) ? " (a cosignature)" : " (the log itself)"),
      ),
    ),
    h("p", { class: "muted" }, others.length === 0 ? "No witness cosigned it." : meaning),
  ];
}

export const rows = (given: readonly (readonly [string, string | undefined])[]): HTMLElement =>
  h(
    "dl",
    { class: "facts" },
    ...given.flatMap(([name, text]) => (text === undefined ? [] : [h("dt", {}, name), h("dd", {}, value(text))])),
  );
