// Browsers: the exports that belong everywhere.
import { ready } from "inkan";
import { outcomeOf } from "./everywhere.mjs";

globalThis.inkanOutcome = ready().then(() => outcomeOf());
