import { inspectBundle } from "../core/inspect.js";
import { byEitherCore } from "../core/instance.js";
import { type BundleSource, bundleBytes, type KeylessBundle } from "./bundle.js";

/** What is in a bundle. Nothing of it is verified: show it to people, decide nothing by it. */
export async function inspect(bundle: KeylessBundle | BundleSource): Promise<unknown> {
  const bytes = bundleBytes(bundle).slice();
  return byEitherCore(() => inspectBundle(bytes));
}
