/** Bundles the command: `dist/cli/main.cjs`, and the files that it loads when they are needed. */
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "rolldown";
import { inRoot } from "./paths.js";
import { BuildError } from "./process.js";

/**
 * Files, each with the modules that it is made for. A file holds all that these modules import and that no earlier file
 * holds. So `inkan proxy` reads few files, and the last of them only after its server was started. All other modules, such
 * as those of single verbs, are cut by who imports them.
 */
const FILES: Readonly<Record<string, readonly string[]>> = {
  base: ["cli/run.ts", "cli/verb.ts", "cli/files.ts"],
  library: [
    "cli/library.ts",
    "cli/input/store.ts",
    "cli/print/trust_root_age.ts",
    "state/json.ts",
    "trust/record.ts",
    "verify/signer_text.ts",
  ],
  policy: ["cli/policy.ts", "policy_file/load.ts"],
  proxy: ["cli/commands/proxy.ts"],
  gate: ["cli/proxy/serve.ts"],
};

/**
 * The files are CommonJS, which starts faster than modules: Node makes no module namespaces for its built-in modules, and
 * for a namespace it would load everything that they otherwise load on demand. Their names have hashes. So a command that
 * runs while another release takes its place cannot load a file of that one. Gives the names.
 */
export async function bundleCommand(folder = inRoot("dist/cli")): Promise<readonly string[]> {
  const { output } = await build({
    input: { main: inRoot("ts/cli/main.ts") },
    platform: "node",
    external: [/^node:/, "ioredis", "tuf-js", "@sigstore/sign"],
    transform: { target: "node20", define: { "import.meta.dirname": "__dirname" } },
    // A module that is imported only for its effects must stay: one provides the WASM.
    treeshake: { moduleSideEffects: (id) => id.startsWith(inRoot("ts/")) || undefined },
    // Some modules are imported both at once and later, by different verbs.
    checks: { ineffectiveDynamicImport: false },
    onLog(_, { message }) {
      throw new BuildError(message);
    },
    output: {
      format: "cjs",
      entryFileNames: "[name].cjs",
      chunkFileNames: "[name]-[hash].cjs",
      minify: true,
      comments: false,
      codeSplitting: {
        groups: Object.entries(FILES).map(([name, modules]) => {
          const paths = new Set(modules.map((module) => inRoot("ts", module)));
          return { name, test: (id) => paths.has(id) };
        }),
      },
    },
    write: false,
  });
  mkdirSync(folder, { recursive: true });
  // main.cjs, which loads the others, comes last: somebody may be starting the command at this moment.
  for (const chunk of output.toReversed()) {
    if (chunk.type !== "chunk") throw new BuildError(`${chunk.fileName} is no code`);
    writeWhole(join(folder, chunk.fileName), chunk.code);
  }
  return output.map(({ fileName }) => fileName);
}

function writeWhole(path: string, text: string): void {
  const made = `${path}.${process.pid}`;
  writeFileSync(made, text, { mode: 0o755 });
  renameSync(made, path);
}
