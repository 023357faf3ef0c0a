import "inkan/element";
import { createElement } from "react";
import { createRoot } from "react-dom/client";

const root = createRoot(document.getElementById("app"));
globalThis.show = (report) => root.render(createElement("inkan-report", { report, label: "from React" }));
