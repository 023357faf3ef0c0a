/** The record of a TUF repository on its way into a store, judged by the core. */
import * as glue from "../../pkg/inkan.js";
import { boundText } from "../input/size.js";
import type { RepositoryRecord } from "../state/record.js";
import { CoreStatedRecord } from "./stated_record.js";

/**
 * What a TUF client verified. The core must be loaded.
 * @internal
 */
export function repositoryUpdate(seen: RepositoryRecord): CoreStatedRecord {
  const { repository, root, timestamp, snapshot, targets, onlineKeys, digest } = seen;
  const record = { kind: "tuf", format: 1, repository, root, timestamp, snapshot, targets, onlineKeys, digest };
  const text = boundText("repository", "stateRecord", JSON.stringify(record));
  return new CoreStatedRecord(() => glue.RepositoryUpdate.fromRecord(text));
}
