/** `inkan init NAME`: the first run. */
import { splitCommand } from "../arguments/command.js";
import { HELP, parse } from "../arguments/parse.js";
import { KEY_OPTIONS } from "../init/key.js";
import { ALL, CONSENT_OPTIONS, HOST_OPTIONS, jobFrom, PUBLISHER_OPTIONS, SERVER_OPTIONS } from "../init/options.js";
import { runInit } from "../init/run.js";
import type { Verb } from "../verb.js";

export const init: Verb = {
  help: {
    usage: [
      "inkan init NAME [OPTIONS] -- COMMAND [ARGUMENT…]",
      "inkan init NAME [OPTIONS] URL",
      "inkan init NAME --catalogue WHERE [OPTIONS] URL|-- COMMAND…",
      "inkan init --update NAME [OPTIONS]",
      "inkan init NAME --host HOST [OPTIONS]",
    ],
    about: [
      "Protects an MCP server: writes it into a policy file, and into a host's settings, so that the host starts it through inkan proxy.",
      "With --catalogue the publisher signs: init verifies the signature, shows who signed, and pins that signer. Without it nobody signs yet: init shows what the server lists now and signs that with your own key, so that nothing changes unseen. --update shows what has changed since, and signs that.",
      "Nothing is written before you consent: on a terminal it asks. Elsewhere --accept names the catalogue by its digest, which is printed; with --catalogue, --certificate-identity and --certificate-oidc-issuer name the signer, too.",
    ],
    groups: [
      { title: "Server", options: SERVER_OPTIONS },
      { title: "Signed by its publisher", options: PUBLISHER_OPTIONS },
      { title: "Signed by you", options: KEY_OPTIONS },
      { title: "Consent", options: CONSENT_OPTIONS },
      { title: "Host", options: HOST_OPTIONS },
    ],
    notes: [
      "Exit code: 0 where all is written, or stands already; 1 where a signature or --accept does not hold; 2 where there is no consent, or a file or the server cannot be used. Then nothing is changed.",
    ],
  },
  run: async (args) => {
    // What follows -- is the server's command line, options and all.
    const { own, command } = splitCommand(args, { verb: "init", options: ALL, names: 1 });
    const parsed = parse(own, ALL);
    if (parsed === HELP) return HELP;
    return runInit(jobFrom(parsed.values, parsed.positionals, command));
  },
};
