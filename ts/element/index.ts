/**
 * `inkan/element`: the custom element `<inkan-report>`. The import defines it where there is a DOM. On a server the import
 * does nothing, so that a page may be rendered there first.
 */
import { InkanReport } from "./report_element.js";

export type { ShownReport } from "./report_element.js";
export { InkanReport };

const TAG = "inkan-report";

// A page may load two copies of this package. The first one wins, because a name can be defined only once.
if (typeof customElements !== "undefined" && customElements.get(TAG) === undefined) {
  customElements.define(TAG, InkanReport);
}

declare global {
  interface HTMLElementTagNameMap {
    "inkan-report": InkanReport;
  }
}
