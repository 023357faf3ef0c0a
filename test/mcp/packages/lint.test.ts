/** Real servers: a snapshot of each is linted as a publisher would, and has the findings that people who looked found true. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { inkan } from "../../support/command.js";

const folder = mkdtempSync(join(tmpdir(), "inkan-lint-real-"));
afterAll(() => rmSync(folder, { recursive: true }));

const path = (name: string): string =>
  new URL(`node_modules/@modelcontextprotocol/server-${name}/dist/index.js`, import.meta.url).pathname;

/** Definitions by rule. Each was looked at: the parameters have no description, and read_file is deprecated for another tool. */
const FOUND: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  everything: { "no-parameter-description": ["get-resource-reference", "args-prompt"] },
  filesystem: {
    "mentions-tool": ["read_file"],
    "no-parameter-description": [
      "create_directory",
      "directory_tree",
      "edit_file",
      "get_file_info",
      "list_directory",
      "list_directory_with_sizes",
      "move_file",
      "read_file",
      "read_media_file",
      "read_text_file",
      "search_files",
      "write_file",
    ],
  },
  memory: {
    "no-parameter-description": ["add_observations", "create_entities", "create_relations", "delete_observations"],
  },
};

test.each(Object.entries(FOUND))("server-%s", (name, found) => {
  const output = join(folder, `${name}.json`);
  const stated = ["--server", `npm:${name}`, "--version", "1", "--expires", "90d", "--output", output];
  const command = [process.execPath, path(name), ...(name === "filesystem" ? [folder] : [])];
  const env = { MEMORY_FILE_PATH: join(folder, "memory.json") };
  expect(inkan(["snapshot", ...stated, "--", ...command], { env }).status).toBe(0);
  const { status, stdout } = inkan(["lint", output, "--json"]);
  expect(status).toBe(1);
  const { findings }: { findings: { rule: string; about: { name: string } }[] } = JSON.parse(stdout);
  const byRule: Record<string, string[]> = {};
  for (const { rule, about } of findings) byRule[rule] = [...(byRule[rule] ?? []), about.name];
  expect(byRule).toEqual(found);
});
