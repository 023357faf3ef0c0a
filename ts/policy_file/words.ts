/** The library's hints speak of its options. Here is how they read for who writes a policy file. */
import { type InkanError, reworded } from "../errors.js";
import { type Phrases, rephrased } from "./phrases.js";

const PHRASES: Phrases = [
  [
    /Use verifyArtifact or verify for message signatures, and verifyAttestation for DSSE envelopes\./,
    "Ask the publisher for a bundle as inkan sign or cosign sign-blob --bundle writes it.",
  ],
  [
    /Verify it with KeyedVerifier and the publisher's key\./,
    'Pin the publisher\'s public key: write "keys": ["publisher.pem"] in place of the identity.',
  ],
  [
    /Verify it with KeylessVerifier and the publisher's identity\./,
    'Name the publisher in place of "keys": by "githubActions", "identity", "identityPattern" or "githubRelease".',
  ],
  [
    /IdentityPolicy\.githubActions\(\{ repository: "([^"]*)", workflow: "([^"]*)", ref: "([^"]*)" \}\)/,
    '"githubActions": { "repository": "$1", "workflow": "$2", "ref": "$3" }',
  ],
  [
    /IdentityPolicy\.githubActions(?:\(\{repository, workflow, ref\}\))? builds it/,
    'the member "githubActions" builds it',
  ],
  [
    /or use IdentityPolicy\.githubActions\(\{ repository, workflow, ref \}\)/,
    'or write "githubActions" with repository, workflow and ref instead',
  ],
  [/pin that with IdentityPolicy\.githubActions/, 'pin that with "githubActions"'],
  [
    /with IdentityPolicy\.githubRelease\(\{ repository, tag \}\)/,
    'with "githubRelease": { "repository": "OWNER/NAME", "tag": "TAG" }',
  ],
  [/which IdentityPolicy\.githubRelease has by default/, "which githubRelease has by default"],
  [
    /(?:state )?thresholds \{ logEntries: 0, timestamps: 1, scts: 0 \}/,
    'state "thresholds": { "logEntries": 0, "timestamps": 1, "scts": 0 }',
  ],
  [/state logEntries: 0 in the policy/, 'state "thresholds": { "logEntries": 0 }'],
  [/state the threshold 0 for that evidence/, 'state 0 for that evidence in "thresholds"'],
  [/state that as one of its origins/, 'state that in "logOrigins"'],
  [/allow the offline rule with unreachable: "offline"/, "ask its operator"],
  [/, or leave maxAgeSeconds out/, ""],
  [
    /is a rule about what was recorded: give a stateStore, or leave it out/,
    'is a rule about what was recorded: name a "state", or leave it out',
  ],
  [/without a stateStore there are none/, "without state there are none"],
  [
    /Give the server that you connect to as the option server\. anyServer: true accepts a catalogue for any server\./,
    'Name the server as its catalogue does, in "server".',
  ],
  [/or allow first use\./, 'or leave "firstUse": "deny" out.'],
  [/Verify the server's catalogue and give it to createGate or gate\.replace\./, "inkan check says what is wrong."],
  [/; then give one to createGate or gate\.replace\./, "; inkan check says what is wrong."],
  [/verifyArtifact takes a digest/, "none of a policy file is known by its digest alone"],
];

/** A hint in the words of the policy file. */
export const hintInMembers = (hint: string): string => rephrased(hint, PHRASES);

/** The refusal in the words of the policy file. */
export const inMembers = (error: InkanError): InkanError => reworded(error, { hint: hintInMembers });
