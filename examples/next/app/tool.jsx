"use client";
import { useState } from "react";
import { callTool } from "../lib/actions.js";

/** A tool with a field for each of its parameters. */
export function Tool({ tool: { name, description, inputSchema } }) {
  const [outcome, setOutcome] = useState();
  const [isBusy, setBusy] = useState(false);
  const properties = Object.entries(inputSchema.properties ?? {});

  async function call(event) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const given = properties.map(([key, { type }]) => [key, type === "number" ? Number(form.get(key)) : form.get(key)]);
    setBusy(true);
    setOutcome(await callTool(name, Object.fromEntries(given)).catch(({ message }) => ({ problem: message })));
    setBusy(false);
  }

  return (
    <section>
      <h2>{name}</h2>
      <p>{description}</p>
      <form onSubmit={call}>
        {properties.map(([key, { type }]) => (
          <label key={key}>
            {key} <input name={key} type={type === "number" ? "number" : "text"} step="any" required />
          </label>
        ))}
        <button type="submit" disabled={isBusy}>
          Call {name}
        </button>
      </form>
      <output>{outcome && <Outcome {...outcome} />}</output>
    </section>
  );
}

function Outcome({ text, refused, problem }) {
  if (refused === undefined) return <p>{problem ?? text}</p>;
  return (
    <div className="refused">
      <p>
        The gate refused the call: <code>{refused.code}</code>
      </p>
      {refused.difference !== undefined && <p>{refused.difference}</p>}
      <p>{refused.hint}</p>
    </div>
  );
}
