/**
 * A Sigstore signing config, version 0.2 (`dev.sigstore.trustroot.v1.SigningConfig` of sigstore/protobuf-specs): which
 * services of an instance sign now. Of each kind only services count that are valid now and whose API is known here; of an
 * operator the newest API, then the newest service.
 */
import { Digits, type Json, type Members, membersOf, readJson } from "../json.js";
import { SigningFailure } from "./failure.js";
import type { Services } from "./services.js";

const MEDIA_TYPE = "application/vnd.dev.sigstore.signingconfig.v0.2+json";

/** The APIs that can be spoken, newest first. */
const VERSIONS = { caUrls: [1], rekorTlogUrls: [2, 1], tsaUrls: [1] } as const;
type List = keyof typeof VERSIONS;

interface Service {
  readonly url: string;
  readonly version: number;
  readonly operator: string;
  readonly start: number;
}

/** Chooses the services of a signing config. Throws where it is none, and where it has no service that is valid now. */
export function servicesFrom(text: string, now: number): Services {
  const config = configIn(text);
  const services = (list: List): readonly Service[] => validServices(config, list, now);
  const [fulcio] = services("caUrls");
  if (fulcio === undefined) throw none("caUrls", now);
  const logs = selected(config, "rekorTlogConfig", "rekorTlogUrls", services("rekorTlogUrls"), now);
  // A config without a timestamp authority is one: its log promises times.
  const timestamps = config.has("tsaUrls") ? selected(config, "tsaConfig", "tsaUrls", services("tsaUrls"), now) : [];
  return {
    fulcio: fulcio.url,
    logs: logs.map(({ url, version }) => ({ url, version: version === 2 ? 2 : 1 })),
    timestamps: timestamps.map(({ url }) => url),
  };
}

const broken = (reason: string): SigningFailure => new SigningFailure(`the signing config cannot be used: ${reason}`);

const none = (list: List, now: number): SigningFailure =>
  broken(
    `${list} has no service that is valid at ${new Date(now).toISOString()} and of version ${VERSIONS[list].join(" or ")}`,
  );

function configIn(text: string): Members {
  let config: Members | undefined;
  try {
    config = membersOf(readJson(text));
  } catch (error) {
    throw broken(error instanceof SyntaxError ? error.message : "it is no JSON");
  }
  if (config === undefined) throw broken("it is no JSON object");
  const type = config.get("mediaType");
  if (type !== MEDIA_TYPE) {
    throw broken(`its mediaType is ${typeof type === "string" ? JSON.stringify(type) : "no text"}, not ${MEDIA_TYPE}`);
  }
  return config;
}

/** One for each operator, the best first. */
function validServices(config: Members, list: List, now: number): readonly Service[] {
  const versions: readonly number[] = VERSIONS[list];
  const rank = ({ version }: Service): number => versions.indexOf(version);
  const valid = listOf(config.get(list), list)
    .flatMap((item, index) => serviceIn(item, `${list}[${index}]`, now) ?? [])
    .filter((service) => versions.includes(service.version))
    .sort((one, other) => rank(one) - rank(other) || other.start - one.start);
  const operators = new Set<string>();
  return valid.filter(({ operator }) => {
    const first = !operators.has(operator);
    operators.add(operator);
    return first;
  });
}

/** Undefined where it is not valid now. Both ends of a window belong to it; a service without an end is valid for good. */
function serviceIn(item: Json, place: string, now: number): Service | undefined {
  const members = membersOf(item);
  const url = members?.get("url");
  const version = members?.get("majorApiVersion");
  const operator = members?.get("operator") ?? "";
  if (members === undefined || typeof url !== "string" || typeof operator !== "string") {
    throw broken(`${place} has no url, or an operator that is no text`);
  }
  if (!(version instanceof Digits)) throw broken(`${place} has no majorApiVersion`);
  const window = membersOf(members.get("validFor"));
  const start = timeIn(window?.get("start"), `${place}.validFor.start`);
  if (start === undefined) throw broken(`${place} has no validFor.start`);
  const end = timeIn(window?.get("end"), `${place}.validFor.end`) ?? Number.POSITIVE_INFINITY;
  return now < start || now > end ? undefined : { url, version: Number(version.text), operator, start };
}

function timeIn(value: Json | undefined, place: string): number | undefined {
  if (value === undefined || value === null) return undefined;
  const time = typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(time)) throw broken(`${place} is no time as RFC 3339 writes it`);
  return time;
}

/** How many of the valid services are asked: one, a number, or all. */
function selected(
  config: Members,
  member: "rekorTlogConfig" | "tsaConfig",
  list: List,
  services: readonly Service[],
  now: number,
): readonly Service[] {
  if (services.length === 0) throw none(list, now);
  const rule = membersOf(config.get(member));
  const selector = rule?.get("selector");
  switch (selector) {
    case "ANY":
      return services.slice(0, 1);
    case "ALL":
      return services;
    case "EXACT": {
      const count = rule?.get("count");
      const wanted = count instanceof Digits ? Number(count.text) : Number.NaN;
      if (!(wanted >= 1)) throw broken(`${member}.count is no number from 1 on`);
      if (services.length < wanted)
        throw broken(`${list} has ${services.length} valid operators, and ${wanted} are needed`);
      return services.slice(0, wanted);
    }
    default:
      throw broken(`${member}.selector is none of ANY, ALL and EXACT`);
  }
}

function listOf(value: Json | undefined, place: string): readonly Json[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw broken(`${place} is no list`);
  return value;
}
