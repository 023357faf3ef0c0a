import "inkan/element";
import { createApp, h, shallowRef } from "vue";

const shown = shallowRef();
createApp({ render: () => h("inkan-report", { report: shown.value, label: "from Vue" }) }).mount("#app");
globalThis.show = (report) => {
  shown.value = report;
};
