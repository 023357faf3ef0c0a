/** What somebody meant who wrote an option's name wrong. */

/** What people write, in small letters without separators, and the option that it is here, by other tools' names too. */
const ALIASES = `
publickey keys|publickeys keys|key keys|pubkey keys|pem keys|certificate fulcio|ca fulcio|cafile fulcio
trustedroot trustRoot|root trustRoot|trust trustRoot|store stateStore|state stateStore|storage stateStore|cache stateStore
identity identityPolicy|policy identityPolicy|signer identityPolicy|certificateidentity identityPolicy
subject san|subjectalternativename san|subjectaltname san|name san|email san|identity san|certificateidentity san
pattern sanPattern|glob sanPattern|regex sanPattern|regexp sanPattern|sanregex sanPattern|sanregexp sanPattern
identityregexp sanPattern|certificateidentityregexp sanPattern
iss issuer|oidcissuer issuer|oidc issuer|certificateoidcissuer issuer|certificateissuer issuer|claims extensions|oids extensions
tools catalogue|manifest catalogue|toollist catalogue|payload catalogue|file artifact|blob artifact|data artifact|content artifact
artefact artifact|hash digest|sha256 digest|sig signature|attestation bundle|proof bundle|evidence bundle
time now|date now|currenttime now|at now|clock now|host server|servername server|audience server|namespace scope
tlog logEntries|tlogs logEntries|tlogthreshold logEntries|rekor logEntries|log logEntries|logs logEntries|entries logEntries
sct scts|ctlog scts|ctlogthreshold scts|ct scts|tsa timestamps|signedtimestamps timestamps|tsathreshold timestamps
threshold thresholds|maxage maxAgeSeconds|ttl maxAgeSeconds|witness witnesses|witnesspolicy witnesses|quorum policy|keys policy
provider source|prove source|sources source|fallback unreachable|offline unreachable|required mode
tlogs rekor|logs rekor|log rekor|tlog rekor|transparencylog rekor|ctlog ctfe|ctlogs ctfe|ct ctfe|timestampauthority tsa|timestamps tsa
key pem|publickey pem|baseurl url|endpoint url|uri url|host url|timeout timeoutMs|abortsignal signal
redis client|connection client|keyprefix prefix|namespace prefix|checkpoints checkpoint|note checkpoint|signednote checkpoint
repo repository|sourcerepository repository|workflowfile workflow|workflowname workflow|path workflow
branch ref|tag ref|sourceref ref|event trigger|buildtrigger trigger|runner runnerEnvironment|githubserver server`
  .trim()
  .split(/[|\n]/)
  .map((pair) => pair.split(" "));

/** Longer names are not compared: nobody means so much, and the work grows with their length. */
const LONGEST = 40;

/** The known name that `given` is most like, if there is one that is like it. */
export function suggestion(given: string, known: readonly string[]): string | undefined {
  if (given.length > LONGEST) return undefined;
  const name = plain(given);
  const alias = ALIASES.find(([alias, meant]) => alias === name && meant !== undefined && known.includes(meant));
  if (alias !== undefined && !known.some((candidate) => plain(candidate) === name)) return alias[1];
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const changes = distance(plain(candidate), name);
    // A short name is soon like any other.
    const most = candidate.length < 3 ? 0 : candidate.length < 6 ? 1 : 2;
    if (changes <= most && changes < least) [best, least] = [candidate, changes];
  }
  return best;
}

const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, "");

/** How many letters must be added, left out, changed, or exchanged with their neighbour, to make `b` of `a`. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(at(row, j) + 1, at(next, j - 1) + 1, at(row, j - 1) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, at(before, j - 2) + 1);
      next[j] = least;
    }
    [before, row] = [row, next];
  }
  return at(row, b.length);
}

const at = (row: readonly number[], index: number): number => row[index] ?? Number.POSITIVE_INFINITY;
