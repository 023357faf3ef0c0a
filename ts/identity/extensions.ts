import { FULCIO_EXTENSIONS, type FulcioExtension } from "../generated/names.js";
import { readOptions, readText } from "../input/options.js";

/** Pinned texts by the name of an extension. An extension that this build does not know is refused. */
export function readExtensions(subject: string, value: unknown): { [name in FulcioExtension]?: string } {
  const read = readOptions(subject, value, FULCIO_EXTENSIONS);
  const pins: { [name in FulcioExtension]?: string } = {};
  for (const name of FULCIO_EXTENSIONS) {
    if (read[name] !== undefined) pins[name] = readText(`${subject}.${name}`, read[name]);
  }
  return pins;
}
