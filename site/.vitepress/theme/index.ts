import { withBase } from "vitepress";
import theme from "vitepress/theme-without-fonts";
import { defineComponent, h, onMounted } from "vue";
import { watchSearch } from "./search.js";
import "./style.css";

/** In place of the theme's own, which is outside of every landmark. */
const notFound = () =>
  h("main", { class: "not-found vp-doc" }, [
    h("h1", "There is no such page"),
    h("p", [h("a", { href: withBase("/contents.html") }, "Find your page"), ", or search for a word."]),
  ]);

const Layout = defineComponent(() => {
  onMounted(watchSearch);
  return () => h(theme.Layout, null, { "not-found": notFound });
});

export default { extends: theme, Layout };
