/** The package that a launcher starts, as a server's identifier: `npm:NAME`, `pypi:NAME`. */

interface Launcher {
  readonly registry: "npm" | "pypi";
  /** The words before the package. */
  readonly words: readonly string[];
  /** Options that take the next word. */
  readonly takes: readonly string[];
}

const LAUNCHERS: readonly Launcher[] = [
  { registry: "npm", words: ["npx"], takes: ["-c", "--call", "-w", "--workspace"] },
  { registry: "npm", words: ["npm", "exec"], takes: ["-c", "--call", "-w", "--workspace"] },
  { registry: "npm", words: ["bunx"], takes: [] },
  { registry: "npm", words: ["pnpm", "dlx"], takes: [] },
  { registry: "pypi", words: ["uvx"], takes: ["--with", "--python", "-p", "--index-url", "--index"] },
  { registry: "pypi", words: ["pipx", "run"], takes: ["--python", "--pip-args"] },
];

/** Options that name the package apart from the program. */
const NAMING = "-p --package --from --spec".split(" ");

export function packageOf(command: readonly string[]): string | undefined {
  const [program = "", ...rest] = command;
  const words = [program.replace(/^.*[/\\]/, "").replace(/\.(cmd|exe)$/i, ""), ...rest];
  const launcher = LAUNCHERS.find((one) => one.words.every((word, index) => words[index] === word));
  if (launcher === undefined) return undefined;
  const name = nameIn(words.slice(launcher.words.length), launcher);
  const bare = name?.replace(launcher.registry === "npm" ? /(?<=.)@.*$/ : /[[=<>~!@].*$/, "");
  return bare !== undefined && /^(@[\w.~-]+\/)?[\w.~-]+$/.test(bare) ? `${launcher.registry}:${bare}` : undefined;
}

function nameIn(words: readonly string[], { takes }: Launcher): string | undefined {
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? "";
    const [option = "", stated] = word.split("=", 2);
    if (NAMING.includes(option) && !takes.includes(option)) return stated ?? words[index + 1];
    if (takes.includes(word)) index += 1;
    else if (word !== "--" && !word.startsWith("-")) return word;
  }
  return undefined;
}
