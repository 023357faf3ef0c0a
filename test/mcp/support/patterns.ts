/** The patterns and expectations of the plays in test/mcp/field (its README says what they mean). */

// biome-ignore lint/suspicious/noExplicitAny: plays are JSON of many forms
type Json = any;

const isRecord = (value: Json): boolean => typeof value === "object" && value !== null && !Array.isArray(value);

/** Whether a value fits a pattern. `received` is where `$idOf` looks. */
export function fits(pattern: Json, value: Json, received: readonly Json[] = []): boolean {
  if (pattern === "$any") return value !== undefined;
  if (pattern === "$absent") return value === undefined;
  if (Array.isArray(pattern)) {
    return (
      Array.isArray(value) &&
      value.length === pattern.length &&
      pattern.every((one: Json, index: number) => fits(one, value[index], received))
    );
  }
  if (!isRecord(pattern)) return Object.is(pattern, value);
  if ("$equal" in pattern) return equal(pattern.$equal, value);
  if ("$set" in pattern) {
    if (!Array.isArray(value) || value.length !== pattern.$set.length) return false;
    const left = [...value];
    return pattern.$set.every((one: Json) => {
      const at = left.findIndex((each) => fits(one, each, received));
      if (at >= 0) left.splice(at, 1);
      return at >= 0;
    });
  }
  if ("$idOf" in pattern) return Object.is(received.find((one) => fits(pattern.$idOf, one, received))?.id, value);
  return isRecord(value) && Object.keys(pattern).every((member) => fits(pattern[member], value[member], received));
}

function equal(a: Json, b: Json): boolean {
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((one, index) => equal(one, b[index]));
  if (!isRecord(a)) return Object.is(a, b);
  return (
    isRecord(b) &&
    Object.keys(a).length === Object.keys(b).length &&
    Object.keys(a).every((key) => equal(a[key], b[key]))
  );
}

/** What is wrong with what was received, or undefined. Expectations about text do not apply to a library. */
export function unmet(expectation: Json, received: readonly Json[], other: readonly Json[]): string | undefined {
  const fitting = (pattern: Json): Json[] => received.filter((one) => fits(pattern, one, [...received, ...other]));
  const says = (wrong: boolean): string | undefined => (wrong ? JSON.stringify(expectation) : undefined);
  if (!isRecord(expectation)) return "no expectation";
  if ("neverText" in expectation) return says(JSON.stringify(received).includes(expectation.neverText));
  if ("text" in expectation) {
    // The digits of numbers belong to whoever writes text; other texts are looked for in what would be written.
    return /^-?\d+$/.test(expectation.text) ? undefined : says(!JSON.stringify(received).includes(expectation.text));
  }
  if ("never" in expectation) return says(fitting(expectation.never).length > 0);
  if ("atMost" in expectation) return says(fitting(expectation.of).length > expectation.atMost);
  if ("exactly" in expectation) return says(fitting(expectation.of).length !== expectation.exactly);
  if ("order" in expectation) {
    let at = -1;
    return says(
      !expectation.order.every((pattern: Json) => {
        at = received.findIndex((one, index) => index > at && fits(pattern, one, [...received, ...other]));
        return at >= 0;
      }),
    );
  }
  if ("notBefore" in expectation) {
    const first = received.findIndex((one) => fits(expectation.notBefore, one));
    const early = received.slice(0, first < 0 ? undefined : first);
    return says(early.some((one) => fits(expectation.of, one)));
  }
  return says(fitting(expectation).length === 0);
}
