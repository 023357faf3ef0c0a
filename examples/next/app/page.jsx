import { SERVER, withServer } from "../lib/agent.js";
import { Report } from "./report.jsx";
import { Tool } from "./tool.jsx";

// Verified anew for each visit.
export const dynamic = "force-dynamic";

/** Verifies on the server. What goes to the browser is plain JSON. */
const look = () =>
  withServer(({ report, tools, withheld }) => ({ report: JSON.parse(JSON.stringify(report)), tools, withheld }));

export default async function Page() {
  const { report, tools, withheld, problem } = await look().catch(({ message }) => ({ problem: message }));
  return (
    <main>
      <h1>Tools of {SERVER}</h1>
      {problem === undefined ? (
        <>
          <Tools tools={tools} />
          <Withheld withheld={withheld} />
          <h2>The catalogue, and who signed it</h2>
          <Report report={report} label="mcp-catalogue.json" />
        </>
      ) : (
        <p role="alert">The server could not be asked: {problem}</p>
      )}
    </main>
  );
}

const Tools = ({ tools }) =>
  tools.length === 0 ? (
    <p>There is no tool that may be used.</p>
  ) : (
    tools.map((tool) => <Tool key={tool.name} tool={tool} />)
  );

const REASONS = {
  ERR_TOOL_CHANGED: "The server offers another definition than the signed one.",
  ERR_TOOL_UNSIGNED: "The publisher did not sign it.",
};

const Withheld = ({ withheld }) =>
  withheld.length > 0 && (
    <section className="refused">
      <h2>Withheld by the gate</h2>
      <ul>
        {withheld.map(({ name = "every tool", code, difference }) => (
          <li key={name}>
            <strong>{name}</strong> (<code>{code}</code>)
            <p>
              {REASONS[code] ?? "The catalogue was refused, as shown below."} {difference}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
