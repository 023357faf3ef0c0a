/** A TypeDoc plugin: a module has the name of its import, such as `inkan/mcp`, and not that of its source. */
import { readFileSync } from "node:fs";
import { Converter, ReflectionKind } from "typedoc";

const { exports } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
const names = new Map(
  Object.entries(exports).map(([path, { types }]) => [
    types?.replace(/^\.\/dist\/(.*?)(\/index)?\.d\.ts$/, "$1"),
    path.replace(/^\./, "inkan"),
  ]),
);

export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.getReflectionsByKind(ReflectionKind.Module)) {
      const name = names.get(module.name);
      if (name === undefined) throw new Error(`package.json exports no module ${module.name}`);
      module.name = name;
    }
  });
}
