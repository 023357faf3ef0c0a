import * as inkan from "inkan";
import { runBody } from "../../body.mjs";

export const dynamic = "force-dynamic";

/** Verifies while the server renders the page. */
export default async function Page() {
  return <pre>{encodeURIComponent(JSON.stringify(await runBody(inkan)))}</pre>;
}
