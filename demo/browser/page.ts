/** The page: what a person does, and what it brings forth. */
import { h, shown, value } from "../../ts/element/dom.js";
import "../../ts/element/index.js";
import type { ArtifactReport, CatalogueReport } from "../../ts/index.js";
import { PUBLIC_GOOD } from "../../ts/trust/public_good.js";
import { changesSection } from "./changes.js";
import { type Calls, type Choices, Missing } from "./engine/calls.js";
import { type Inspected, nameOnly } from "./engine/inspected.js";
import { evidenceSections, rows } from "./evidence.js";
import { type Given, ROLES, roleOf, swapped, withFile, withoutFile } from "./files.js";
import { fragmentOf, sharedIn } from "./share.js";

function find<T extends HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (element === null) throw new TypeError(`the page has no element ${id}`);
  return element as T;
}

const form = find<HTMLFormElement>("form");
const [drop, input, given] = [find("drop"), find<HTMLInputElement>("files"), find("given")];
const [identity, issuer, server] = ["identity", "issuer", "server"].map((id) => find<HTMLInputElement>(id)) as [
  HTMLInputElement,
  HTMLInputElement,
  HTMLInputElement,
];
const [match, confirmed] = [find<HTMLSelectElement>("match"), find<HTMLInputElement>("confirm")];
const [claim, problem, result, changes] = [find("claim"), find("problem"), find("result"), find("changes")];
const busy = find("busy");

let engine: Calls;
let files: readonly Given[] = [];
/** Counts what was begun. A result that comes after something newer was begun is dropped. */
let turn = 0;
/** How many things that a person began are not done. */
let running = 0;

const choices = (): Choices => ({
  root: (new FormData(form).get("root") ?? "public-good") as Choices["root"],
  identity: identity.value.trim(),
  match: match.value as Choices["match"],
  issuer: issuer.value.trim(),
  server: server.value.trim(),
});

const rootChoice = (root: Choices["root"]): HTMLInputElement =>
  form.querySelector(`input[name="root"][value="${root}"]`) as HTMLInputElement;

/** What takes longer than this is announced, in milliseconds. */
const NOTICED = 300;

/** Runs what a person began, and says as a sentence what went wrong. */
async function attempt(act: () => Promise<void>): Promise<void> {
  problem.textContent = "";
  running += 1;
  const noticed = setTimeout(() => (busy.textContent = "Working…"), NOTICED);
  try {
    await act();
  } catch (error) {
    problem.textContent =
      error instanceof Missing
        ? error.message
        : `The page failed, and nothing was judged: ${shown(error instanceof Error ? error.message : error)}.`;
    problem.scrollIntoView({ block: "nearest" });
  } finally {
    running -= 1;
    clearTimeout(noticed);
    if (running === 0) busy.textContent = "";
  }
}

async function add(added: readonly { readonly name: string; readonly blob: Blob }[]): Promise<void> {
  const together: Given[] = [];
  for (const { name, blob } of added) {
    const one = { name, blob, ...(await engine.identify(name, blob)) };
    files = withFile(files, one, together);
    together.push(one);
    if (one.role === "root") choose("file");
    if (one.role === "key" && roleOf(files, "root") === undefined) choose("none");
  }
  await filesChanged();
}

function choose(root: Choices["root"]): void {
  const radio = rootChoice(root);
  radio.disabled = false;
  radio.checked = true;
}

async function filesChanged(): Promise<void> {
  turn += 1;
  const began = turn;
  confirmed.checked = false;
  result.replaceChildren();
  showFiles();
  showRoots();
  const bundle = roleOf(files, "bundle");
  const inside = bundle === undefined ? undefined : await engine.look(bundle);
  if (began !== turn) return;
  showClaim(inside);
  await showChanges(began);
}

function showFiles(): void {
  const items = files.map((file) => {
    const remove = h("button", { type: "button", class: "small" }, "Remove");
    remove.setAttribute("aria-label", `Remove ${shown(file.name)}`);
    remove.addEventListener("click", () => {
      files = withoutFile(files, file);
      void attempt(filesChanged).then(() => input.focus());
    });
    const name = value(file.name);
    name.className = "value name";
    return h("li", {}, name, h("span", { class: "what" }, ROLES[file.role]), remove);
  });
  given.replaceChildren(...(items.length > 0 ? items : [h("li", { class: "muted" }, "No files yet.")]));
}

function showRoots(): void {
  const root = roleOf(files, "root");
  rootChoice("file").disabled = root === undefined;
  rootChoice("none").disabled = roleOf(files, "key") === undefined;
  find("root-file").replaceChildren(...(root === undefined ? ["drop a trusted_root.json"] : [value(root.name)]));
  for (const name of ["file", "none"] as const) {
    if (rootChoice(name).disabled && rootChoice(name).checked) choose("public-good");
  }
}

/** What the certificate says, which is not what the person expects until they say so. */
function showClaim(inside: Inspected | undefined): void {
  const isKeyed = roleOf(files, "key") !== undefined;
  for (const field of [identity, issuer, match]) field.disabled = isKeyed;
  find("confirm-text").textContent = isKeyed
    ? "I know from elsewhere that this key and this trust root are the right ones."
    : "I know from elsewhere that this signer and this trust root are the right ones.";
  const [leaf] = inside?.certificates ?? [];
  if (isKeyed) {
    claim.replaceChildren(h("p", {}, "The signature must be by the key that you dropped."));
  } else if (leaf === undefined) {
    const text =
      inside === undefined
        ? "Drop a bundle to see what its certificate claims."
        : "This bundle holds no certificate: it was signed with a key. Drop the signer's public key.";
    claim.replaceChildren(h("p", { class: "muted" }, text));
  } else {
    const names = (leaf.names ?? []).map(nameOnly);
    const copy = h("button", { type: "button", class: "small" }, "Copy the claim into the fields");
    copy.addEventListener("click", () => {
      identity.value = names[0] ?? "";
      issuer.value = leaf.oidcIssuer ?? "";
      match.value = "exact";
      confirmed.checked = false;
      identity.focus();
    });
    claim.replaceChildren(
      h(
        "p",
        {},
        h("strong", {}, "What the certificate claims is not what you trust."),
        " Anybody can get a certificate of their own. Compare it with what the publisher tells you elsewhere.",
      ),
      rows([
        ["Identity", names.join(", ")],
        ["Issuer", leaf.oidcIssuer],
      ]),
      copy,
    );
  }
}

async function showChanges(began: number): Promise<void> {
  const [older, newer] = [roleOf(files, "older"), roleOf(files, "catalogue")];
  changes.replaceChildren();
  if (older === undefined || newer === undefined) return;
  const section = changesSection(older, newer, await engine.compare(older, newer));
  if (began !== turn) return;
  const swap = h("button", { type: "button", class: "small" }, "Swap the two");
  swap.addEventListener("click", () => {
    files = swapped(files);
    void attempt(filesChanged);
  });
  section.append(swap);
  changes.replaceChildren(section);
}

async function verify(): Promise<void> {
  turn += 1;
  const began = turn;
  result.replaceChildren();
  const chosen = choices();
  const keyed = roleOf(files, "key") !== undefined;
  if (!confirmed.checked) {
    confirmed.focus();
    throw new Missing(
      `Confirm the ${keyed ? "key" : "signer"} first: a verdict is worth no more than what you expect of it.`,
    );
  }
  const { report: text, inside, authorities } = await engine.judge(files, chosen);
  const report = JSON.parse(text) as CatalogueReport | ArtifactReport;
  const proof = report.verdict === "refused" ? undefined : "catalogue" in report ? report.catalogue : report.artifact;
  const catalogue = "catalogue" in report ? report.catalogue : undefined;
  const sections =
    inside === undefined
      ? []
      : await evidenceSections(
          inside,
          {
            verified: report.verdict === "verified",
            signedAt: proof?.signedAt ?? [],
            stated: [
              ["The catalogue was issued", catalogue?.issuedAt],
              ["The catalogue expires", catalogue?.expires],
            ],
            witnessed: roleOf(files, "witnesses") !== undefined,
          },
          authorities,
        );
  if (began !== turn) return;
  const element = document.createElement("inkan-report");
  const subject = roleOf(files, "catalogue") ?? roleOf(files, "file");
  element.setAttribute("label", subject?.name ?? "");
  element.report = report;
  result.replaceChildren(
    h("h2", {}, "Verdict"),
    h("p", { class: "muted" }, judgedBy(chosen, keyed)),
    element,
    ...sections,
  );
  result.focus();
  result.scrollIntoView({ block: "start" });
}

function judgedBy({ root, server: named }: Choices, keyed: boolean): string {
  const by = {
    "public-good": "Sigstore's public-good trust root",
    file: "the trust root that you dropped",
    none: "no trust root",
  }[root];
  const whom = keyed ? "the key that you dropped" : "the signer that you confirmed";
  const anyServer =
    roleOf(files, "catalogue") === undefined || named !== ""
      ? ""
      : " The catalogue is taken for any server, because you named none.";
  return `Judged by ${whom} and ${by}.${anyServer} The page remembers no earlier version, so it cannot see a rollback.`;
}

async function share(): Promise<void> {
  const link = find<HTMLInputElement>("link");
  link.value = location.href.replace(/#.*/s, "") + (await fragmentOf(files, choices()));
  find("shared").hidden = false;
  link.focus();
  link.select();
}

/** A link brings files and choices. Its sender chose the signer, so the person has to confirm it. */
async function open(): Promise<void> {
  const shared = await sharedIn(location.hash);
  if (shared === undefined) return;
  files = [];
  await add(shared.files);
  identity.value = shared.choices.identity;
  issuer.value = shared.choices.issuer;
  match.value = shared.choices.match;
  server.value = shared.choices.server;
  if (!rootChoice(shared.choices.root).disabled) choose(shared.choices.root);
  problem.textContent =
    "Whoever made this link chose its files, signer and trust root. Check them, then confirm and verify.";
}

function clear(): void {
  files = [];
  form.reset();
  input.value = "";
  find("shared").hidden = true;
  if (location.hash !== "") history.replaceState(undefined, "", location.pathname + location.search);
  void attempt(filesChanged);
}

export function start(calls: Calls): void {
  engine = calls;
  find("root-age").textContent = `(as of ${PUBLIC_GOOD.givenAt.slice(0, 10)})`;
  input.addEventListener("change", () => {
    const chosen = [...(input.files ?? [])].map((file) => ({ name: file.name, blob: file }));
    input.value = "";
    void attempt(() => add(chosen));
  });
  // Files may be dropped anywhere: a browser would otherwise leave the page for the file.
  addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
  addEventListener("dragleave", () => drop.classList.remove("over"));
  addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    const dropped = [...(event.dataTransfer?.files ?? [])].map((file) => ({ name: file.name, blob: file }));
    if (dropped.length > 0) void attempt(() => add(dropped));
  });
  for (const field of [identity, issuer, match]) field.addEventListener("input", () => (confirmed.checked = false));
  for (const radio of form.querySelectorAll('input[name="root"]'))
    radio.addEventListener("change", () => (confirmed.checked = false));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void attempt(verify);
  });
  find("share").addEventListener("click", () => void attempt(share));
  find("clear").addEventListener("click", clear);
  addEventListener("hashchange", () => void attempt(open));
  void attempt(open);
}
