/** The hosts: where each keeps its MCP servers for this user, and in which form. docs/operate.md has the same table. */
import { posix, win32 } from "node:path";

/** What the places depend on. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface Host {
  /** What it is called. */
  readonly title: string;
  /** The member or table that holds the servers. */
  readonly parent: "mcpServers" | "servers" | "context_servers" | "mcp_servers";
  readonly format: "json" | "json-with-comments" | "toml";
  /** Whether an entry states its `type`. */
  readonly typed: boolean;
  readonly place: (machine: Machine) => string;
}

/** Where programs keep a user's settings. */
export function settingsFolder({ platform, home, env }: Machine): string {
  if (platform === "win32") return env.APPDATA ?? win32.join(home, "AppData", "Roaming");
  if (platform === "darwin") return posix.join(home, "Library", "Application Support");
  return xdg({ platform, home, env });
}

/** The folder of the XDG Base Directory Specification; a path that is not absolute does not count. */
const xdg = ({ home, env: { XDG_CONFIG_HOME: stated } }: Machine): string =>
  stated !== undefined && posix.isAbsolute(stated) ? stated : posix.join(home, ".config");

const joinOn = ({ platform }: Machine): typeof posix.join => (platform === "win32" ? win32.join : posix.join);
const inHome = (machine: Machine, ...names: string[]): string => joinOn(machine)(machine.home, ...names);
const inSettings = (machine: Machine, ...names: string[]): string => joinOn(machine)(settingsFolder(machine), ...names);

const JSON_SERVERS = { parent: "mcpServers", format: "json", typed: false } as const;

export const HOSTS = {
  "claude-desktop": {
    ...JSON_SERVERS,
    title: "Claude Desktop",
    place: (machine) => inSettings(machine, "Claude", "claude_desktop_config.json"),
  },
  "claude-code": {
    ...JSON_SERVERS,
    typed: true,
    title: "Claude Code",
    place: (machine) => joinOn(machine)(machine.env.CLAUDE_CONFIG_DIR ?? machine.home, ".claude.json"),
  },
  cursor: {
    ...JSON_SERVERS,
    format: "json-with-comments",
    title: "Cursor",
    place: (machine) => inHome(machine, ".cursor", "mcp.json"),
  },
  vscode: {
    parent: "servers",
    format: "json-with-comments",
    typed: true,
    title: "VS Code",
    place: (machine) => inSettings(machine, "Code", "User", "mcp.json"),
  },
  windsurf: {
    ...JSON_SERVERS,
    title: "Windsurf",
    place: (machine) => inHome(machine, ".codeium", "windsurf", "mcp_config.json"),
  },
  gemini: {
    ...JSON_SERVERS,
    format: "json-with-comments",
    title: "Gemini CLI",
    place: (machine) => inHome(machine, ".gemini", "settings.json"),
  },
  codex: {
    parent: "mcp_servers",
    format: "toml",
    typed: false,
    title: "Codex",
    place: (machine) => joinOn(machine)(machine.env.CODEX_HOME ?? inHome(machine, ".codex"), "config.toml"),
  },
  zed: {
    parent: "context_servers",
    format: "json-with-comments",
    typed: false,
    title: "Zed",
    place: (machine) =>
      machine.platform === "win32"
        ? inSettings(machine, "Zed", "settings.json")
        : posix.join(machine.platform === "darwin" ? inHome(machine, ".config") : xdg(machine), "zed", "settings.json"),
  },
} as const satisfies Readonly<Record<string, Host>>;

export type HostName = keyof typeof HOSTS;
export const HOST_NAMES = Object.keys(HOSTS) as HostName[];
