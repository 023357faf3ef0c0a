/**
 * The OIDC identity token that a keyless signature begins with (RFC 7519), and the identities that Fulcio may certify for
 * it. The token's own signature is not verified here: Fulcio does that, and this machine's owner was given the token.
 */
import { SigningFailure } from "./failure.js";

/** Tokens of the large issuers have one to three kilobytes. */
export const LONGEST_TOKEN = 64 * 1024;

export interface IdentityToken {
  /** Whoever has this text can sign as its owner: it is printed nowhere. */
  readonly text: string;
  readonly claims: Claims;
}

export type Claims = Readonly<Record<string, unknown>>;

/** An identity that a certificate may state: its only subject alternative name, and the issuer that vouched for it. */
export interface Identity {
  readonly san: string;
  readonly issuer: string;
}

/** A token's form: three parts, of which the first is a JSON object in base64url. */
export const isTokenText = (text: string): boolean => /^eyJ[\w-]+\.[\w-]+\.[\w-]*$/.test(text);

/** Reads a token. Throws where Fulcio could not take it: it is none, it names nobody, or its time is over. */
export function readToken(given: string, now: number): IdentityToken {
  const text = given.trim();
  if (text.length > LONGEST_TOKEN) throw refused(`it is longer than ${LONGEST_TOKEN} characters`);
  if (!isTokenText(text)) throw refused("it is no JSON Web Token");
  const claims = claimsIn(text.split(".")[1] ?? "");
  if (typeof claims.iss !== "string") throw refused("it names no issuer (iss)");
  if (typeof claims.sub !== "string" && typeof claims.email !== "string") {
    throw refused("it names nobody (neither sub nor email)");
  }
  if (typeof claims.email === "string" && !isTrue(claims.email_verified)) {
    throw refused("its issuer has not verified its e-mail address");
  }
  if (typeof claims.exp === "number" && claims.exp * 1000 <= now) {
    throw refused(`it expired at ${timeText(claims.exp)}: get a new one`);
  }
  return { text, claims };
}

function claimsIn(part: string): Claims {
  try {
    const claims: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    if (typeof claims === "object" && claims !== null && !Array.isArray(claims)) return claims as Claims;
  } catch {
    // The reason would quote the token.
  }
  throw refused("its claims are no JSON object");
}

const refused = (reason: string): SigningFailure => new SigningFailure(`the identity token cannot be used: ${reason}`);

/** Some issuers write the claim as a text. */
const isTrue = (claim: unknown): boolean => claim === true || claim === "true";

function timeText(seconds: number): string {
  const time = new Date(seconds * 1000);
  return Number.isNaN(time.getTime()) ? "a time long past" : time.toISOString();
}

/**
 * The identities that a token may become, the likeliest first. How Fulcio makes a name from claims is set for each issuer
 * (Fulcio's docs/oidc.md and its configuration): e-mail, a CI's workflow, or the subject as it stands.
 */
export function identitiesOf({ claims }: IdentityToken): readonly [Identity, ...Identity[]] {
  const issuers = [ofObject(claims.federated_claims).connector_id, claims.iss].filter(isText);
  const { organization_slug: organization, pipeline_slug: pipeline } = claims;
  const kubernetes = ofObject(claims["kubernetes.io"]);
  const account = ofObject(kubernetes.serviceaccount).name;
  const names = [
    claims.email,
    isText(claims.job_workflow_ref) ? `https://github.com/${claims.job_workflow_ref}` : undefined,
    isText(claims.ci_config_ref_uri) ? `https://${claims.ci_config_ref_uri}` : undefined,
    isText(organization) && isText(pipeline) ? `https://buildkite.com/${organization}/${pipeline}` : undefined,
    isText(kubernetes.namespace) && isText(account)
      ? `https://kubernetes.io/namespaces/${kubernetes.namespace}/serviceaccounts/${account}`
      : undefined,
    claims.sub,
  ].filter(isText);
  return names.flatMap((san) => issuers.map((issuer) => ({ san, issuer }))) as unknown as [Identity, ...Identity[]];
}

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

const ofObject = (value: unknown): Claims =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Claims) : {};
