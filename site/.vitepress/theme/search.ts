/**
 * Mends the roles of the theme's search. It calls the whole dialog a button, and each found page an option of a list box, with a
 * link inside: ARIA allows no link inside of either, and screen readers do not reach it. What is left is a dialog with a field
 * and a list of links.
 */
const WRONG: Readonly<Record<string, readonly string[]>> = {
  ".VPLocalSearchBox": ["aria-owns", "aria-expanded", "aria-haspopup", "aria-labelledby"],
  "#localsearch-list": ["role", "aria-labelledby"],
  "#localsearch-list li": ["role", "aria-selected"],
  // The name of a link is what it shows.
  "#localsearch-list a": ["aria-label"],
  "#localsearch-input": ["aria-activedescendant", "aria-autocomplete"],
};

function mend(): void {
  const box = document.querySelector(".VPLocalSearchBox");
  if (box === null) return;
  for (const [name, value] of [
    ["role", "dialog"],
    ["aria-modal", "true"],
    ["aria-label", "Search"],
  ] as const) {
    if (box.getAttribute(name) !== value) box.setAttribute(name, value);
  }
  // A name is allowed on what has a role.
  for (const key of box.querySelectorAll("kbd[aria-label]:not([role])")) key.setAttribute("role", "img");
  for (const [selector, names] of Object.entries(WRONG)) {
    for (const element of document.querySelectorAll(selector)) for (const name of names) element.removeAttribute(name);
  }
}

/** Mends the search whenever it is opened, or shows other pages. */
export function watchSearch(): void {
  const attributeFilter = [...new Set(Object.values(WRONG).flat())];
  new MutationObserver(mend).observe(document.body, { childList: true, subtree: true, attributeFilter });
}
