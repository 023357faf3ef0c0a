// workerd: compiling bytes is forbidden, the static import of the `workerd` condition yields a module.
import * as inkan from "inkan";
import { runBody } from "./body.mjs";

export default {
  async fetch() {
    return Response.json(await runBody(inkan));
  },
};
