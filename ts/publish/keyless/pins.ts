/** The members of a policy file's server by which an operator requires this signer. */
import type { Checked } from "../check.js";

const GITHUB_ISSUER = "https://token.actions.githubusercontent.com";
const WORKFLOW = /^https:\/\/github\.com\/([^/]+\/[^/]+)\/\.github\/workflows\/([^/@]+)@(.+)$/;

/** `githubActions` for a workflow of GitHub, else `identity`; before it the server that the catalogue names. */
export function pinsOf({ signer, server }: Checked): Readonly<Record<string, unknown>> {
  const named = server === undefined ? {} : { server };
  if (signer.type !== "keyless") return named;
  const { san, issuer, extensions } = signer;
  const [, home, workflow, workflowRef] = (issuer === GITHUB_ISSUER && WORKFLOW.exec(san.value)) || [];
  const repository = /^https:\/\/github\.com\/([^/]+\/[^/]+)$/.exec(extensions.sourceRepositoryURI ?? "")?.[1];
  const ref = extensions.sourceRepositoryRef;
  if (workflow === undefined || repository === undefined || ref === undefined) {
    return { ...named, identity: { san: san.value, issuer } };
  }
  const elsewhere = home === repository ? {} : { workflowRepository: home };
  const otherwise = home === repository && workflowRef === ref ? {} : { workflowRef };
  return { ...named, githubActions: { repository, workflow, ref, ...elsewhere, ...otherwise } };
}
