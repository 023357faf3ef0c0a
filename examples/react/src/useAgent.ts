/** The connection as state of a component. */
import type { Tool } from "@modelcontextprotocol/client";
import type { CatalogueReport } from "inkan";
import type { GateDecision } from "inkan/mcp";
import { useReducer, useRef } from "react";
import { type Agent, connect } from "./agent";

/** A tool that the person sees: as it was signed, and why the gate refuses it, if it does. */
export interface Entry {
  readonly name: string;
  readonly tool?: Tool;
  readonly refused?: GateDecision;
}

interface State {
  readonly phase: "closed" | "connecting" | "open";
  readonly report?: CatalogueReport;
  readonly entries: readonly Entry[];
  /** What went wrong beside the gate, such as a server that does not answer. */
  readonly problem?: string;
}

type Event =
  | { readonly type: "connecting" | "closed" }
  | { readonly type: "verified"; readonly report: CatalogueReport; readonly open: boolean }
  | { readonly type: "listed"; readonly tools: readonly Tool[] }
  | { readonly type: "refused"; readonly name: string; readonly decision: GateDecision }
  | { readonly type: "failed"; readonly error: unknown };

const CLOSED: State = { phase: "closed", entries: [] };

function reduce(state: State, event: Event): State {
  switch (event.type) {
    case "connecting":
      return { ...CLOSED, phase: "connecting" };
    case "closed":
      return CLOSED;
    case "verified":
      return { ...state, report: event.report, phase: event.open ? "open" : "closed" };
    case "listed": {
      const listed = new Set(event.tools.map(({ name }) => name));
      const refused = state.entries.filter((entry) => entry.refused !== undefined && !listed.has(entry.name));
      return { ...state, entries: sorted([...event.tools.map((tool) => ({ name: tool.name, tool })), ...refused]) };
    }
    case "refused": {
      const before = state.entries.find(({ name }) => name === event.name);
      const others = state.entries.filter((entry) => entry !== before);
      return { ...state, entries: sorted([...others, { ...before, name: event.name, refused: event.decision }]) };
    }
    case "failed":
      return { ...CLOSED, problem: event.error instanceof Error ? event.error.message : String(event.error) };
  }
}

const sorted = (entries: readonly Entry[]): Entry[] => [...entries].sort((a, b) => (a.name < b.name ? -1 : 1));

export function useAgent() {
  const [state, tell] = useReducer(reduce, CLOSED);
  const agent = useRef<Agent>(undefined);

  const list = async (): Promise<void> => {
    const tools = await agent.current?.listTools();
    if (tools !== undefined) tell({ type: "listed", tools });
  };
  const onDecision = (decision: GateDecision): void => {
    const { kind, name, decision: verdict } = decision;
    if (kind !== "tool" || name === undefined) return;
    if (verdict === "hidden" || verdict === "revoked") tell({ type: "refused", name, decision });
  };
  const close = async (): Promise<void> => {
    // What cannot be closed any more is gone already.
    await agent.current?.close().catch(() => {});
    agent.current = undefined;
  };
  const failed = async (error: unknown): Promise<void> => {
    await close();
    tell({ type: "failed", error });
  };

  return {
    ...state,
    open: async (): Promise<void> => {
      if (state.phase === "connecting") return;
      tell({ type: "connecting" });
      try {
        const made = await connect({ onDecision, onToolsChanged: () => void list().catch(failed) });
        agent.current = made.agent;
        tell({ type: "verified", report: made.report, open: made.agent !== undefined });
        await list();
      } catch (error) {
        await failed(error);
      }
    },
    close: async (): Promise<void> => {
      await close();
      tell({ type: "closed" });
    },
    call: async (name: string, args: Record<string, unknown>): Promise<string> => {
      if (agent.current === undefined) throw new Error("The agent is not connected.");
      return agent.current.callTool(name, args);
    },
  };
}
