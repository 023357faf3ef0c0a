/** The identity token of a keyless signature: from a file, standard input, the environment, or the CI system. */
import type { SigstoreClient } from "../../publish/keyless/client.js";
import { type IdentityToken, isTokenText, LONGEST_TOKEN, readToken } from "../../publish/keyless/token.js";
import type { Options, Values } from "../arguments/options.js";
import { readUtf8 } from "../files.js";
import { line } from "../print/line.js";
import { printError } from "../print/output.js";

export const TOKEN_OPTION = {
  "identity-token": {
    type: "string",
    value: "FILE",
    help: "the OIDC token, or - for standard input; else SIGSTORE_ID_TOKEN, or what GitHub Actions gives",
  },
} as const satisfies Options;

export async function tokenFrom(values: Values<typeof TOKEN_OPTION>, client: SigstoreClient): Promise<IdentityToken> {
  const { "identity-token": given } = values;
  const text = given === undefined ? await client.ambientToken() : textOf(given);
  return readToken(text, Date.now());
}

/** cosign takes the token itself as well. */
function textOf(given: string): string {
  if (!isTokenText(given)) return readUtf8(given, LONGEST_TOKEN);
  const warning =
    "others on this machine can read arguments: give --identity-token a file or -, or set SIGSTORE_ID_TOKEN";
  printError([line(`inkan: warning: ${warning}`, 2)]);
  return given;
}
