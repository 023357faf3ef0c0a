import { readFileSync } from "node:fs";
import { printable } from "../input/printable.js";
import { ExitCode, Stop } from "./exit.js";

/** A file's bytes; `-` is standard input. */
export function readBytes(file: string): Uint8Array {
  try {
    return readFileSync(file === "-" ? 0 : file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reasons: Readonly<Record<string, string>> = {
      ENOENT: "there is no such file",
      EISDIR: "it is a folder",
      EACCES: "no permission",
    };
    const reason = reasons[code ?? ""] ?? code ?? String(error);
    throw new Stop(ExitCode.Misuse, `cannot read ${printable(file)}: ${reason}`);
  }
}

export const readUtf8 = (file: string): string => Buffer.from(readBytes(file)).toString("utf8");
