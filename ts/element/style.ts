/** The style of `<inkan-report>`. Custom properties and parts change it from outside. */
export const STYLE = `
:host {
  --_bg: var(--inkan-background, light-dark(#ffffff, #16181d));
  --_fg: var(--inkan-text, light-dark(#1b1e24, #e9ebef));
  --_muted: var(--inkan-muted, light-dark(#565d6b, #a5adbb));
  --_line: var(--inkan-line, light-dark(#d5d9e0, #363b46));
  --_good: var(--inkan-good, light-dark(#0b6b3a, #6fd39b));
  --_bad: var(--inkan-bad, light-dark(#b3141f, #ff9a94));
  --_focus: var(--inkan-focus, light-dark(#1f5fd6, #8db4ff));
  --_mono: var(--inkan-mono, ui-monospace, "SF Mono", Menlo, Consolas, monospace);
  display: block;
  box-sizing: border-box;
  padding: 1rem 1.25rem;
  border: 1px solid var(--_line);
  border-inline-start: 4px solid var(--_line);
  border-radius: var(--inkan-radius, 6px);
  background: var(--_bg);
  color: var(--_fg);
  font: var(--inkan-font, 1rem/1.5 system-ui, sans-serif);
  overflow-wrap: anywhere;
}
:host([hidden]) { display: none; }
:host([verdict="verified"]) { border-inline-start-color: var(--_good); }
:host([verdict="refused"]) { border-inline-start-color: var(--_bad); }
p, dl, ol, ul { margin: 0; padding: 0; }
.title { font-size: 1.35rem; line-height: 1.3; }
.title .value { font-size: 1rem; color: var(--_muted); }
.mark { display: inline-block; min-width: 1.4em; font-weight: 700; }
:host([verdict="verified"]) .title { color: var(--_good); }
:host([verdict="refused"]) .title { color: var(--_bad); }
.heading { margin-block: 1.25rem .4rem; font-weight: 650; }
.muted { color: var(--_muted); }
.value { unicode-bidi: isolate; }
.lines { white-space: pre-wrap; unicode-bidi: isolate; }
dl > div { display: grid; grid-template-columns: minmax(6.5rem, 10rem) 1fr; column-gap: 1rem; padding-block: .15rem; }
dl > div > dd { grid-column: 2; margin: 0; min-width: 0; }
dt { color: var(--_muted); }
.schema > div { display: block; padding-block: .35rem; border-block-start: 1px solid var(--_line); }
.schema dt { color: inherit; }
/* Letters with heaps of marks above and below them stay in their row. */
dl > div, .plain > li, .title { overflow: clip; overflow-clip-margin: 4px; }
.plain { list-style: none; }
.plain > li { border-block-start: 1px solid var(--_line); padding-block: .4rem; }
.step { padding-inline-start: 1.75rem; }
.step-title { display: flex; margin-inline-start: -1.75rem; }
.step-title .mark { flex: none; width: 1.75rem; }
.step > p { color: var(--_muted); font-size: .925rem; }
.step.passed .mark { color: var(--_good); }
.step.failed .mark, .step.failed [part="step-title"] { color: var(--_bad); font-weight: 650; }
.step.not-reached, .step.not-required { color: var(--_muted); }
summary { cursor: pointer; padding-block: .15rem; }
details[part="tool"] > summary { font-family: var(--_mono); }
details[part="tool"] > :not(summary) { margin-inline-start: 1.1rem; }
details > p + p, details > p + dl { margin-block-start: .5rem; }
pre { margin: .4rem 0 0; white-space: pre-wrap; font: .85rem/1.45 var(--_mono); padding: .6rem .75rem; border: 1px solid var(--_line); border-radius: 4px; unicode-bidi: isolate; }
button { font: inherit; color: inherit; background: none; border: 1px solid var(--_muted); border-radius: 4px; padding: .3rem .8rem; margin-block-start: .4rem; cursor: pointer; }
:focus-visible { outline: 2px solid var(--_focus); outline-offset: 2px; }
@media (max-width: 30rem) {
  :host { padding: .75rem .85rem; }
  dl > div { display: block; }
}
@media (forced-colors: active) { :host { border: 1px solid CanvasText; } }
`;
