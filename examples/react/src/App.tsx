import { SERVER_URL } from "./agent";
import { Switches } from "./Switches";
import { ToolCard } from "./ToolCard";
import { useAgent } from "./useAgent";

const WORDS = { closed: "Not connected", connecting: "Connecting…", open: "Connected" };

export function App() {
  const { phase, report, entries, problem, open, close, call } = useAgent();
  return (
    <>
      <header>
        <h1>Notes agent</h1>
        <p>
          Its tools come from <code>{SERVER_URL}</code>. It uses only those that the publisher signed.
        </p>
        <div className="bar">
          <button type="button" className="main" onClick={phase === "open" ? close : open}>
            {phase === "open" ? "Disconnect" : "Connect"}
          </button>
          <span role="status" className={`phase ${phase}`}>
            {WORDS[phase]}
          </span>
        </div>
        {problem !== undefined && (
          <p role="alert" className="refusal">
            {problem}
          </p>
        )}
      </header>
      <main>
        <section aria-labelledby="tools">
          <h2 id="tools">Tools</h2>
          {report?.verdict === "refused" && (
            <div role="alert" className="refusal">
              <p>
                <strong>The catalogue is refused, so there are no tools.</strong>
              </p>
              <p>
                {report.error.summary} {report.error.hint} <code>{report.error.code}</code>
              </p>
            </div>
          )}
          {phase !== "open" && report === undefined && <p className="muted">Connect to see them.</p>}
          <ul className="plain">
            {entries.map((entry) => (
              <ToolCard key={entry.name} entry={entry} call={call} />
            ))}
          </ul>
        </section>
        <Switches />
        <section aria-labelledby="signer">
          <h2 id="signer">Who signed the catalogue</h2>
          {report === undefined ? (
            <p className="muted">Nothing is verified yet.</p>
          ) : (
            <inkan-report report={report} label="mcp-catalogue.json" heading-level={3} />
          )}
        </section>
      </main>
    </>
  );
}
