/**
 * What every state store must do, whatever it is made of. It needs no test framework: each test is a title and a
 * function that throws. Do not use a store that fails one of them. Passing them proves neither durability nor atomicity
 * across machines. Test these with real crashes and real failovers.
 */
import type { ManagedStateStore, StateStore } from "./store.js";

/** How the suite opens a store. */
export interface StoreUnderTest<Store extends StateStore = StateStore> {
  /** A store without records. */
  open(): Promise<Store>;
  /**
   * Another client for the records of `store`, as another process would have. The same object if there can be no other
   * client.
   */
  reopen(store: Store): Promise<Store>;
  /** Bytes of UTF-8 in the longest text that the store keeps, if they are fewer than 229,376. At least 60,000. */
  readonly longestText?: number;
}

export interface StoreTest<Store extends StateStore = StateStore> {
  readonly title: string;
  readonly run: (under: StoreUnderTest<Store>) => Promise<void>;
}

function equal(found: unknown, expected: unknown, what: string): void {
  if (found !== expected) throw new Error(`${what}: expected ${show(expected)}, found ${show(found)}`);
}

const show = (value: unknown): string => (value === undefined ? "undefined" : JSON.stringify(value));

const KEY = "scope/0123456789abcdef";

const LONGEST_TEXT = 224 << 10;

/** A text of so many bytes of UTF-8. Its characters are of one and of three bytes, and some must be escaped in JSON. */
function textOf(bytes: number): string {
  const unit = '"\\\n印\u0000';
  return unit.repeat(bytes / 7) + "x".repeat(bytes % 7);
}

export const storeTests: readonly StoreTest[] = [
  {
    title: "an unknown key is undefined, not null and not empty",
    async run({ open }) {
      equal(await (await open()).load(KEY), undefined, "load");
    },
  },
  {
    title: "what was swapped in is loaded, byte for byte",
    async run({ open }) {
      const store = await open();
      const text = '{"kind":"log","note":"rekor.test\\n7\\n\\n— rekor.test 印鑑=\\n","treeSize":"9007199254740993"}';
      equal(await store.compareAndSwap(KEY, undefined, text), true, "first swap");
      equal(await store.load(KEY), text, "load");
    },
  },
  {
    title: "a swap that expects something else is refused and changes nothing",
    async run({ open }) {
      const store = await open();
      equal(await store.compareAndSwap(KEY, "a", "b"), false, "expecting a text where nothing is");
      equal(await store.load(KEY), undefined, "load");
      equal(await store.compareAndSwap(KEY, undefined, "a"), true, "first swap");
      equal(await store.compareAndSwap(KEY, undefined, "b"), false, "expecting nothing where a text is");
      equal(await store.compareAndSwap(KEY, "a ", "b"), false, "expecting almost the text");
      equal(await store.compareAndSwap(KEY, "A", "b"), false, "expecting the text in capitals");
      equal(await store.load(KEY), "a", "load");
      equal(await store.compareAndSwap(KEY, "a", "b"), true, "expecting the text");
      equal(await store.load(KEY), "b", "load");
    },
  },
  {
    title: "numbers in texts are never compared as numbers",
    async run({ open }) {
      const store = await open();
      await store.compareAndSwap(KEY, undefined, "9007199254740992");
      equal(await store.compareAndSwap(KEY, "9007199254740993", "1"), false, "2^53 + 1 for 2^53");
      equal(await store.compareAndSwap(KEY, "9007199254740992.0", "1"), false, "another spelling");
      equal(await store.compareAndSwap(KEY, "9007199254740992", "18446744073709551615"), true, "2^53");
      equal(await store.load(KEY), "18446744073709551615", "2^64 - 1");
    },
  },
  {
    title: "keys are apart from each other, whatever they spell",
    async run({ open }) {
      const store = await open();
      const keys = [KEY, `${KEY}0`, "log/a", "LOG/a", "__proto__", "constructor"];
      for (const key of keys) equal(await store.load(key), undefined, key);
      for (const key of keys) equal(await store.compareAndSwap(key, undefined, `record of ${key}`), true, key);
      for (const key of keys) equal(await store.load(key), `record of ${key}`, key);
    },
  },
  {
    title: "the longest text, 224 KiB unless the store states less, is kept whole under a key of 200 characters",
    async run({ open, reopen, longestText = LONGEST_TEXT }) {
      equal(longestText >= 60_000, true, "a store that keeps texts of 60,000 bytes");
      const store = await open();
      const [key, text] = [`log:${"0".repeat(196)}`, textOf(Math.min(longestText, LONGEST_TEXT))];
      equal(await store.compareAndSwap(key, undefined, text), true, "first swap");
      equal((await (await reopen(store)).load(key)) === text, true, "the same text");
      equal(await store.compareAndSwap(key, text.slice(0, -1), "a"), false, "expecting all but the last character");
      equal(await store.compareAndSwap(key, text, "a"), true, "expecting the text");
    },
  },
  {
    title: "a text that is too long is refused as a whole, and what was stored stays",
    async run({ open, longestText }) {
      // A store that states no limit need not have one.
      if (longestText === undefined) return;
      const store = await open();
      await store.compareAndSwap(KEY, undefined, "a");
      const swap = store.compareAndSwap(KEY, "a", textOf(longestText + 1));
      const code = await swap.then(
        () => undefined,
        (error: { code?: unknown }) => error.code,
      );
      equal(code, "ERR_STATE_UNAVAILABLE", "the refusal of a longer text");
      equal(await store.load(KEY), "a", "load");
    },
  },
  {
    title: "the empty text is not nothing",
    async run({ open }) {
      const store = await open();
      equal(await store.compareAndSwap(KEY, "", "a"), false, "expecting the empty text where nothing is");
      equal(await store.compareAndSwap(KEY, undefined, ""), true, "swapping the empty text in");
      equal(await store.compareAndSwap(KEY, undefined, "a"), false, "expecting nothing where the empty text is");
      equal(await store.load(KEY), "", "load");
    },
  },
  {
    title: "another client sees what stands",
    async run({ open, reopen }) {
      const store = await open();
      await store.compareAndSwap(KEY, undefined, "a");
      const other = await reopen(store);
      equal(await other.load(KEY), "a", "load by another client");
      equal(await other.compareAndSwap(KEY, "a", "b"), true, "swap by another client");
      equal(await store.compareAndSwap(KEY, "a", "c"), false, "swap against what another client replaced");
      equal(await store.load(KEY), "b", "load");
    },
  },
  {
    title: "of many swaps at once exactly one wins",
    async run({ open, reopen }) {
      const store = await open();
      const clients = [store, await reopen(store), await reopen(store)];
      const texts = Array.from({ length: 30 }, (_, index) => `writer ${index}`);
      const won = await Promise.all(
        texts.map((text, index) => (clients[index % clients.length] ?? store).compareAndSwap(KEY, undefined, text)),
      );
      equal(won.filter(Boolean).length, 1, "winners");
      equal(await store.load(KEY), texts[won.indexOf(true)], "the winner's text");
    },
  },
  {
    title: "concurrent raises end at the maximum",
    async run({ open, reopen }) {
      const store = await open();
      const clients = [store, await reopen(store)];
      const raise = async (client: StateStore, to: number): Promise<void> => {
        for (;;) {
          const stored = await client.load(KEY);
          if (stored !== undefined && Number(stored) >= to) return;
          if (await client.compareAndSwap(KEY, stored, String(to))) return;
        }
      };
      const sizes = Array.from({ length: 16 }, (_, index) => ((index * 7) % 16) * 62 + 70);
      await Promise.all(sizes.map((size, index) => raise(clients[index % clients.length] ?? store, size)));
      equal(await store.load(KEY), String(Math.max(...sizes)), "the mark");
    },
  },
];

/** What a store must do beyond `storeTests`, so that `inkan state` can show and reset it. */
export const managedStoreTests: readonly StoreTest<ManagedStateStore>[] = [
  {
    title: "an empty store has no records",
    async run({ open }) {
      equal((await (await open()).records()).size, 0, "records");
    },
  },
  {
    title: "every record is listed, under its key",
    async run({ open, reopen }) {
      const store = await open();
      const keys = Array.from({ length: 50 }, (_, index) => `log:${index}`).concat("__proto__", "a*[b]?c\\");
      for (const key of keys) await store.compareAndSwap(key, undefined, `record of ${key}`);
      const records = await (await reopen(store)).records();
      equal([...records.keys()].sort().join("\n"), [...keys].sort().join("\n"), "keys");
      for (const key of keys) equal(records.get(key), `record of ${key}`, key);
    },
  },
  {
    title: "what is removed is gone for every client, and nothing else is",
    async run({ open, reopen }) {
      const store = await open();
      const other = await reopen(store);
      await store.compareAndSwap(KEY, undefined, "a");
      await store.compareAndSwap(`${KEY}0`, undefined, "b");
      equal(await other.remove(KEY, "a"), true, "removing the text");
      equal(await store.load(KEY), undefined, "load");
      equal(await store.load(`${KEY}0`), "b", "load of the other");
      equal(await store.compareAndSwap(KEY, undefined, "c"), true, "first swap after it");
    },
  },
  {
    title: "a removal that expects something else is refused and changes nothing",
    async run({ open }) {
      const store = await open();
      equal(await store.remove(KEY, "a"), false, "removing what is not there");
      await store.compareAndSwap(KEY, undefined, "b");
      equal(await store.remove(KEY, "a"), false, "expecting another text");
      equal(await store.load(KEY), "b", "load");
    },
  },
];
