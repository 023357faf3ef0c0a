/** The Firefox of the system, driven by WebDriver BiDi. playwright-core speaks it to the channels that begin with `moz-`. */
import { type Browser, type BrowserType, type Context, type Look, type Playwright, playwright } from "./playwright.js";

export type Preferences = Readonly<Record<string, string | number | boolean>>;

/** A message of WebDriver BiDi. */
interface Message {
  readonly id: number;
  readonly method: string;
}
interface Transport {
  onmessage?: (answer: object) => void;
  send(message: Message): void;
}
/** What playwright-core does not export, and which the version in the lock file has. */
interface Internals {
  readonly _connection: {
    toImpl(type: BrowserType): {
      readonly _bidiFirefox: { connectToTransport(of: Transport, options: object): unknown };
    };
  };
}

/**
 * playwright-core sends this command for every context. Firefox 153, of which Debian's package is made, does not know it.
 * What it would set is set by preferences here.
 */
const UNKNOWN_TO_FIREFOX = "emulation.setMediaFeaturesOverride";

let isPatched = false;
function firefox(): BrowserType {
  const { firefox: type } = playwright() as Playwright & { readonly firefox: Internals };
  if (isPatched) return type;
  const bidi = type._connection.toImpl(type)._bidiFirefox;
  const connect = bidi.connectToTransport.bind(bidi);
  bidi.connectToTransport = (transport, options) => {
    const send = transport.send.bind(transport);
    transport.send = (message) => {
      if (message.method !== UNKNOWN_TO_FIREFOX) return send(message);
      queueMicrotask(() => transport.onmessage?.({ type: "success", id: message.id, result: {} }));
    };
    return connect(transport, options);
  };
  isPatched = true;
  return type;
}

const optionsOf = (executablePath: string, firefoxUserPrefs: Preferences) => ({
  executablePath,
  headless: true,
  channel: "moz-firefox",
  firefoxUserPrefs,
});

/** A Firefox for each set of preferences that a look needs: they hold for all its windows. */
class Firefoxes implements Browser {
  readonly #executablePath: string;
  readonly #running = new Map<string, Promise<Browser>>();

  constructor(executablePath: string) {
    this.#executablePath = executablePath;
  }

  async newContext(look: Look): Promise<Context> {
    const preferences = preferencesOf(look);
    const key = JSON.stringify(preferences);
    const started = this.#running.get(key) ?? firefox().launch(optionsOf(this.#executablePath, preferences));
    this.#running.set(key, started);
    const { viewport } = look;
    return (await started).newContext(viewport === undefined ? {} : { viewport });
  }

  async close(): Promise<void> {
    const all = await Promise.all(this.#running.values());
    await Promise.all(all.map((one) => one.close()));
  }
}

function preferencesOf({
  colorScheme = "light",
  forcedColors = "none",
  reducedMotion = "no-preference",
}: Look): Preferences {
  return {
    "layout.css.prefers-color-scheme.content-override": colorScheme === "dark" ? 0 : 1,
    // 2: the colours of the person replace those of the page.
    "browser.display.document_color_use": forcedColors === "active" ? 2 : 0,
    "ui.prefersReducedMotion": reducedMotion === "reduce" ? 1 : 0,
  };
}

export const launchFirefox = async (executablePath: string): Promise<Browser> => new Firefoxes(executablePath);

/** A Firefox of which the profile stands in a folder: its storage is there again when it is started again. */
export const launchProfile = (executablePath: string, folder: string, preferences: Preferences): Promise<Context> =>
  firefox().launchPersistentContext(folder, optionsOf(executablePath, preferences));
