import { withBase } from "vitepress";
import theme from "vitepress/theme-without-fonts";
import { h } from "vue";
import "./style.css";

/** In place of the theme's own, which is outside of every landmark. */
const notFound = () =>
  h("main", { class: "not-found vp-doc" }, [
    h("h1", "There is no such page"),
    h("p", [h("a", { href: withBase("/contents.html") }, "Find your page"), ", or search for a word."]),
  ]);

export default { extends: theme, Layout: () => h(theme.Layout, null, { "not-found": notFound }) };
