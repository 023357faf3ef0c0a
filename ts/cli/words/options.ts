/** The options of this command behind the names that the library has for them. */

/** What the library calls an option, and what it is on the command line. `$1` is the rest that the pattern takes. */
const OPTIONS: readonly (readonly [name: RegExp, option: string])[] = [
  [/^(?:policy|KeyedVerifier)\.keys(?:\[\d+\])?/, "--key"],
  [/^(?:policy\.identity|identityPolicy)\.san$/, "--certificate-identity"],
  [/^(?:policy\.identity|identityPolicy)\.sanPattern$/, "--certificate-identity-pattern"],
  [/^(?:policy\.identity|identityPolicy|IdentityPolicy\.githubActions)\.issuer$/, "--certificate-oidc-issuer"],
  [
    /^(?:policy\.identity|identityPolicy|IdentityPolicy\.githubActions)\.extensions(?:\.(\w+))?$/,
    "--certificate-extension $1",
  ],
  [/^IdentityPolicy\.githubActions\.repository$/, "--github-repository"],
  [/^IdentityPolicy\.githubActions\.workflow$/, "--github-workflow"],
  [/^IdentityPolicy\.githubActions\.ref$/, "--github-ref"],
  [/^IdentityPolicy\.githubActions\.workflowRepository$/, "--github-workflow-repository"],
  [/^IdentityPolicy\.githubActions\.workflowRef$/, "--github-workflow-ref"],
  [/^IdentityPolicy\.githubRelease\.repository$/, "--github-release"],
  [/^IdentityPolicy\.githubRelease\.tag$/, "--tag"],
  [/^IdentityPolicy\.githubRelease\.repositoryId$/, "--repository-id"],
  [/^IdentityPolicy\.githubRelease\.ownerId$/, "--owner-id"],
  [/^(?:policy|Key(?:ed|less)Verifier)\.thresholds\.logEntries$/, "--tlog-threshold"],
  [/^(?:policy|Key(?:ed|less)Verifier)\.thresholds\.timestamps$/, "--timestamp-threshold"],
  [/^(?:policy|Key(?:ed|less)Verifier)\.thresholds\.scts$/, "--sct-threshold"],
  [/^(?:policy|Key(?:ed|less)Verifier)\.freshness$/, "--freshness"],
  [/^(?:policy|Key(?:ed|less)Verifier)\.firstUse$/, "--first-use"],
  [/^(?:policy|Key(?:ed|less)Verifier)\.maxAgeSeconds$/, "--max-age"],
  [/^(?:policy|Key(?:ed|less)Verifier)\.consistency\.unreachable$/, "--consistency"],
  [/^(?:policy|Key(?:ed|less)Verifier)\.witnesses\.mode$/, "--witnesses"],
  [/^(?:policy|Key(?:ed|less)Verifier)\.witnesses(?:\.policy)?(, line \d+)?$/, "--witness-policy$1"],
  [/^(?:policy|Key(?:ed|less)Verifier)\.trustRoot$/, "--trusted-root"],
  [/^(?:policy|Key(?:ed|less)Verifier)\.stateStore$/, "--state"],
  [/^TrustRoot\.fromJson\.origins(?:\[.*\])?$/s, "--log-origin"],
  [/^(?:verify|request)\.(now|scope|server|bundle|signature)$/, "--$1"],
  [/^(?:verify|request)\.anyServer$/, "--any-server"],
  [/^(?:verify|request)\.(?:digest|artifact|catalogue)$/, "FILE"],
  [/^JsonStateStore\.path$/, "--state"],
  [/^RedisStateStore\.url$/, "--state"],
  [/^RedisStateStore\.prefix$/, "--state-prefix"],
  [/^(?:RekorV1|Tile)Consistency\.url$/, "the log's URL (--url, --log-url)"],
  [/^fetchTrustRoot\.(mirror|root)$/, "--$1"],
  [/^fetchTrustRoot\.timeoutMs$/, "--timeout"],
];

/** The subject of a refusal as an option of this command; as it is where it is none. */
export function optionOf(subject: string): string {
  for (const [name, option] of OPTIONS) if (name.test(subject)) return subject.replace(name, option).trimEnd();
  return subject;
}
