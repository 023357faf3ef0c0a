/** The library's hints speak to who writes a program. Here is how they read for who types a command. */
import { type Phrases, rephrased } from "../../policy_file/phrases.js";

const ACTIONS = "--github-repository, --github-workflow and --github-ref";
const IDENTITY = `${ACTIONS}, or --certificate-identity and --certificate-oidc-issuer`;

/** What a hint says, and what it says in this command. */
const PHRASES: Phrases = [
  [
    /Use verifyArtifact or verify for message signatures, and verifyAttestation for DSSE envelopes\./,
    "--attestation takes a DSSE envelope; for a message signature leave it out, or give --artifact.",
  ],
  [/Verify it with KeyedVerifier and the publisher's key\./, "Give the publisher's public key: --key FILE."],
  [
    /Verify it with KeylessVerifier and the publisher's identity\./,
    `In place of --key, name the publisher: ${IDENTITY}.`,
  ],
  [
    /IdentityPolicy\.githubActions\(\{ repository: "([^"]*)", workflow: "([^"]*)", ref: "([^"]*)" \}\)/,
    "--github-repository $1 --github-workflow $2 --github-ref '$3'",
  ],
  [/IdentityPolicy\.githubActions(?:\(\{repository, workflow, ref\}\))? builds it/, `${ACTIONS} build it`],
  [/or use IdentityPolicy\.githubActions\(\{ repository, workflow, ref \}\)/, `or give ${ACTIONS} instead`],
  [/pin that with IdentityPolicy\.githubActions/, `pin that with ${ACTIONS}`],
  [/with IdentityPolicy\.githubRelease\(\{ repository, tag \}\)/, "with --github-release OWNER/NAME and --tag TAG"],
  [/which IdentityPolicy\.githubRelease has by default/, "which --github-release has by default"],
  [
    /(?:state )?thresholds \{ logEntries: 0, timestamps: 1, scts: 0 \}/,
    "give --tlog-threshold 0 --timestamp-threshold 1 --sct-threshold 0",
  ],
  [/state logEntries: 0 in the policy/, "give --tlog-threshold 0"],
  [
    /state the threshold 0 for that evidence/,
    "give 0 for that evidence: --tlog-threshold, --timestamp-threshold, --sct-threshold",
  ],
  [/state a smaller threshold/, "give a smaller --timestamp-threshold"],
  [
    /Verify the server's catalogue and give it to createGate or gate\.replace\./,
    "Verify the server's catalogue first.",
  ],
  [/or leave maxAgeSeconds out/, "or leave --max-age out"],
  [/allow the offline rule with unreachable: "offline"/, "allow the offline rule with --consistency offline"],
  [/state that as one of its origins/, "state that with --log-origin BASEURL=ORIGIN"],
  [/pin that name, or state its sanType/, "pin that name"],
  [
    /If that signer is right, state sanType: "([^"]*)"\./,
    'If that signer is right, pin it in a policy file, where an identity can state "sanType": "$1".',
  ],
  [/Give a glob as sanPattern/, "Give a glob as --certificate-identity-pattern"],
  [/or a glob as sanPattern/, "or a glob as --certificate-identity-pattern"],
  [/In sanPattern, a glob,/, "In --certificate-identity-pattern, a glob,"],
  [/Give a glob as extensionPatterns/, "Only a policy file takes a glob for it, as extensionPatterns"],
  [/^san is compared/, "--certificate-identity is compared"],
  [/^issuer is compared/, "--certificate-oidc-issuer is compared"],
  [/^extensions is compared/, "--certificate-extension is compared"],
  [/The pinned san has/, "--certificate-identity has"],
  [/The pinned issuer has/, "--certificate-oidc-issuer has"],
  [/The pinned extensions has/, "--certificate-extension has"],
  [/Remove them from the policy\./, "Remove them."],
  [/the ref of workflowRepository at which/, "the ref of --github-workflow-repository at which"],
  [/^ref is the ref of the repository that was built\./, "--github-ref is the ref of the repository that was built."],
  [
    /Seed the state with a bundle you trust, or allow first use\./,
    "Leave --first-use deny out for a first use that you trust.",
  ],
  [
    /Give the server that you connect to as the option server\. anyServer: true accepts/,
    "Give the server that you connect to with --server. --any-server accepts",
  ],
  [
    /is a rule about what was recorded: give a stateStore, or leave it out/,
    "is a rule about what was recorded: give --state, or leave it out",
  ],
  [/without a stateStore there are none/, "without --state there are none"],
  [/verifyArtifact takes a digest/, "--artifact takes a digest"],
  [/a time, since the policy has maxAgeSeconds/, "a time, since --max-age is given"],
];

/** A hint in the words of this command. */
export const hintInFlags = (hint: string): string => rephrased(hint, PHRASES);
