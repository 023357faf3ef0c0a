import { type FormEvent, useId, useState } from "react";
import { type Refusal, refusalOf } from "./agent";
import type { Entry } from "./useAgent";

interface Props {
  readonly entry: Entry;
  readonly call: (name: string, args: Record<string, unknown>) => Promise<string>;
}

type Outcome = { readonly text: string } | { readonly refusal: Refusal } | { readonly problem: string };

/** One tool: what was signed, a form for its parameters, and what came of a call. */
export function ToolCard({ entry: { name, tool, refused }, call }: Props) {
  const id = useId();
  const [outcome, setOutcome] = useState<Outcome>();
  const parameters = Object.entries(tool?.inputSchema.properties ?? {});

  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const args = parameters.map(([key, schema]) => [key, isNumber(schema) ? Number(given.get(key)) : given.get(key)]);
    try {
      setOutcome({ text: await call(name, Object.fromEntries(args)) });
    } catch (error) {
      const refusal = refusalOf(error);
      setOutcome(refusal === undefined ? { problem: String(error) } : { refusal });
    }
  };

  return (
    <li className={refused === undefined ? "card" : "card refused"}>
      <h3 id={id}>
        <code>{name}</code> {refused !== undefined && <span className="badge">refused</span>}
      </h3>
      {tool?.description !== undefined && <p>{tool.description}</p>}
      {refused !== undefined && (
        <div role="alert" className="refusal">
          <p>
            <strong>
              {refused.code === "ERR_TOOL_CHANGED"
                ? "The server changed this tool. What it says now is not what the publisher signed."
                : "The server offers this tool, and the publisher did not sign it."}
            </strong>{" "}
            <code>{refused.code}</code>
          </p>
          {refused.difference !== undefined && <pre>{refused.difference}</pre>}
        </div>
      )}
      <form aria-labelledby={id} onSubmit={submit}>
        {parameters.map(([key, schema]) => (
          <label key={key}>
            {key}{" "}
            <input name={key} type={isNumber(schema) ? "number" : "text"} step="any" required autoComplete="off" />
          </label>
        ))}
        <button type="submit">{refused === undefined ? "Call" : "Call it anyway"}</button>
      </form>
      {outcome !== undefined && <Shown outcome={outcome} />}
    </li>
  );
}

function Shown({ outcome }: { readonly outcome: Outcome }) {
  if ("text" in outcome) return <output>{outcome.text === "" ? "(an empty text)" : outcome.text}</output>;
  if ("problem" in outcome) {
    return (
      <p role="alert" className="refusal">
        {outcome.problem}
      </p>
    );
  }
  const { code, hint, message } = outcome.refusal;
  return (
    <div role="alert" className="refusal">
      <dl>
        <dt>The call was refused</dt>
        <dd>{message.replace(`${code}: `, "").replace(hint, "")}</dd>
        <dt>Code</dt>
        <dd>
          <code>{code}</code>
        </dd>
        <dt>What to do</dt>
        <dd>{hint}</dd>
      </dl>
    </div>
  );
}

const isNumber = (schema: unknown): boolean =>
  ["number", "integer"].includes((schema as { type?: unknown } | null)?.type as string);
