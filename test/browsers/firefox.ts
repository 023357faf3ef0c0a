/** The Firefox of the system, driven by WebDriver BiDi. playwright-core speaks it to the channels that begin with `moz-`. */
import { type Browser, type BrowserType, type Context, type Look, type Playwright, playwright } from "./playwright.js";

export type Preferences = Readonly<Record<string, string | number | boolean>>;

/** A message of WebDriver BiDi. */
interface Message {
  readonly id: number;
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
}
interface Transport {
  onmessage?: (answer: object) => void;
  send(message: Message): void;
}
type Environment = Readonly<Record<string, string | undefined>>;
/** What playwright-core does not export, and which the version in the lock file has. */
interface Internals {
  readonly _connection: {
    toImpl(type: BrowserType): {
      readonly _bidiFirefox: {
        connectToTransport(of: Transport, options: object): unknown;
        amendEnvironment(of: Environment): Environment;
      };
    };
  };
}

/**
 * Changes two commands on their way from playwright-core to Firefox, where it sends them for every context and every page:
 *
 * - Firefox 153, of which Debian's package is made, does not know how to set media features. `preferencesOf` sets them.
 * - A tab takes half of the time that a window takes. `layout.testing.top-level-always-active`, which playwright-core
 *   sets, keeps the tabs behind it at full speed.
 */
function adapted(transport: Transport): Transport {
  const send = transport.send.bind(transport);
  transport.send = (message) => {
    const { id, method, params } = message;
    if (method === "emulation.setMediaFeaturesOverride") {
      queueMicrotask(() => transport.onmessage?.({ type: "success", id, result: {} }));
    } else if (method === "browsingContext.create") {
      send({ id, method, params: { ...params, type: "tab" } });
    } else send(message);
  };
  return transport;
}

let isPatched = false;
function firefox(): BrowserType {
  const { firefox: type } = playwright() as Playwright & { readonly firefox: Internals };
  if (isPatched) return type;
  const bidi = type._connection.toImpl(type)._bidiFirefox;
  const connect = bidi.connectToTransport.bind(bidi);
  bidi.connectToTransport = (transport, options) => connect(adapted(transport), options);
  const amend = bidi.amendEnvironment.bind(bidi);
  // With it, the whole browser ends when the process of a page has crashed, which it does for nobody else.
  bidi.amendEnvironment = (environment) => ({ ...amend(environment), MOZ_CRASHREPORTER_SHUTDOWN: undefined });
  isPatched = true;
  return type;
}

/** Nothing answers there, so that Firefox reaches this machine alone. By itself it asks its maker for news. */
const OFFLINE: Preferences = {
  "network.proxy.type": 1,
  "network.proxy.socks": "127.0.0.1",
  "network.proxy.socks_port": 9,
};

/** What playwright-core makes laxer than it is for a person. */
const AS_SHIPPED: Preferences = {
  // A file is not of the same origin as another file: a page from `file:` cannot load modules or workers from beside it.
  "security.fileuri.strict_origin_policy": true,
  // A site in a frame has another storage in each site around it.
  "browser.contentblocking.features.standard": "-tp,tpPrivate,cookieBehavior5,-cm,-fp",
};

const optionsOf = (executablePath: string, preferences: Preferences) => ({
  executablePath,
  headless: true,
  channel: "moz-firefox",
  firefoxUserPrefs: { ...OFFLINE, ...AS_SHIPPED, ...preferences },
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
