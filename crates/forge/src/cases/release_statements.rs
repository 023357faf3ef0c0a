//! What GitHub attests of a release: the predicate, the purls that must agree with it, and the assets.

use serde_json::{Value, json};

use super::releases::{REPOSITORY, REPOSITORY_ID, TAG, TWIN, case, github, pinned, release, signing, usual};
use crate::edit::{remove, with};
use crate::key::Hash;
use crate::stack::Stack;
use crate::text::hex;
use crate::vectors::{ARTIFACT, Vectors};

pub(crate) fn add(vectors: &mut Vectors, _: &Stack) {
    let github = github();
    statements(vectors, &github);
    assets(vectors, &github);
}

/// What the statement says.
fn statements(vectors: &mut Vectors, github: &Stack) {
    let attest = |title: &str, policy: Value, change: &dyn Fn(&mut Value)| {
        case(title, github, policy, signing(github).attest(&with(usual(), |s| change(s))))
    };
    let unnumbered = |s: &mut Value| {
        s["predicateType"] = json!("https://in-toto.io/attestation/release/v0.1");
        for name in ["repositoryId", "ownerId", "packageId", "databaseId"] {
            remove(s, &format!("/predicate/{name}"));
        }
    };
    let name_it = |s: &mut Value, purl: &str| {
        s["subject"][0]["uri"] = json!(purl);
        s["predicate"]["purl"] = json!(purl);
    };
    let mut accept = |name: &str, title: &str, policy: Value, change: &dyn Fn(&mut Value)| {
        vectors.add(&format!("releases/{name}"), attest(title, policy, change));
    };
    accept("v0.1", "predicate v0.1, without ids", pinned(), &unnumbered);
    accept(
        "purl-lower-case",
        "the purl is in lower case, as its specification has it",
        json!({ "repository": "Acme/Tools" }),
        &|s| {
            name_it(s, "pkg:github/acme/tools@v1.4.2");
            s["predicate"]["repository"] = json!("Acme/Tools");
        },
    );
    let scoped = json!({ "repository": REPOSITORY, "tag": "@acme/tools@*" });
    accept("purl-percent-encoded", "the tag is percent-encoded in the purl", scoped.clone(), &|s| {
        name_it(s, "pkg:github/acme/mcp-tools@%40acme%2Ftools%401.4.2");
        s["predicate"]["tag"] = json!("@acme/tools@1.4.2");
    });
    accept("purl-plain", "the tag stands in the purl as it is", scoped.clone(), &|s| {
        name_it(s, "pkg:github/acme/mcp-tools@@acme/tools@1.4.2");
        s["predicate"]["tag"] = json!("@acme/tools@1.4.2");
    });
    accept("release-last", "the subject that is the release stands last", pinned(), &|s| {
        let first = remove(s, "/subject/0");
        s["subject"].as_array_mut().unwrap().push(first);
    });
    accept("unknown-members", "the predicate has a member that nobody knows", pinned(), &|s| {
        s["predicate"]["immutable"] = json!(true);
    });

    let mut refuse = |name: &str, title: &str, change: &dyn Fn(&mut Value)| {
        let case = attest(title, pinned(), change).refused("ERR_IDENTITY_RELEASE").twin(TWIN);
        vectors.add(&format!("releases/{name}"), case);
    };
    refuse("v0.3", "a predicate type that is not known", &|s| {
        s["predicateType"] = json!("https://in-toto.io/attestation/release/v0.3");
    });
    refuse("provenance", "provenance in place of a release", &|s| {
        s["predicateType"] = json!("https://slsa.dev/provenance/v1");
    });
    refuse("purl-other-repository", "the purls name another repository", &|s| {
        name_it(s, "pkg:github/evil/mcp-tools@v1.4.2");
    });
    refuse("purl-other-tag", "the purls name another tag", &|s| name_it(s, "pkg:github/acme/mcp-tools@v1.4.1"));
    refuse("tag-disagrees", "the predicate's tag is another one", &|s| s["predicate"]["tag"] = json!("v9.9.9"));
    refuse("repository-disagrees", "repository is that of the policy, the purls are not", &|s| {
        name_it(s, "pkg:github/acme/mcp-tools.evil@v1.4.2");
    });
    refuse("subject-disagrees", "the subject's purl is not the predicate's", &|s| {
        s["subject"][0]["uri"] = json!("pkg:github/acme/mcp-tools@v1.4.1");
    });
    refuse("predicate-purl-disagrees", "the predicate's purl is not the subject's", &|s| {
        s["predicate"]["purl"] = json!("pkg:github/evil/mcp-tools@v1.4.2");
    });
    refuse("purl-encoded-slash", "the slash between owner and name is percent-encoded", &|s| {
        name_it(s, "pkg:github/acme%2Fmcp-tools@v1.4.2");
    });
    refuse("purl-encoded-other-tag", "the percent-encoded tag is another one", &|s| {
        name_it(s, "pkg:github/acme/mcp-tools@v1%2F4.2");
    });
    refuse("purl-qualified", "the purl has a qualifier", &|s| name_it(s, "pkg:github/acme/mcp-tools@v1.4.2?of=evil"));
    refuse("purl-other-type", "the purl is of an npm package", &|s| name_it(s, "pkg:npm/acme/mcp-tools@v1.4.2"));
    refuse("purl-without-version", "the purl has no version", &|s| name_it(s, "pkg:github/acme/mcp-tools"));
    refuse("no-release-subject", "no subject is the release", &|s| {
        remove(s, "/subject/0");
    });
    refuse("two-release-subjects", "two subjects are the release", &|s| {
        let first = s["subject"][0].clone();
        s["subject"].as_array_mut().unwrap().push(first);
    });
    for name in ["repository", "tag", "purl"] {
        refuse(&format!("no-{name}"), &format!("the predicate has no {name}"), &|s| {
            remove(s, &format!("/predicate/{name}"));
        });
    }
    refuse("no-predicate", "there is no predicate", &|s| {
        remove(s, "/predicate");
    });
    refuse("id-as-number", "an id is a number", &|s| s["predicate"]["repositoryId"] = json!(987_654_321));
    refuse("tag-as-list", "the tag is a list", &|s| s["predicate"]["tag"] = json!([TAG]));

    let ids = json!({ "repository": REPOSITORY, "repositoryId": REPOSITORY_ID });
    let no_ids = attest("predicate v0.1 without ids, where one is pinned", ids, &unnumbered);
    vectors.add("releases/v0.1-without-pinned-id", no_ids.refused("ERR_IDENTITY_RELEASE").twin("releases/v0.1"));
    let other = attest(
        "the percent-encoded tag is not one of the glob",
        json!({ "repository": REPOSITORY, "tag": "v*" }),
        &|s| {
            name_it(s, "pkg:github/acme/mcp-tools@%40acme%2Ftools%401.4.2");
            s["predicate"]["tag"] = json!("@acme/tools@1.4.2");
        },
    );
    vectors.add(
        "releases/purl-percent-encoded-other",
        other.refused("ERR_IDENTITY_RELEASE").twin("releases/purl-percent-encoded"),
    );
}

/// Which subject is the artifact.
fn assets(vectors: &mut Vectors, github: &Stack) {
    let sha256 = || json!(hex(Hash::Sha256.digest(ARTIFACT.as_bytes())));
    let mut refuse = |name: &str, title: &str, change: &dyn Fn(&mut Value)| {
        let bundle = signing(github).attest(&with(usual(), |s| change(s)));
        let case = case(title, github, pinned(), bundle).refused("ERR_STATEMENT_SUBJECT").twin(TWIN);
        vectors.add(&format!("releases/{name}"), case);
    };
    refuse("other-asset", "no asset is the artifact", &|s| *s = release(b"another artifact\n"));
    refuse("digest-of-the-release", "the artifact's digest is the release's own", &|s| {
        *s = release(b"another artifact\n");
        s["subject"][0]["digest"]["sha256"] = sha256();
    });
    refuse("release-with-a-name", "the release has the artifact's digest, and a name", &|s| {
        *s = release(b"another artifact\n");
        s["subject"][0]["digest"]["sha256"] = sha256();
        s["subject"][0]["name"] = json!("catalogue.json");
    });
    refuse("asset-without-name", "the asset has no name", &|s| {
        remove(s, "/subject/2/name");
    });
    refuse("asset-with-empty-name", "the asset's name is empty", &|s| s["subject"][2]["name"] = json!(""));
    refuse("asset-sha1", "the asset has only a SHA-1 digest", &|s| {
        s["subject"][2]["digest"] = json!({ "sha1": hex(Hash::Sha1.digest(ARTIFACT.as_bytes())) });
    });
    refuse("asset-sha512", "the asset has only a SHA-512 digest", &|s| {
        s["subject"][2]["digest"] = json!({ "sha512": hex(Hash::Sha512.digest(ARTIFACT.as_bytes())) });
    });
    refuse("no-assets", "the release has no assets", &|s| {
        s["subject"].as_array_mut().unwrap().truncate(1);
    });
    refuse("asset-contradicts", "one digest of the asset is the artifact's, another is not", &|s| {
        *s = release(b"another artifact\n");
        s["subject"][2]["digest"]["sha512"] = json!(hex(Hash::Sha512.digest(ARTIFACT.as_bytes())));
    });
}
