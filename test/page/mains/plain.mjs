// The property is set before the element is defined.
const element = document.createElement("inkan-report");
element.setAttribute("label", "from plain HTML");
document.getElementById("app").append(element);
globalThis.show = async (report) => {
  element.report = report;
  await import("inkan/element");
};
