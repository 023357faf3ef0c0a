// workerd: the exports that belong everywhere.
import { outcomeOf } from "./everywhere.mjs";

export default {
  fetch: () => Response.json(outcomeOf()),
};
