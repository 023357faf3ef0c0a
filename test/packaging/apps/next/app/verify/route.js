import * as inkan from "inkan";
import { runBody } from "../../body.mjs";

export const dynamic = "force-dynamic";

export async function GET() {
  return Response.json(await runBody(inkan));
}
