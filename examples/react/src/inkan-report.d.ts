/** Lets TypeScript know `<inkan-report>` in JSX. */
import type { ShownReport } from "inkan/element";
import type { HTMLAttributes } from "react";

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "inkan-report": HTMLAttributes<HTMLElement> & {
        report?: ShownReport | undefined;
        label?: string;
        "heading-level"?: 1 | 2 | 3 | 4 | 5 | 6;
      };
    }
  }
}
