/** What is pinned now, by the operator's own key: verified as the proxy would, before it is compared with anything. */
import { resolve } from "node:path";
import { InkanError } from "../../errors.js";
import { printable } from "../../input/printable.js";
import { loadPolicy } from "../../policy_file/load.js";
import { readPolicyFile, type ServerShape } from "../../policy_file/shape.js";
import { type CatalogueFile, readCatalogue } from "../../publish/catalogue.js";
import { definitionOf } from "../../publish/definition.js";
import { type CatalogueDiff, diffCatalogues } from "../../publish/diff/diff.js";
import { sharedStores } from "../check/verdicts.js";
import { ExitCode, exitCodeOf, Stop } from "../exit.js";
import { policyOnDisk } from "../policy.js";
import type { Job } from "./options.js";

export interface Pinned {
  readonly shape: ServerShape;
  readonly server: string;
  readonly version: number;
  readonly text: string;
  readonly file: CatalogueFile;
  /** The paths of the catalogue and its bundle. */
  readonly catalogue: string;
  readonly bundle: string;
  readonly keys: readonly string[];
}

/** Ends the command where the server is not one that the operator signs, or where its catalogue does not verify. */
export async function pinnedNow(job: Job): Promise<Pinned> {
  const { name, config, seen, folder } = job;
  const shape = readPolicyFile(seen.path, seen.text ?? "", process.env).get(name);
  if (shape === undefined) throw new Stop(ExitCode.Misuse, `${printable(config)} has no server ${printable(name)}`);
  const { catalogue, evidence, signer } = shape;
  if (signer.name !== "keys" || catalogue.source.kind !== "file" || evidence.source.kind !== "file") {
    throw new Stop(
      ExitCode.Misuse,
      `${printable(name)} is signed by its publisher: a newer catalogue of theirs needs no consent of yours. inkan check says whether it verifies`,
    );
  }
  if (evidence.field !== "bundle") {
    throw new Stop(ExitCode.Misuse, `${printable(name)} has a detached signature, and init --update signs bundles`);
  }
  const { version, server, bytes } = await verifyServer(job);
  return {
    shape,
    server: server ?? shape.server,
    version: version ?? 0,
    text: new TextDecoder().decode(bytes),
    file: readCatalogue(bytes, definitionOf),
    catalogue: resolve(folder, catalogue.source.path),
    bundle: resolve(folder, evidence.source.path),
    keys: signer.entry.oneOrMore().map((entry) => resolve(folder, entry.text())),
  };
}

/** The server's catalogue, verified as the proxy would when it starts, and its bytes. No record is written. */
export async function verifyServer({ config, name }: Pick<Job, "config" | "name">) {
  const disk = policyOnDisk(config);
  let bytes: Uint8Array = new Uint8Array();
  const readFile: typeof disk.readFile = async (path, longest, kind) => {
    const read = await disk.readFile(path, longest, kind);
    if (kind === "catalogue") bytes = read;
    return read;
  };
  const stores = sharedStores(disk.openStore);
  try {
    const policy = await loadPolicy({ ...disk, readFile, openStore: stores.openStore });
    const report = await (await policy.server(name)).report();
    if (report.verdict === "verified")
      return { version: report.catalogue.version, server: report.catalogue.server, bytes };
    throw refused(name, report.error, exitCodeOf(report.error, "evidence"));
  } catch (error) {
    // What threw was not judged: a key, a trust root or a store that cannot be used.
    if (!(error instanceof InkanError) || error.code === "ERR_INTERNAL") throw error;
    throw refused(name, error, ExitCode.Misuse);
  } finally {
    await stores.close();
  }
}

const refused = (name: string, error: InkanError, exitCode: ExitCode): Stop =>
  new Stop(exitCode, `${printable(name)} is refused: ${error.code}: ${error.message}`);

/** What differs but for the version and the times, which every signature may change. */
export function differenceOf(older: CatalogueFile, newer: CatalogueFile): CatalogueDiff {
  const diff = diffCatalogues(older, newer);
  const changes = diff.changes.filter(
    ({ subject, name }) => !(subject === "catalogue" && ["version", "issuedAt", "expires", "_meta"].includes(name)),
  );
  return { changes, matters: changes.some(({ matters }) => matters) };
}
