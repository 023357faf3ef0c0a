/** Suggests the right name for an option whose name is wrong. */

/**
 * An option, and other names that people use for it, in small letters without separators. Some are the names of other
 * tools.
 */
const ALIASES = `
keys: publickey publickeys key pubkey pem
fulcio: certificate ca cafile
trustRoot: trustedroot root trust
stateStore: store state storage cache
identityPolicy: identity policy signer certificateidentity
san: subject subjectalternativename subjectaltname name email identity certificateidentity
sanPattern: pattern glob regex regexp sanregex sanregexp identityregexp certificateidentityregexp
issuer: iss oidcissuer oidc certificateoidcissuer certificateissuer
extensions: claims oids
catalogue: tools manifest toollist payload
artifact: file blob data content artefact
digest: hash sha256
signature: sig
bundle: attestation proof evidence
now: time date currenttime at clock
server: host servername audience githubserver
scope: namespace
logEntries: tlog tlogs tlogthreshold rekor log logs entries
scts: sct ctlog ctlogthreshold ct
timestamps: tsa signedtimestamps tsathreshold
thresholds: threshold
maxAgeSeconds: maxage ttl
witnesses: witness witnesspolicy
policy: quorum keys
source: provider prove sources
unreachable: fallback offline
mode: required
rekor: tlogs logs log tlog transparencylog
ctfe: ctlog ctlogs ct
tsa: timestampauthority timestamps
pem: key publickey
url: baseurl endpoint uri host
timeoutMs: timeout
signal: abortsignal
client: redis connection
prefix: keyprefix namespace
checkpoint: checkpoints note signednote
repository: repo sourcerepository
workflow: workflowfile workflowname path
ref: branch tag sourceref
trigger: event buildtrigger
runnerEnvironment: runner`
  .trim()
  .split("\n")
  .map((line) => line.split(/:? /));

/** Longer names are not compared, because no option has such a length and the work grows with the length. */
const LONGEST = 40;

/** The known name that `given` resembles, if there is one. */
export function suggestion(given: string, known: readonly string[]): string | undefined {
  if (given.length > LONGEST) return undefined;
  const name = plain(given);
  const [alias] = ALIASES.find(([option = "", ...names]) => known.includes(option) && names.includes(name)) ?? [];
  if (alias !== undefined && !known.some((candidate) => plain(candidate) === name)) return alias;
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const changes = distance(plain(candidate), name);
    // Short names resemble many others, so they may differ less.
    const most = candidate.length < 3 ? 0 : candidate.length < 6 ? 1 : 2;
    if (changes <= most && changes < least) [best, least] = [candidate, changes];
  }
  return best;
}

const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, "");

/** The number of letters to add, remove, change, or exchange with a neighbour, to turn `a` into `b`. */
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
