import { useEffect, useState } from "react";
import { SERVER_URL } from "./agent";

const SWITCHES = {
  changedTool: "Change what a tool says, in the middle of the session",
  oldCatalogue: "Present the catalogue of last year, and a tool that was withdrawn since",
};

type Positions = Record<string, boolean> | undefined;

/** How the switches are now. Undefined if the server does not answer. */
const ask = (query: string, method: string): Promise<Positions> =>
  fetch(new URL(`/switches${query}`, SERVER_URL), { method }).then(
    (response) => response.json(),
    () => undefined,
  );

/** Makes the server of this example misbehave. No part of an agent. */
export function Switches() {
  const [on, setOn] = useState<Positions>();
  useEffect(() => void ask("", "GET").then(setOn), []);
  return (
    <section aria-labelledby="switches">
      <h2 id="switches">Play the attacker</h2>
      <p className="muted">These switches are the example server’s. A real agent has no such part.</p>
      {Object.entries(SWITCHES).map(([name, words]) => (
        <label key={name} className="switch">
          <input
            type="checkbox"
            checked={on?.[name] ?? false}
            disabled={on === undefined}
            onChange={({ target }) => ask(`?${name}=${target.checked}`, "POST").then(setOn)}
          />
          {words}
        </label>
      ))}
    </section>
  );
}
