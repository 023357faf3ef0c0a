/** A command line, from its words to its exit code. */
import { HELP } from "./arguments/parse.js";
import { ExitCode, Misuse, misuse, Stop } from "./exit.js";
import { helpLines, overviewLines } from "./print/help.js";
import { line } from "./print/line.js";
import { print, printError, printPage } from "./print/output.js";
import { isVerb, verbList, verbOf } from "./verbs.js";
import { version } from "./version.js";

/** Runs a command line, without the name of the program, and gives the exit code. An error is printed. */
export async function run(args: readonly string[]): Promise<ExitCode> {
  try {
    return await dispatch(args);
  } catch (error) {
    const stop = Stop.from(error);
    const [first = "", ...others] = linesOf(stop, args);
    printError([line(`inkan: ${first}`, 2), ...others.map((text) => line(text, Math.max(2, text.search(/\S/) + 2)))]);
    return stop.exitCode;
  }
}

function linesOf(stop: Stop, [name = ""]: readonly string[]): readonly string[] {
  // A bug comes with its stack, a line a call.
  if (stop.exitCode === ExitCode.Internal) return stop.message.split("\n");
  if (!(stop instanceof Misuse)) return [stop.message];
  const page = isVerb(name) ? `inkan help ${name}` : "inkan help";
  const example = stop.example.length === 0 ? [] : ["  For example:", ...joined(stop.example)];
  return [`${stop.message}; try ${page}`, ...example];
}

/** Columns of a line that is to be copied. */
const LINE = 78;

/** A command line in lines that a shell joins, so that it can be copied from a narrow terminal, too. */
function joined(pieces: readonly string[]): string[] {
  const lines: string[] = [];
  let begun = "   ";
  for (const piece of pieces) {
    if (begun.trim() !== "" && begun.length + piece.length + 3 > LINE) {
      lines.push(`${begun} \\`);
      begun = "     ";
    }
    begun += ` ${piece}`;
  }
  return [...lines, begun];
}

async function dispatch([name, ...args]: readonly string[]): Promise<ExitCode> {
  if (name === undefined) throw misuse("a command is missing");
  if (name === "--version" || name === "-V") {
    if (args.length > 0) throw misuse(`${name} stands alone`);
    print([line(version())]);
    return ExitCode.Verified;
  }
  if (name === "help" || name === "--help" || name === "-h") return help(args);
  const verb = await verbOf(name);
  const outcome = await verb.run(args);
  if (outcome !== HELP) return outcome;
  printPage(helpLines(verb.help));
  return ExitCode.Verified;
}

async function help([topic, ...others]: readonly string[]): Promise<ExitCode> {
  if (others.length > 0) throw misuse("inkan help takes one command");
  printPage(topic === undefined ? overviewLines(verbList()) : helpLines((await verbOf(topic)).help));
  return ExitCode.Verified;
}
