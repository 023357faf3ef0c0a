/** A passphrase that is typed on a terminal: it is shown at no moment, and it is the one that opens the key. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, expect, onTestFinished, test, vi } from "vitest";
import { askPassphrase } from "../../ts/cli/input/passphrase.js";
import { inkan } from "../support/command.js";
import { inkanOnTerminal } from "../support/terminal.js";

const folder = mkdtempSync(join(tmpdir(), "inkan-passphrase-"));
afterAll(() => rmSync(folder, { recursive: true }));
const text = (name: string): string => readFileSync(join(folder, name), "utf8");

const onPosix = test.skipIf(process.platform === "win32");

onPosix("a key that is made and used on a terminal", () => {
  const made = inkanOnTerminal(
    ["keygen", "--output", "typed"],
    [
      ["Passphrase for", "opem\u007fn sesame\r"],
      ["The same again", "open sesame\r"],
    ],
    { cwd: folder },
  );
  expect([made.status, made.unasked]).toEqual([0, 0]);
  expect(made.screen).not.toMatch(/ope|sesame/);
  expect(text("typed.key")).toContain("BEGIN ENCRYPTED PRIVATE KEY");
  writeFileSync(join(folder, "tools.json"), '{"tools":[]}');
  const env = { INKAN_KEY_PASSPHRASE: "open sesame" };
  expect(inkan(["sign", "tools.json", "--key", "typed.key"], { cwd: folder, env }).status).toBe(0);
});

onPosix("two that differ, and none, make no key", () => {
  const typed = (first: string, second?: string) =>
    inkanOnTerminal(
      ["keygen", "--output", "none"],
      [["Passphrase for", first], ...(second === undefined ? [] : [["The same again", second] as const])],
      { cwd: folder },
    );
  const told = [typed("open sesame\r", "open barley\r"), typed("\r"), typed("open\u0003")];
  expect(told.map(({ status, unasked }) => [status, unasked])).toEqual([
    [2, 0],
    [2, 0],
    [2, 0],
  ]);
  expect(told.map(({ screen }) => /differ|is empty|no passphrase was given/.exec(screen)?.[0])).toEqual([
    "differ",
    "is empty",
    "no passphrase was given",
  ]);
  expect(existsSync(join(folder, "none.key"))).toBe(false);
});

test("the terminal shows nothing of what is typed once the prompt stands there", async () => {
  const order: string[] = [];
  const setRawMode = (isRaw: boolean): void => void order.push(isRaw ? "raw" : "not raw");
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode });
  const given = vi.spyOn(process, "stdin", "get").mockReturnValue(stdin as never);
  const written = vi.spyOn(process.stderr, "write").mockImplementation((piece) => order.push(String(piece)) > 0);
  onTestFinished(() => {
    given.mockRestore();
    written.mockRestore();
  });
  const asked = askPassphrase("Passphrase: ");
  stdin.write("open sesame\r");
  expect(await asked).toBe("open sesame");
  expect(order).toEqual(["raw", "Passphrase: ", "not raw", "\n"]);
});
